package inclusterauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// Two first requests at the same time share one handshake.
func TestConcurrentFirstRequestsShakeHandsOnce(t *testing.T) {
	ca := newAuthority(t, "ca")
	for range 10 {
		both := newBarrier(2)
		server := startServer(t, ca.issue(t, nil), func(w http.ResponseWriter, r *http.Request) {
			both.wait(t)
			io.WriteString(w, r.Proto)
		}, nil)
		config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, "token", ca.pem)})
		var group sync.WaitGroup
		for _, path := range []string{"/api", "/apis"} {
			group.Go(func() {
				if _, protocol, err := get(config, path); err != nil || protocol != "HTTP/2.0" {
					t.Errorf("%s: %q, %v", path, protocol, err)
				}
			})
		}
		group.Wait()
		if n := server.handshakes.Load(); n != 1 {
			t.Errorf("%d handshakes, want 1", n)
		}
	}
}

// Two connections may lead to two servers. Package net/http closes one, and opens another, if a busy machine
// takes 50 ms to note that a request was sent: so one round in three is enough that has a single connection.
func TestHTTP1UsesOneConnection(t *testing.T) {
	ca := newAuthority(t, "ca")
	var handshakes int32
	for range 3 {
		if handshakes = connectionsOfHTTP1(t, ca); handshakes == 1 {
			return
		}
	}
	t.Errorf("%d handshakes, want 1", handshakes)
}

// connectionsOfHTTP1 makes 8 requests at once, of which only one may be under way at a time, and counts the
// handshakes.
func connectionsOfHTTP1(t *testing.T, ca *authority) int32 {
	t.Helper()
	another := make(chan struct{}, 8)
	var underWay atomic.Int32
	server := startServer(t, ca.issue(t, nil), func(w http.ResponseWriter, r *http.Request) {
		defer underWay.Add(-1)
		if underWay.Add(1) > 1 {
			t.Error("two requests at the same time")
			another <- struct{}{}
		}
		// Over a second connection, another request would come while this one is held.
		select {
		case <-another:
		case <-time.After(20 * time.Millisecond):
		}
		io.WriteString(w, r.Proto)
	}, http1Only)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, "token", ca.pem)})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, protocol, err := get(config, "/version"); err != nil || protocol != "HTTP/1.1" {
				t.Errorf("%q, %v", protocol, err)
			}
		})
	}
	group.Wait()
	return server.handshakes.Load()
}

func TestTimeLimits(t *testing.T) {
	ca := newAuthority(t, "ca")
	const short = 50 * time.Millisecond
	t.Run("TLS that never answers", func(t *testing.T) {
		server := signedBy(t, ca)
		server.AlwaysConnection(apitest.Silent())
		l := defaultLimits()
		l.handshake = short
		expectError(t, ca, l, server.URL(), "net/http: TLS handshake timeout")
	})
	for protocol, options := range protocols {
		t.Run("headers that never come, "+protocol, func(t *testing.T) {
			server := signedBy(t, ca, options...)
			server.Always("*", apitest.Hang())
			l := defaultLimits()
			l.responseHeader = short
			want := map[string]string{"HTTP/1.1": "net/http: timeout awaiting response headers", "HTTP/2.0": "http2: timeout awaiting response headers"}
			expectError(t, ca, l, server.URL(), want[protocol])
		})
	}
}

var protocols = map[string][]apitest.Option{"HTTP/1.1": {apitest.HTTP1()}, "HTTP/2.0": nil}

// TestHeadersHaveACap tests that headers of exactly the limit pass, and one more byte
// does not.
func TestHeadersHaveACap(t *testing.T) {
	const headerCap = 64 << 10
	ca := newAuthority(t, "ca")
	want := map[string]string{
		"HTTP/1.1": "net/http: server response headers exceeded 65536 bytes; aborted",
		"HTTP/2.0": "http2: response header list larger than advertised limit",
	}
	// length returns the length of the headers, as each protocol counts it.
	length := map[string]func(*http.Response) int{
		"HTTP/1.1": func(r *http.Response) int {
			n := len("HTTP/1.1 200 OK\r\n\r\n")
			for name := range r.Header {
				n += len(name) + len(": ") + len(r.Header.Get(name)) + len("\r\n")
			}
			return n
		},
		// HTTP/2 counts 32 bytes more for each field, and package net/http allows ten
		// fields.
		//
		// Source: https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2
		"HTTP/2.0": func(r *http.Response) int {
			n := len(":status") + len("200") + 32 - 10*32
			for name := range r.Header {
				n += len(name) + len(r.Header.Get(name)) + 32
			}
			return n
		},
	}
	for protocol, options := range protocols {
		t.Run(protocol, func(t *testing.T) {
			server := signedBy(t, ca, options...)
			config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL()), Dir: mountAccount(t, "token", ca.pem)})
			padded := func(n int) apitest.Step {
				return apitest.Reply(200, "text/plain", "ok", "X-Pad", strings.Repeat("a", n))
			}
			server.Script("/version", padded(1))
			response, err := config.Client().Get(server.URL() + "/version")
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			left := headerCap - length[protocol](response) + 1

			server.Script("/version", padded(left), padded(left+1))
			mustGet(t, config)
			_, _, err = get(config, "/version")
			if err == nil || !strings.HasSuffix(err.Error(), want[protocol]) {
				t.Errorf("got %v, want %s", err, want[protocol])
			}
			mustGet(t, config)
		})
	}
}

func TestDefaultLimits(t *testing.T) {
	want := limits{
		dial: 5 * time.Second, handshake: 10 * time.Second, responseHeader: 15 * time.Second,
		silence: 10 * time.Second, pong: 5 * time.Second, headerBytes: 65536,
	}
	if diff := cmp.Diff(want, defaultLimits(), cmp.AllowUnexported(limits{})); diff != "" {
		t.Error(diff)
	}
}

// The peer's machine is gone: nothing comes any more, not even a reset.
func TestHalfOpenHTTP2ConnectionIsClosedByPing(t *testing.T) {
	ca := newAuthority(t, "ca")
	server := signedBy(t, ca)
	l := defaultLimits()
	// A busy machine may take long to answer.
	l.silence, l.pong = 50*time.Millisecond, time.Second
	config, err := load(Options{Getenv: podEnvironment(t, server.URL()), Dir: mountAccount(t, "token", ca.pem)}, l)
	if err != nil {
		t.Fatal(err)
	}
	defer config.Client().CloseIdleConnections()
	mustGet(t, config)
	server.Freeze()
	_, _, err = get(config, "/version")
	if diff := cmp.Diff(`Get "`+server.URL()+`/version": http2: client connection lost`, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
	mustGet(t, config)
	if n := server.Connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

func TestKubectlProxySidecar(t *testing.T) {
	var authorization []string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = append(authorization, r.Header.Get("Authorization"))
		w.WriteHeader(status)
		io.WriteString(w, "Forbidden")
	}))
	defer server.Close()
	// Reading these files would be an error. The Pod's own environment and proxy are
	// not used.
	config := mustLoad(t, Options{
		Server: strings.Replace(server.URL, "127.0.0.1", "localhost", 1),
		Getenv: environment("HTTPS_PROXY=https://", "HTTP_PROXY=http://127.0.0.1:1"),
		Dir:    filepath.Join(t.TempDir(), "none"),
	})
	mustGet(t, config)
	status = http.StatusForbidden
	if got, body, err := get(config, "/apis"); got != http.StatusForbidden || body != "Forbidden" || err != nil {
		t.Errorf("got %d %q %v", got, body, err)
	}
	if diff := cmp.Diff([]string{"", ""}, authorization); diff != "" {
		t.Error(diff)
	}
}

func TestLocalhostThatResolvesElsewhere(t *testing.T) {
	for address, refused := range map[string]bool{"127.0.0.1:8001": false, "[::1]:8001": false, "10.0.0.1:8001": true, "[2001:db8::1]:8001": true} {
		err := loopbackOnly(context.Background(), "tcp", address, nil)
		if _, ok := errors.AsType[*ServerError](err); ok != refused || err == nil == refused {
			t.Errorf("%s: got %v, want refused to be %t", address, err, refused)
		}
	}
	// The address is reserved for documentation, and nothing is sent.
	_, err := newPlainTransport(defaultLimits()).DialContext(t.Context(), "tcp", "192.0.2.1:8001")
	if _, ok := errors.AsType[*ServerError](err); !ok {
		t.Errorf("got %v, want a *ServerError", err)
	}
}

// expectError loads with the limits and expects the request to fail.
func expectError(t *testing.T, ca *authority, l limits, server, want string) {
	t.Helper()
	config, err := load(Options{Getenv: podEnvironment(t, server), Dir: mountAccount(t, "token", ca.pem)}, l)
	if err != nil {
		t.Fatal(err)
	}
	defer config.Client().CloseIdleConnections()
	_, _, err = get(config, "/version")
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(`Get "`+server+`/version": `+want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

// barrier holds requests back until n have arrived, which shows that they were
// concurrent.
type barrier struct {
	missing atomic.Int32
	open    chan struct{}
}

func newBarrier(n int32) *barrier {
	b := &barrier{open: make(chan struct{})}
	b.missing.Store(n)
	return b
}

func (b *barrier) wait(t *testing.T) {
	if b.missing.Add(-1) == 0 {
		close(b.open)
	}
	select {
	case <-b.open:
	case <-time.After(time.Minute):
		t.Error("the requests were not under way together")
	}
}

type closeRecorder struct {
	io.Reader
	closed bool
}

func (c *closeRecorder) Close() error {
	c.closed = true
	return nil
}
