package discovery_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestRetrying tests that Retrying hears of a failure before each further try, and not of the last failure.
func TestRetrying(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	for range 2 {
		server.Script("/version", apitest.Refuse(503, "ServiceUnavailable", "later"))
	}
	a := ask(t, server)
	var told []*discovery.Failure
	a.Retrying = func(f *discovery.Failure) { told = append(told, f) }
	if s := a.fetch(discovery.Needs{Version: true}); !s.Version.Known {
		t.Error(s.Version.Failure)
	}
	if len(told) != 2 {
		t.Fatalf("told of %v", told)
	}
	for _, f := range told {
		checkFailure(t, f, discovery.Unavailable, "GET /version: 503 Service Unavailable: later")
	}
}

// TestEndWhileWaiting tests what is said if the time for the next try never comes.
func TestEndWhileWaiting(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.Always("/version", apitest.Refuse(503, "ServiceUnavailable", "later"))
	t.Run("canceled", func(t *testing.T) {
		a := ask(t, server)
		ctx, cancel := context.WithCancelCause(t.Context())
		a.Retrying = func(*discovery.Failure) { cancel(errors.New("SIGTERM")) }
		s := &discovery.Snapshot{}
		a.Fetch(ctx, s, discovery.Needs{Version: true})
		checkFailure(t, s.Version.Failure, discovery.Canceled, "GET /version: canceled: SIGTERM")
		if n := a.Stats().Requests; n != 1 {
			t.Errorf("%d requests", n)
		}
	})
	t.Run("no time", func(t *testing.T) {
		a := ask(t, server)
		a.Sleep = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
		s := a.fetch(discovery.Needs{Version: true})
		checkFailure(t, s.Version.Failure, discovery.Unavailable, "GET /version: 503 Service Unavailable: later")
		if n := a.Stats().Requests; n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestRealWait tests that a client which nobody gave a way to wait waits by the clock.
func TestRealWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries []time.Time
		client := &discovery.Client{
			Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"},
			HTTP: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				tries = append(tries, time.Now())
				status, body := 503, "later"
				if len(tries) > 1 {
					status, body = 200, `{"major":"1","minor":"36"}`
				}
				return &http.Response{
					StatusCode: status, ProtoMajor: 2, Request: r, Header: http.Header{"Content-Type": {plainJSON}, "Retry-After": {"7"}},
					Body: io.NopCloser(strings.NewReader(body)),
				}, nil
			})},
		}
		s := &discovery.Snapshot{}
		client.Fetch(t.Context(), s, discovery.Needs{Version: true})
		if !s.Version.Known || len(tries) != 2 || tries[1].Sub(tries[0]) != 7*time.Second {
			t.Errorf("version %v, tries at %v", s.Version.Failure, tries)
		}
	})
}

// TestTurnEnds tests that a request which waits for another to free the connection ends with its
// own context.
func TestTurnEnds(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Plaintext())
	server.Always("/version", apitest.Hang())
	a := ask(t, server)
	ctx, end := context.WithCancel(t.Context())
	first := make(chan *discovery.Failure, 1)
	go func() {
		s := &discovery.Snapshot{}
		a.Fetch(ctx, s, discovery.Needs{Version: true})
		first <- s.Version.Failure
	}()
	server.Await(t, "/version")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	s := &discovery.Snapshot{}
	a.Fetch(canceled, s, discovery.Needs{ServerAddresses: true})
	checkFailure(t, s.ServerAddresses.Failure, discovery.Canceled, "GET /api: canceled")
	select {
	case f := <-first:
		t.Fatalf("the first request ended before: %v", f)
	default:
	}
	end()
	checkFailure(t, <-first, discovery.Canceled, "GET /version: canceled")
	if n := server.Count("/api"); n != 0 {
		t.Errorf("/api was asked for %d times", n)
	}
}

// TestUserAgent tests who the client says that it is.
func TestUserAgent(t *testing.T) {
	for given, want := range map[string]string{"": "kreconcile", "gate/1.0": "gate/1.0"} {
		server := apitest.New(t, apitest.Stock())
		sent := ""
		server.Always("/version", func(e *apitest.Exchange) {
			sent = e.Request.UserAgent()
			e.Usual.ServeHTTP(e, e.Request)
		})
		a := ask(t, server)
		a.UserAgent = given
		a.fetch(discovery.Needs{Version: true})
		if sent != want {
			t.Errorf("the user agent is %q, want %q", sent, want)
		}
	}
}

// TestBrokenBase tests that a base URL that cannot be is a bug of the caller, and no failure of a server.
func TestBrokenBase(t *testing.T) {
	a := ask(t, apitest.New(t, apitest.Stock()))
	a.Base = &url.URL{Scheme: "https", Host: "a b"}
	defer func() {
		if said, _ := recover().(string); !strings.HasPrefix(said, "discovery: ") {
			t.Errorf("it panics with %q", said)
		}
	}()
	a.fetch(discovery.Needs{Version: true})
}
