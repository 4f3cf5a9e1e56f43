package discovery_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
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
	"github.com/kreconcile/kreconcile/kubeapi"
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

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestFetchRetriesBrokenConnections: a connection that breaks, or does not come to
// be, before there is an answer. A review is asked again as any GET is.
func TestFetchRetriesBrokenConnections(t *testing.T) {
	address, err := apitest.UnusedAddress()
	if err != nil {
		t.Fatal(err)
	}
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
				_, err := net.Dial("tcp", address)
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

// TestOnlyQuestionsAreSent holds that whatever is asked, and asked again, is a GET or
// the POST of an access review, so that asking again changes nothing.
func TestOnlyQuestionsAreSent(t *testing.T) {
	later := apitest.Reply(503, "text/plain", "later")
	server := apitest.New(t, apitest.Stock())
	server.SetSchemas(apps(deployment))
	paths := []string{"/api", "/apis", "/version", "/readyz", "/openapi/v3", appsPath, apitest.ReviewPath}
	for _, path := range paths {
		server.Script(path, later)
	}
	a := ask(t, server)
	a.again(wanting(discovery.Needs{
		Documents: true, Version: true, ServerAddresses: true,
		Reviews: []discovery.Review{getPods}, Fields: []discovery.FieldQuery{replicas},
	}))
	asked := map[string]int{}
	for _, r := range server.Requests() {
		if post := r.Path == apitest.ReviewPath; r.Method != http.MethodGet && !post || r.Method != http.MethodPost && post {
			t.Errorf("%s %s was sent", r.Method, r.Path)
		}
		asked[r.Path]++
	}
	for _, path := range paths {
		if asked[path] < 2 {
			t.Errorf("%s was asked for %d times", path, asked[path])
		}
	}
	if n := a.Stats().Retries; n != len(paths) {
		t.Errorf("%d retries", n)
	}
}

// TestCutOffAnswers: however an answer is cut short, and wherever, it is an error and
// asked for again. It never becomes a shorter list of APIs.
func TestCutOffAnswers(t *testing.T) {
	stock := apitest.Stock()
	group, _ := stock.Group("apps")
	resources := apitest.APIResourceList(kubeapi.GroupVersion{Group: "apps", Version: "v1"}, group.Versions[0].Resources.Value)
	documentsOf := map[string]struct {
		path, contentType, body string
		forms                   []apitest.Form
	}{
		"aggregated":        {"/apis", v2JSON, string(apitest.Aggregated(stock.Named.Value, "v2")), nil},
		"list of groups":    {"/apis", plainJSON, string(apitest.APIGroupList(stock.Named.Value)), []apitest.Form{apitest.Plain}},
		"list of resources": {"/apis/apps/v1", plainJSON, string(resources), []apitest.Form{apitest.Plain}},
	}
	manners := map[string]func(n int, contentType, body string) apitest.Step{
		"shorter than its Content-Length": apitest.Short,
		"broken off":                      apitest.Truncate,
		"in a chunk":                      apitest.CutOff,
		"packed": func(n int, contentType, body string) apitest.Step {
			return apitest.Packed(1+(len(body)-n)/100, contentType, body)
		},
		// A proxy that has lost the rest says that this is all.
		"whole": func(n int, contentType, body string) apitest.Step { return apitest.Reply(200, contentType, body[:n]) },
	}
	for kind, document := range documentsOf {
		for manner, cut := range manners {
			for _, protocol := range []string{"HTTP/1.1", "HTTP/2"} {
				t.Run(kind+" "+manner+" "+protocol, func(t *testing.T) {
					options := []apitest.Option{apitest.Forms(apitest.V2)}
					if document.forms != nil {
						options[0] = apitest.Forms(document.forms...)
					}
					if protocol == "HTTP/1.1" {
						options = append(options, apitest.HTTP1())
					}
					server := apitest.New(t, stock, options...)
					// The last byte is a newline, and the one before ends the document.
					whole := len(document.body) - 2
					for _, n := range []int{0, 1, whole / 3, strings.LastIndex(document.body, "},{") + 1, whole - 1, whole} {
						server.Always(document.path, cut(n, document.contentType, document.body))
						a := ask(t, server)
						s := a.fetch(documents)
						f := s.Named.Failure
						if document.path != "/apis" {
							g, _ := s.Group("apps")
							_, f = g.Version("v1")
						}
						if f == nil || f.Code != discovery.Unreachable || !strings.HasPrefix(f.Message, "GET "+document.path+": ") {
							t.Errorf("%d of %d bytes: failure %v", n, len(document.body), f)
						}
						if len(a.waits) != 4 {
							t.Errorf("%d of %d bytes: waits %v", n, len(document.body), a.waits)
						}
					}
				})
			}
		}
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
	checkCause(t, s.Version.Failure, discovery.NameNotResolved)
	if s.Endpoint != "https://nowhere.invalid:443" || a.Stats().Requests != 5 {
		t.Errorf("endpoint %s, %+v", s.Endpoint, a.Stats())
	}
}

func TestFetchCertificate(t *testing.T) {
	own := func(server, _ *apitest.Server) *http.Client { return server.Client() }
	tests := []struct {
		name        string
		client      func(server, other *apitest.Server) *http.Client
		certificate func(*x509.Certificate)
		message     string
		cause       discovery.Cause
	}{
		{
			"another authority", func(_, other *apitest.Server) *http.Client { return other.Client() }, apitest.For("127.0.0.1"),
			"GET /apis: failed to verify certificate: certificate signed by unknown authority", discovery.CertificateUntrusted,
		},
		{
			"another name", own, apitest.For("kubernetes.default.svc"),
			"GET /apis: failed to verify certificate: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs", discovery.CertificateOtherName,
		},
		{
			"expired", own, apitest.Expired(time.Now()),
			"GET /apis: failed to verify certificate: certificate has expired or is not yet valid: current time ", discovery.CertificateExpired,
		},
		{
			"not yet valid", own, apitest.NotYetValid(time.Now()),
			"GET /apis: failed to verify certificate: certificate has expired or is not yet valid: current time ", discovery.CertificateNotYetValid,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Certificate(test.certificate))
			a := ask(t, server)
			a.HTTP = test.client(server, apitest.New(t, apitest.Stock()))
			s := a.fetch(documents)
			if f := s.Named.Failure; f == nil || f.Code != discovery.Certificate || !strings.HasPrefix(f.Message, test.message) {
				t.Errorf("failure %+v", f)
			}
			checkCause(t, s.Named.Failure, test.cause)
			if _, ok := errors.AsType[*tls.CertificateVerificationError](s.Named.Failure); !ok {
				t.Errorf("%T has no error of verification", s.Named.Failure.Err)
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
		cause   discovery.Cause
	}{
		{"plaintext", apitest.AnswerInPlaintext(), "ADDRESS speaks plain HTTP, not TLS", discovery.SpeaksPlainHTTP},
		{"another protocol", apitest.Say("220 mail.example ESMTP\r\n"), "the connection to ADDRESS broke: what answers there does not speak TLS", discovery.SpeaksNoTLS},
		{"TLS 1.1", apitest.TLS11(), "the connection to ADDRESS broke: the server refuses TLS: protocol version not supported", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.AlwaysConnection(test.step)
			a := ask(t, server)
			s := a.fetch(discovery.Needs{Version: true})
			checkFailure(t, s.Version.Failure, discovery.Unreachable, "GET /version: "+strings.ReplaceAll(test.message, "ADDRESS", a.Base.Host))
			checkCause(t, s.Version.Failure, test.cause)
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

// A port that speaks TLS says so in words of its own, or by an alert, which is no answer of an API.
func TestPlaintextToAPortThatSpeaksTLS(t *testing.T) {
	for _, test := range []struct{ name, answer string }{
		{"a kube-apiserver", "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"},
		{"nginx", "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<center>The plain HTTP request was sent to HTTPS port</center>"},
		{"Apache", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nReason: You're speaking plain HTTP to an SSL-enabled server port.<br />"},
		{"Tomcat", "HTTP/1.1 400 \r\nConnection: close\r\n\r\nBad Request\r\nThis combination of host and port requires TLS.\r\n"},
		{"an alert", "\x15\x03\x01\x00\x02\x02\x46"},
		{"an alert of TLS 1.2", "\x15\x03\x03\x00\x02\x02\x16"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Plaintext())
			server.AlwaysConnection(apitest.Say(test.answer))
			a := ask(t, server)
			s := a.fetch(discovery.Needs{Version: true})
			checkFailure(t, s.Version.Failure, discovery.Unreachable, "GET /version: "+a.Base.Host+" speaks TLS, not plain HTTP")
			checkCause(t, s.Version.Failure, discovery.SpeaksTLS)
			if len(a.waits) != 0 {
				t.Errorf("waits %v", a.waits)
			}
		})
	}
	server := apitest.New(t, apitest.Stock(), apitest.Plaintext())
	server.Always("/version", apitest.Reply(400, "text/plain", "another reason"))
	s := ask(t, server).fetch(discovery.Needs{Version: true})
	checkFailure(t, s.Version.Failure, discovery.InvalidResponse, `GET /version: 400 Bad Request: "another reason"`)
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

// TestHeadersTooLarge: headers that are larger than the transport takes will be so
// again, and are no reason to wait. One that is too large for HTTP/2 by itself breaks
// the connection, and with it all that is under way.
func TestHeadersTooLarge(t *testing.T) {
	const tooLarge = "GET /version: the headers of the answer are larger than the client takes"
	tests := []struct {
		name, protocol string
		// first and second are how large two of the headers are.
		first, second int
		code          discovery.FailureCode
		message       string
		attempts      int
	}{
		{"that fit", "HTTP/1.1", 30 << 10, 30 << 10, "", "", 1},
		{"that fit", "HTTP/2.0", 30 << 10, 30 << 10, "", "", 1},
		{"together", "HTTP/1.1", 40 << 10, 40 << 10, discovery.InvalidResponse, tooLarge, 1},
		{"together", "HTTP/2.0", 40 << 10, 40 << 10, discovery.InvalidResponse, tooLarge, 1},
		{"one by itself", "HTTP/1.1", 70 << 10, 1, discovery.InvalidResponse, tooLarge, 1},
		{
			"one by itself", "HTTP/2.0", 70 << 10, 1, discovery.Unreachable,
			"GET /version: the connection to ADDRESS broke: headers came that are too large, or not packed as HTTP/2 has it (COMPRESSION_ERROR)", 5,
		},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.protocol, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/version", apitest.Reply(200, plainJSON, `{"major":"1","minor":"36"}`,
				"X-Pad", strings.Repeat("a", test.first), "X-More", strings.Repeat("a", test.second)))
			a := ask(t, server)
			transport := &http.Transport{
				MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: test.protocol == "HTTP/2.0",
				TLSClientConfig: &tls.Config{RootCAs: server.Authority().Pool(), MinVersion: tls.VersionTLS12},
			}
			a.HTTP = &http.Client{Transport: transport}
			f := a.fetch(discovery.Needs{Version: true}).Version.Failure
			if test.code != "" {
				checkFailure(t, f, test.code, strings.ReplaceAll(test.message, "ADDRESS", a.Base.Host))
			} else if f != nil {
				t.Error(f)
			}
			if n := server.Count("/version"); n != test.attempts || len(a.waits) != test.attempts-1 {
				t.Errorf("%d requests, waits %v", n, a.waits)
			}
			if protocol := server.Requests()[0].Proto; protocol != test.protocol {
				t.Errorf("it speaks %s", protocol)
			}
		})
	}
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
