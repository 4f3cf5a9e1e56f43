package inclusterauth

import (
	"bytes"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/kreconcile/kreconcile/internal/endpoint"
)

type trustOptions struct {
	path            string
	server          string
	serverName      string
	environmentHost string
	// tunnel is nil if there is no proxy.
	tunnel *tunnel
	now    func() time.Time
	logger *slog.Logger
	limits limits
}

// trustTransport trusts the CAs of a file. Each content of the file has connections
// of its own, so that a CA that was removed is no longer trusted through an old
// connection.
type trustTransport struct {
	options trustOptions

	mu       sync.Mutex
	bundle   *bundle
	schedule schedule
}

func newTrustTransport(o trustOptions) (*trustTransport, error) {
	// The result is empty if it is not a host.
	o.environmentHost, _ = endpoint.Host(o.environmentHost)
	trusted, err := readCA(o.path)
	if err != nil {
		return nil, err
	}
	trusted.warn(o.logger, o.path)
	return &trustTransport{
		options:  o,
		bundle:   newBundle(trusted, o),
		schedule: schedule{checked: o.now(), wait: freshFor},
	}, nil
}

func (t *trustTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	used := t.current()
	response, err := used.RoundTrip(request)
	if !isCertificateProblem(err) {
		return response, err
	}
	// The handshake failed, so nothing of the request was sent. It is safe to send it
	// again with another bundle, whatever its method.
	if fresh := t.afterProblem(used); fresh != used {
		if again, ok := replay(request); ok {
			response, err = fresh.RoundTrip(again)
			if !isCertificateProblem(err) {
				return response, err
			}
		}
	}
	proxy := ""
	if through := t.options.tunnel; through != nil {
		proxy = through.proxy.address()
	}
	return nil, &CertificateError{
		Server:          t.options.server,
		CAFile:          t.options.path,
		Proxy:           proxy,
		EnvironmentHost: t.options.environmentHost,
		LocalTime:       t.options.now(),
		Err:             err,
	}
}

// CloseIdleConnections is called by http.Client.CloseIdleConnections.
func (t *trustTransport) CloseIdleConnections() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bundle.CloseIdleConnections()
}

func (t *trustTransport) current() *bundle {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.schedule.due(t.options.now()) {
		t.read()
	}
	return t.bundle
}

// afterProblem returns the bundle to try after a certificate did not verify against
// used. It is the same one if the file has not changed.
func (t *trustTransport) afterProblem(used *bundle) *bundle {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bundle == used {
		t.read()
	}
	return t.bundle
}

func (t *trustTransport) read() {
	trusted, err := readCA(t.options.path)
	if err != nil {
		t.schedule = schedule{checked: t.options.now(), wait: retryAfter}
		t.options.logger.Warn("the CA bundle could not be read again; the last good one stays in use", "error", err)
		return
	}
	t.schedule = schedule{checked: t.options.now(), wait: freshFor}
	if bytes.Equal(trusted.content, t.bundle.content) {
		return
	}
	t.options.logger.Info("the CA bundle has changed; new connections trust the new one", "file", t.options.path)
	trusted.warn(t.options.logger, t.options.path)
	t.bundle.CloseIdleConnections()
	t.bundle = newBundle(trusted, t.options)
}

func isCertificateProblem(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// bundle is one content of the CA file, and the connection that relies on it.
type bundle struct {
	content []byte
	// tunnel is nil if there is no proxy.
	tunnel    *tunnel
	dialer    *dialer
	transport *http.Transport
}

func newBundle(trusted *roots, o trustOptions) *bundle {
	t := newTransport(o.limits)
	t.TLSClientConfig = &tls.Config{
		RootCAs:    trusted.pool,
		ServerName: o.serverName,
		MinVersion: tls.VersionTLS12,
		Time:       o.now,
	}
	t.Protocols.SetHTTP2(true)
	// One address may lead to several servers. Over one connection, a single server
	// gives all answers, and concurrent first requests share one handshake.
	t.MaxConnsPerHost = 1
	if o.tunnel != nil {
		o.tunnel.through(t)
	}
	d := newDialer(t.TLSClientConfig, o.limits)
	t.DialTLSContext = d.dial // for connections without a proxy
	return &bundle{content: trusted.content, tunnel: o.tunnel, dialer: d, transport: t}
}

// connect begins a connection, unless a proxy has to be asked for it.
func (b *bundle) connect(address string) {
	if b.tunnel == nil {
		b.dialer.begin(address)
	}
}

func (b *bundle) RoundTrip(request *http.Request) (*http.Response, error) {
	if b.tunnel != nil {
		return b.tunnel.roundTrip(request, b.transport.RoundTrip)
	}
	return b.transport.RoundTrip(request)
}

// CloseIdleConnections is called by http.Client.CloseIdleConnections.
func (b *bundle) CloseIdleConnections() {
	b.dialer.drop()
	b.transport.CloseIdleConnections()
}
