package discovery_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

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

func TestFetchTimeLimits(t *testing.T) {
	t.Run("request: TLS that never answers", func(t *testing.T) {
		server := apitest.New(t, apitest.Stock())
		server.AlwaysConnection(apitest.Silent())
		a := ask(t, server)
		a.RequestTimeout = 50 * time.Millisecond
		s := a.fetch(discovery.Needs{Version: true})
		checkFailure(t, s.Version.Failure, discovery.Timeout, "GET /version: no complete answer within 50ms")
		if len(a.waits) != 0 || len(server.Requests()) != 0 {
			t.Errorf("waits %v, requests %s", a.waits, server.DumpRequests())
		}
	})
	t.Run("request: 32 s where nothing else is said", func(t *testing.T) {
		a := ask(t, apitest.New(t, apitest.Stock()))
		next, left := a.HTTP.Transport, time.Duration(0)
		a.HTTP.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			deadline, _ := r.Context().Deadline()
			left = time.Until(deadline)
			return next.RoundTrip(r)
		})
		before := time.Now()
		a.fetch(discovery.Needs{Version: true})
		if left > 32*time.Second || left < 32*time.Second-time.Since(before) {
			t.Errorf("a request has %v", left)
		}
	})
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
			a.RequestTimeout = 300 * time.Millisecond
			// The limit is for /apis alone: a busy machine may take as long to connect and to answer /api.
			next := a.HTTP.Transport
			a.HTTP.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/api" {
					r = r.WithContext(context.WithoutCancel(r.Context()))
				}
				return next.RoundTrip(r)
			})
			s := a.fetch(documents)
			checkFailure(t, s.Named.Failure, discovery.Timeout, "GET /apis: no complete answer within 300ms")
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
			ctx, cancel := context.WithCancel(context.Background())
			server.Always("/apis", func(e *apitest.Exchange) { cancel(); test.step(e) })
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

// overdue is a context whose deadline has passed, and which says so only once it is told.
type overdue struct {
	context.Context
	done chan struct{}
}

func (overdue) Deadline() (time.Time, bool) { return time.Now().Add(-time.Second), true }

func (o overdue) Done() <-chan struct{} { return o.done }

func (o overdue) Err() error {
	select {
	case <-o.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// TestTimeLimitIsNamedWhateverEndsFirst: a dial that a deadline has ended may be back
// before the context knows, and is no answer that the server owes.
func TestTimeLimitIsNamedWhateverEndsFirst(t *testing.T) {
	a := ask(t, apitest.New(t, apitest.Stock()))
	ctx := overdue{context.Background(), make(chan struct{})}
	a.HTTP.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
		time.AfterFunc(10*time.Millisecond, func() { close(ctx.done) })
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
	})
	s := &discovery.Snapshot{}
	a.Fetch(ctx, s, discovery.Needs{Version: true})
	checkFailure(t, s.Version.Failure, discovery.Timeout, "GET /version: the time limit of all requests was reached")
}

// TestTimeLimitAfterAFailedTry tests that the limit of all requests does not hide why the
// tries before it failed.
func TestTimeLimitAfterAFailedTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		client := &discovery.Client{
			Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"},
			HTTP: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if tries++; tries > 1 {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
			})},
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, errors.New("10s for one pass"))
		defer cancel()
		s := &discovery.Snapshot{}
		client.Fetch(ctx, s, discovery.Needs{Version: true})
		checkFailure(t, s.Version.Failure, discovery.Unreachable,
			"GET /version: cannot reach 10.96.0.1:443: connection refused; then the time limit of all requests was reached: 10s for one pass")
	})
}
