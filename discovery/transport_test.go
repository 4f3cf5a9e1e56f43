package discovery_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

func TestFetchRetries(t *testing.T) {
	const ms = time.Millisecond
	unavailable := func(status int, headers ...string) apitest.Step {
		return apitest.Reply(status, "text/plain", "later", headers...)
	}
	whole := string(apitest.Aggregated(apitest.Stock().Named.Value, "v2"))
	tests := []struct {
		name  string
		steps []apitest.Step
		waits []time.Duration
		// breaks tells that the connection breaks before the answer.
		breaks bool
	}{
		{name: "reset", steps: []apitest.Step{apitest.Reset()}, breaks: true},
		{name: "aborted", steps: []apitest.Step{apitest.Abort()}, breaks: true},
		{name: "cut off", steps: []apitest.Step{apitest.Truncate(1000, v2JSON, whole)}, waits: []time.Duration{250 * ms}},
		{name: "cut off in a whole answer", steps: []apitest.Step{apitest.Reply(200, v2JSON, whole[:1000])}, waits: []time.Duration{250 * ms}},
		{name: "empty", steps: []apitest.Step{apitest.Reply(200, v2JSON, "")}, waits: []time.Duration{250 * ms}},
		{name: "429", steps: []apitest.Step{unavailable(429, "Retry-After", "1")}, waits: []time.Duration{time.Second}},
		{name: "502, 503, 504", steps: []apitest.Step{unavailable(502), unavailable(503), unavailable(504)}, waits: []time.Duration{250 * ms, 500 * ms, time.Second}},
		{name: "Retry-After shorter than the wait", steps: []apitest.Step{unavailable(503), unavailable(503), unavailable(503, "Retry-After", "0")}, waits: []time.Duration{250 * ms, 500 * ms, time.Second}},
		{name: "Retry-After of a day", steps: []apitest.Step{unavailable(503, "Retry-After", "86400")}, waits: []time.Duration{30 * time.Second}},
		{name: "Retry-After of -1", steps: []apitest.Step{unavailable(503, "Retry-After", "-1")}, waits: []time.Duration{250 * ms}},
		{name: "Retry-After of a date", steps: []apitest.Step{unavailable(503, "Retry-After", "Sat, 31 Jan 2026 12:00:09 GMT")}, waits: []time.Duration{9 * time.Second}},
		{name: "Retry-After of garbage", steps: []apitest.Step{unavailable(503, "Retry-After", "soon")}, waits: []time.Duration{250 * ms}},
	}
	for _, test := range tests {
		for _, protocol := range []string{"HTTP/1.1", "HTTP/2"} {
			t.Run(test.name+" "+protocol, func(t *testing.T) {
				var options []apitest.Option
				if protocol == "HTTP/1.1" {
					options = append(options, apitest.HTTP1())
				}
				stock := apitest.Stock()
				server := apitest.New(t, stock, options...)
				server.Script("/apis", test.steps...)
				a := ask(t, server)
				s := a.fetch(documents)
				if diff := cmp.Diff(stock.Named, s.Named); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				// A connection that breaks takes the request for /api with it, and
				// net/http asks again by itself where it had answered before.
				if diff := cmp.Diff(test.waits, a.waits); diff != "" && !test.breaks {
					t.Errorf("waits (-want +got):\n%s", diff)
				}
				if got := a.Stats().Retries; got != len(a.waits) {
					t.Errorf("%d retries", got)
				}
			})
		}
	}
}

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestFetchRetriesBrokenConnections has errors that a server on loopback does not
// give at will.
func TestFetchRetriesBrokenConnections(t *testing.T) {
	for name, broken := range map[string]error{
		"GOAWAY":          errors.New("http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR"),
		"end of file":     io.EOF,
		"name resolution": &net.DNSError{Err: "server misbehaving", Name: "kubernetes.default.svc", IsTemporary: true},
		"no route":        &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)},
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			a := ask(t, server)
			next := a.HTTP.Transport
			first := true
			a.HTTP.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				if first {
					first = false
					return nil, broken
				}
				return next.RoundTrip(r)
			})
			s := a.fetch(discovery.Needs{Version: true})
			if !s.Version.Known || a.Stats().Retries != 1 {
				t.Errorf("failure %v, %+v", s.Version.Failure, a.Stats())
			}
		})
	}
}

func TestFetchGivesUp(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/apis", apitest.Refuse(503, "ServiceUnavailable", "later"))
	a := ask(t, server)
	s := a.fetch(documents)
	checkFailure(t, s.Named.Failure, discovery.Unavailable, "GET /apis: 503 Service Unavailable: later")
	if n := server.Count("/apis"); n != 5 {
		t.Errorf("%d attempts", n)
	}
	want := []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second}
	if diff := cmp.Diff(want, a.waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

func TestFetchNeverWaitsBeyondItsDeadline(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/apis", apitest.Refuse(503, "ServiceUnavailable", "later", "Retry-After", "30"))
	a := ask(t, server)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s := &discovery.Snapshot{}
	a.Fetch(ctx, s, documents)
	checkFailure(t, s.Named.Failure, discovery.Unavailable, "GET /apis: 503 Service Unavailable: later")
	if len(a.waits) != 0 || server.Count("/apis") != 1 {
		t.Errorf("waits %v, %d requests", a.waits, server.Count("/apis"))
	}
}

func TestFetchUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()

	a := ask(t, apitest.New(t, apitest.Stock()))
	a.Base = &url.URL{Scheme: "https", Host: address}
	s := a.fetch(documents)
	checkFailure(t, s.Named.Failure, discovery.Unreachable, "GET /apis: cannot reach "+address+": connection refused")
	checkFailure(t, s.Core.Failure, discovery.Unreachable, "GET /api: cannot reach "+address+": connection refused")
	if !errors.Is(s.Named.Failure, syscall.ECONNREFUSED) {
		t.Errorf("%v is no ECONNREFUSED", s.Named.Failure.Err)
	}
	if n := a.Stats().Requests; n != 10 {
		t.Errorf("%d requests", n)
	}
}

func TestFetchName(t *testing.T) {
	a := ask(t, apitest.New(t, apitest.Stock()))
	a.Base = &url.URL{Scheme: "https", Host: "nowhere.invalid"}
	a.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}}
	}}}
	s := a.fetch(discovery.Needs{Version: true})
	checkFailure(t, s.Version.Failure, discovery.Unreachable, "GET /version: cannot reach nowhere.invalid:443: lookup of nowhere.invalid: no such host")
	if s.Endpoint != "https://nowhere.invalid:443" || a.Stats().Requests != 5 {
		t.Errorf("endpoint %s, %+v", s.Endpoint, a.Stats())
	}
}

func TestFetchCertificate(t *testing.T) {
	tests := []struct {
		name    string
		client  func(server, other *apitest.Server) *http.Client
		names   []string
		message string
	}{
		{
			"another authority", func(_, other *apitest.Server) *http.Client { return other.Client() }, []string{"127.0.0.1"},
			"GET /apis: tls: failed to verify certificate: x509: certificate signed by unknown authority",
		},
		{
			"another name", func(server, _ *apitest.Server) *http.Client { return server.Client() }, []string{"kubernetes.default.svc"},
			"GET /apis: tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Names(test.names...))
			a := ask(t, server)
			a.HTTP = test.client(server, apitest.New(t, apitest.Stock()))
			s := a.fetch(documents)
			if f := s.Named.Failure; f == nil || f.Code != discovery.Certificate || !strings.HasPrefix(f.Message, test.message) {
				t.Errorf("failure %+v", f)
			}
			var unknown x509.UnknownAuthorityError
			var host x509.HostnameError
			if f := s.Named.Failure; !errors.As(f, &unknown) && !errors.As(f, &host) {
				t.Errorf("%T has no error of x509", f.Err)
			}
			if len(a.waits) != 0 || len(server.Requests()) != 0 {
				t.Errorf("waits %v, %d requests", a.waits, len(server.Requests()))
			}
		})
	}
}

// TestPeerThatSpeaksNoTLS: that the two sides do not agree on TLS does not change when
// it is tried again, and nothing else is tried in its place.
func TestPeerThatSpeaksNoTLS(t *testing.T) {
	tests := []struct {
		name    string
		step    apitest.ConnStep
		message string
	}{
		{"plaintext", apitest.AnswerInPlaintext(), "http: server gave HTTP response to HTTPS client"},
		{"another protocol", apitest.Say("220 mail.example ESMTP\r\n"), "tls: first record does not look like a TLS handshake"},
		{"TLS 1.1", apitest.TLS11(), "remote error: tls: protocol version not supported"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.AlwaysConnection(test.step)
			a := ask(t, server)
			s := a.fetch(discovery.Needs{Version: true})
			checkFailure(t, s.Version.Failure, discovery.Unreachable, "GET /version: the connection to "+a.Base.Host+" broke: "+test.message)
			if len(a.waits) != 0 || server.Connections() != 1 || len(server.Requests()) != 0 {
				t.Errorf("waits %v, %d connections, requests %s", a.waits, server.Connections(), server.DumpRequests())
			}
			// A client speaks first, and this one says hello in TLS.
			if hello := server.Received(1); len(hello) == 0 || hello[0] != 22 {
				t.Errorf("received %q", hello)
			}
		})
	}
}

func TestFetchTimeLimits(t *testing.T) {
	tests := []struct {
		name string
		step apitest.Step
	}{
		{"headers that never come", apitest.Hang()},
		{"body that drips", apitest.Drip(20*time.Millisecond, v2JSON, strings.Repeat(" ", 1000))},
	}
	for _, test := range tests {
		t.Run("request: "+test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/apis", test.step)
			a := ask(t, server)
			a.RequestTimeout = time.Second
			s := a.fetch(documents)
			checkFailure(t, s.Named.Failure, discovery.Timeout, "GET /apis: no complete answer within 1s")
			if !s.Core.Known || len(a.waits) != 0 {
				t.Errorf("core known %v, waits %v", s.Core.Known, a.waits)
			}
		})
		t.Run("all requests: "+test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/apis", test.step)
			ctx, cancel := context.WithTimeoutCause(context.Background(), 100*time.Millisecond, errors.New("100ms for one pass"))
			defer cancel()
			s := &discovery.Snapshot{}
			ask(t, server).Fetch(ctx, s, documents)
			checkFailure(t, s.Named.Failure, discovery.Timeout, "GET /apis: the time limit of all requests was reached: 100ms for one pass")
		})
		t.Run("canceled: "+test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/apis", test.step)
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(100*time.Millisecond, cancel)
			s := &discovery.Snapshot{}
			ask(t, server).Fetch(ctx, s, documents)
			checkFailure(t, s.Named.Failure, discovery.Canceled, "GET /apis: canceled")
		})
	}
	t.Run("headers: the transport's own limit", func(t *testing.T) {
		server := apitest.New(t, apitest.Stock(), apitest.HTTP1())
		server.Always("/apis", apitest.Hang())
		a := ask(t, server)
		transport := &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(server.CA())
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
		a.HTTP = &http.Client{Transport: transport}
		s := a.fetch(documents)
		checkFailure(t, s.Named.Failure, discovery.Timeout, "GET /apis: no answer from "+a.Base.Host+": timeout awaiting response headers")
	})
}

type roundTripper func(*http.Request) (*http.Response, error)
