package discovery_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

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

func TestFetchUnreachable(t *testing.T) {
	a := ask(t, apitest.New(t, apitest.Stock()))
	a.Base = &url.URL{Scheme: "https", Host: apitest.UnusedAddress}
	s := a.fetch(documents)
	checkFailure(t, s.Named.Failure, discovery.Unreachable, "GET /apis: cannot reach "+apitest.UnusedAddress+": connection refused")
	checkFailure(t, s.Core.Failure, discovery.Unreachable, "GET /api: cannot reach "+apitest.UnusedAddress+": connection refused")
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
