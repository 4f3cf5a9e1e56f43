package kubeconfig

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"

	"github.com/kreconcile/kreconcile/inclusterauth"
)

// sender adds credentials to requests, and sends them to one server alone.
type sender struct {
	authenticated http.RoundTripper
	transport     *http.Transport
}

// newSender returns the sender for the server of a configuration.
func newSender(config *rest.Config, base *url.URL, redactor *inclusterauth.Redactor) (*sender, error) {
	tc, err := config.TransportConfig()
	if err != nil {
		return nil, err
	}
	t, err := newTransport(tc)
	if err != nil {
		return nil, err
	}
	authenticated, err := transport.HTTPWrappersForConfig(tc, &bound{base: base, redactor: redactor, next: t})
	if err != nil {
		return nil, err
	}
	return &sender{authenticated, t}, nil
}

// RoundTrip ends with the request's context. A credential plugin does not know it, and may run for
// longer.
func (s *sender) RoundTrip(r *http.Request) (*http.Response, error) {
	type answer struct {
		response *http.Response
		err      error
	}
	var reached atomic.Bool
	r = r.WithContext(context.WithValue(r.Context(), reachedKey{}, &reached))
	answers := make(chan answer, 1)
	go func() {
		// A panic here would end the process with the exit code for drift.
		defer func() {
			if p := recover(); p != nil {
				answers <- answer{nil, fmt.Errorf("client-go failed: %v", p)}
			}
		}()
		response, err := s.authenticated.RoundTrip(r) //nolint:bodyclose // The caller closes it, or the goroutine below.
		answers <- answer{response, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil && !reached.Load() {
			a.err = &credentialsError{a.err}
		}
		return a.response, a.err
	case <-r.Context().Done():
	}
	go func() {
		if a := <-answers; a.response != nil {
			a.response.Body.Close()
		}
	}()
	return nil, r.Context().Err()
}

// reachedKey is the key of a context for whether a request has its credentials.
type reachedKey struct{}

// credentialsError is the error that there are no credentials. A plugin that asked its user in vain is not run again.
type credentialsError struct{ err error }

func (e *credentialsError) Error() string { return e.err.Error() }

func (e *credentialsError) Unwrap() error { return e.err }

// Permanent makes a client not try again.
func (e *credentialsError) Permanent() bool { return true }

// CloseIdleConnections is called by http.Client.CloseIdleConnections.
func (s *sender) CloseIdleConnections() { s.transport.CloseIdleConnections() }

// bound sends requests to its own server alone. The credentials that they carry are hidden in all output
// before they are sent.
type bound struct {
	base     *url.URL
	redactor *inclusterauth.Redactor
	next     http.RoundTripper
}

func (b *bound) RoundTrip(r *http.Request) (*http.Response, error) {
	if reached, ok := r.Context().Value(reachedKey{}).(*atomic.Bool); ok {
		reached.Store(true)
	}
	if r.URL.Scheme != b.base.Scheme || r.URL.Host != b.base.Host {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, fmt.Errorf("a request to %s://%s would carry the credentials of %s", r.URL.Scheme, r.URL.Host, b.base.Host)
	}
	kind, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if secret != "" {
		b.redactor.Hide(secret)
	}
	if kind == "Basic" {
		if decoded, err := base64.StdEncoding.DecodeString(secret); err == nil {
			_, password, _ := strings.Cut(string(decoded), ":")
			if password != "" {
				b.redactor.Hide(password)
			}
		}
	}
	return b.next.RoundTrip(r)
}
