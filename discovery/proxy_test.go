package discovery_test

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// proxyError is an error of a client that names its proxy. Its other tests are in
// internal/cli, with the client of inclusterauth.
type proxyError struct {
	err     error
	refused bool
}

func (e *proxyError) Error() string     { return "the proxy p:1 did it" }
func (e *proxyError) Unwrap() error     { return e.err }
func (e *proxyError) ProxyName() string { return "the proxy p:1" }
func (e *proxyError) Refused() bool     { return e.refused }
func (e *proxyError) Timeout() bool     { return os.IsTimeout(e.err) }

func TestProxyErrors(t *testing.T) {
	through := func(err error, refused bool) http.RoundTripper {
		return roundTripper(func(*http.Request) (*http.Response, error) { return nil, &proxyError{err, refused} })
	}
	for _, test := range []struct {
		name      string
		transport http.RoundTripper
		code      discovery.FailureCode
		message   string
		attempts  int
	}{
		{"refused", through(net.ErrClosed, true), discovery.Unreachable, "the proxy p:1 did it", 1},
		{"not refused", through(net.ErrClosed, false), discovery.Unreachable, "the proxy p:1 did it", 5},
		{"a time limit", through(os.ErrDeadlineExceeded, false), discovery.Timeout, "the proxy p:1 did it", 1},
		{
			"of net/http", &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: apitest.UnusedAddress})}, discovery.Unreachable,
			"cannot reach 192.0.2.1:443 through the proxy: proxyconnect tcp: dial tcp " + apitest.UnusedAddress + ": connect: connection refused", 5,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := ask(t, apitest.New(t, apitest.Stock()))
			a.Base = &url.URL{Scheme: "https", Host: "192.0.2.1"}
			a.HTTP = &http.Client{Transport: test.transport}
			f := a.fetch(discovery.Needs{Version: true}).Version.Failure
			checkFailure(t, f, test.code, "GET /version: "+test.message)
			if n := a.Stats().Requests; n != test.attempts {
				t.Errorf("%d attempts", n)
			}
		})
	}
}

// refusing is the error of a proxy that answered with a status.
type refusing struct {
	proxyError
	status int
}

func (e *refusing) ProxyStatus() int { return e.status }

func TestProxyNeedsCredentials(t *testing.T) {
	for status, want := range map[int]discovery.Cause{407: discovery.ProxyNeedsCredentials, 403: ""} {
		a := ask(t, apitest.New(t, apitest.Stock()))
		a.HTTP = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, &refusing{proxyError{net.ErrClosed, true}, status}
		})}
		checkCause(t, a.fetch(discovery.Needs{Version: true}).Version.Failure, want)
	}
}
