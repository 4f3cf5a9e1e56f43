package discovery_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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
	unavailable := func(status int) apitest.Step { return apitest.Reply(status, "text/plain", "later") }
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
		{name: "cut off where it is packed", steps: []apitest.Step{apitest.Packed(20, v2JSON, whole)}, waits: []time.Duration{250 * ms}},
		{name: "502, 503, 504", steps: []apitest.Step{unavailable(502), unavailable(503), unavailable(504)}, waits: []time.Duration{250 * ms, 500 * ms, time.Second}},
		{name: "503 until the last", steps: []apitest.Step{unavailable(503), unavailable(503), unavailable(503), unavailable(503)}, waits: []time.Duration{250 * ms, 500 * ms, time.Second, 2 * time.Second}},
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

// TestRetryAfter: what a server asks for is clamped to 30 s, or ignored where it
// makes no sense, and never makes a wait shorter.
func TestRetryAfter(t *testing.T) {
	const first = 250 * time.Millisecond
	tests := []struct {
		name, header string
		want         time.Duration
	}{
		{"none", "", first},
		{"seconds", "7", 7 * time.Second},
		{"zero", "0", first},
		{"-1", "-1", first},
		{"a day", "86400", 30 * time.Second},
		{"a date", "Sat, 31 Jan 2026 12:00:09 GMT", 9 * time.Second},
		{"a date of tomorrow", "Sun, 01 Feb 2026 12:00:00 GMT", 30 * time.Second},
		{"a date of yesterday", "Fri, 30 Jan 2026 12:00:00 GMT", first},
		{"beyond any number", "99999999999999999999", first},
		{"a fraction", "1.5", first},
		{"garbage", "soon", first},
	}
	for _, status := range []int{429, 502, 503, 504} {
		for _, test := range tests {
			t.Run(fmt.Sprint(status)+" "+test.name, func(t *testing.T) {
				var headers []string
				if test.header != "" {
					headers = []string{"Retry-After", test.header}
				}
				server := apitest.New(t, apitest.Stock())
				server.Script("/version", apitest.Reply(status, "text/plain", "later", headers...))
				a := ask(t, server)
				if f := a.fetch(discovery.Needs{Version: true}).Version.Failure; f != nil {
					t.Error(f)
				}
				if diff := cmp.Diff([]time.Duration{test.want}, a.waits); diff != "" {
					t.Errorf("waits (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestFetchRetriesBrokenConnections: a connection that breaks, or does not come to
// be, before there is an answer. A review is asked again as any GET is.
func TestFetchRetriesBrokenConnections(t *testing.T) {
	// instead makes the first request end with an error that no server gives at will.
	instead := func(err error) func(*asker) {
		return func(a *asker) {
			next, first := a.HTTP.Transport, true
			a.HTTP.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				if first {
					first = false
					return nil, err
				}
				return next.RoundTrip(r)
			})
		}
	}
	tests := []struct {
		name   string
		step   apitest.ConnStep
		change func(*asker)
		// failure is what is logged of the first attempt, less the request.
		failure string
	}{
		{name: "reset before the handshake", step: apitest.ResetConnection(), failure: "the connection to ADDRESS broke: connection reset by peer"},
		{name: "end of file", step: apitest.HangUp(), failure: "the connection to ADDRESS broke: it was closed without an answer"},
		{
			name: "GOAWAY", step: apitest.GoAway(0),
			failure: `the connection to ADDRESS broke: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""`,
		},
		{
			name: "GOAWAY for an error", step: apitest.GoAway(2),
			failure: `the connection to ADDRESS broke: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=INTERNAL_ERROR, debug=""`,
		},
		{
			name: "refused", failure: "cannot reach ADDRESS: connection refused",
			change: func(a *asker) {
				_, err := net.Dial("tcp", apitest.UnusedAddress)
				instead(err)(a)
			},
		},
		{
			name: "name resolution", failure: "cannot reach ADDRESS: lookup of kubernetes.default.svc: server misbehaving",
			change: instead(&net.DNSError{Err: "server misbehaving", Name: "kubernetes.default.svc", IsTemporary: true}),
		},
		{
			name: "no route", failure: "cannot reach ADDRESS: no route to host",
			change: instead(&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}),
		},
		{
			name: "HPACK", change: instead(errors.New("connection error: COMPRESSION_ERROR")),
			failure: "the connection to ADDRESS broke: headers came that are too large, or not packed as HTTP/2 has it (COMPRESSION_ERROR)",
		},
	}
	for _, test := range tests {
		for request, needs := range map[string]discovery.Needs{
			"GET /version":               {Version: true},
			"POST " + apitest.ReviewPath: reviews(getPods),
		} {
			t.Run(test.name+" "+request[:4], func(t *testing.T) {
				server := apitest.New(t, apitest.Stock())
				server.ScriptConnections(test.step)
				a := ask(t, server)
				if test.change != nil {
					test.change(a)
				}
				var logged []string
				var log bytes.Buffer
				a.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
					if attr.Key == "failure" {
						logged = append(logged, attr.Value.String())
					}
					return attr
				}}))
				s := a.fetch(needs)
				if len(needs.Reviews) == 0 && !s.Version.Known || len(needs.Reviews) > 0 && !s.Reviews[getPods].Known {
					t.Errorf("version %v, review %v", s.Version.Failure, s.Reviews[getPods].Failure)
				}
				if diff := cmp.Diff([]time.Duration{250 * time.Millisecond}, a.waits); diff != "" {
					t.Errorf("waits (-want +got):\n%s", diff)
				}
				// Once for the attempt, and once for the wait that follows.
				want := request + ": " + strings.ReplaceAll(test.failure, "ADDRESS", a.Base.Host)
				if diff := cmp.Diff([]string{want, want}, logged); diff != "" {
					t.Errorf("failures (-want +got):\n%s", diff)
				}
				if n := len(server.Requests()); n != 1 {
					t.Errorf("%d requests came", n)
				}
			})
		}
	}
}

// TestConnectionEndsBehindAnswer: a server with --goaway-chance answers, and the next
// request goes over another connection without anybody having to wait.
func TestConnectionEndsBehindAnswer(t *testing.T) {
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(protocol, func(t *testing.T) {
			var options []apitest.Option
			if protocol == "HTTP/1.1" {
				options = append(options, apitest.HTTP1())
			}
			server := apitest.New(t, apitest.Stock(), options...)
			server.Always("*", apitest.LastOfConnection(nil))
			a := ask(t, server)
			for range 3 {
				if f := a.fetch(discovery.Needs{Version: true}).Version.Failure; f != nil {
					t.Error(f)
				}
			}
			if n := server.Connections(); n != 3 || len(a.waits) != 0 {
				t.Errorf("%d connections, waits %v", n, a.waits)
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
