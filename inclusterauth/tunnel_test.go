package inclusterauth

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestProxyThatGivesNoConnection tests that the error is about the proxy, shows no
// password, and says whether the proxy refused.
func TestProxyThatGivesNoConnection(t *testing.T) {
	ca := newAuthority(t, "ca")
	const refused = "the proxy PROXY (HTTPS_PROXY) refused CONNECT 10.0.1.149:6443: "
	const broke = "no connection to 10.0.1.149:6443 through the proxy PROXY (HTTPS_PROXY): "
	tests := []struct {
		name string
		step apitest.ProxyStep
		// connection is what the server does if the proxy connects.
		connection apitest.ConnStep
		message    string
		status     int
		refuses    bool
	}{
		{"400", apitest.ProxyRefuses("400 Bad Request"), nil, refused + "400 Bad Request", 400, true},
		{"403", apitest.ProxyRefuses("403 Forbidden"), nil, refused + "403 Forbidden", 403, true},
		{"403 in other words", apitest.ProxyRefuses("403 Blocked by policy 7"), nil, refused + "403 Blocked by policy 7", 403, true},
		{"403 without words", apitest.ProxyRefuses("403"), nil, refused + "403 Forbidden", 403, true},
		{"407", apitest.ProxyRefuses("407 Proxy Authentication Required"), nil, refused + "407 Proxy Authentication Required", 407, true},
		{"429", apitest.ProxyRefuses("429 Too Many Requests"), nil, refused + "429 Too Many Requests", 429, true},
		{"302", apitest.ProxyRefuses("302 Found"), nil, refused + "302 Found", 302, true},
		{"204", apitest.ProxyRefuses("204 No Content"), nil, refused + "204 No Content", 204, true},
		{"500", apitest.ProxyRefuses("500 Internal Server Error"), nil, refused + "500 Internal Server Error", 500, true},
		{"502", apitest.ProxyRefuses("502 Bad Gateway"), nil, refused + "502 Bad Gateway", 502, false},
		{"503", apitest.ProxyRefuses("503 Service Unavailable"), nil, refused + "503 Service Unavailable", 503, false},
		{"504", apitest.ProxyRefuses("504 Gateway Timeout"), nil, refused + "504 Gateway Timeout", 504, false},
		{"a long text", apitest.ProxyRefuses("403 " + strings.Repeat("x", 1000)), nil, refused + "403 " + strings.Repeat("x", 196) + "…", 403, true},
		{"hangs up", apitest.ProxySays(""), nil, broke + "it was closed without an answer", 0, false},
		{"cut off", apitest.ProxySays("HTTP/1.1 200 O"), nil, broke + "it was closed without an answer", 0, false},
		{"no HTTP", apitest.ProxySays("hello\r\n\r\n"), nil, broke + `malformed HTTP response "hello"`, 0, false},
		{"200 and hangs up", apitest.ProxySays("HTTP/1.1 200 OK\r\n\r\n"), nil, broke + "it was closed without an answer", 0, false},
		{"200 and no TLS", nil, apitest.Say("220 mail.example ESMTP\r\n"), broke + "what answers there does not speak TLS", 0, false},
		{"200 and plain HTTP", nil, apitest.AnswerInPlaintext(), broke + "what answers there does not speak TLS", 0, false},
		{"200 and an old TLS", nil, apitest.TLS11(), broke + "the server refuses TLS: protocol version not supported", 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := signedBy(t, ca)
			server.AlwaysConnection(test.connection)
			proxy := apitest.NewProxy(t, server)
			proxy.Always(test.step)
			address := strings.TrimPrefix(proxy.URL(), "http://")
			config := mustLoad(t, Options{
				Server: "https://10.0.1.149:6443", Dir: mountAccount(t, "token", ca.pem),
				Getenv: environment("HTTPS_PROXY=http://user:hunter2@" + address),
			})
			_, _, err := get(config, "/version")
			typed, ok := errors.AsType[*ProxyError](err)
			if !ok {
				t.Fatalf("got %v, want a *ProxyError", err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(test.message, "PROXY ", address+" "), typed.Error()); diff != "" {
				t.Error(diff)
			}
			if status := typed.ProxyStatus(); status != typed.Status {
				t.Errorf("the status is %d, want %d", status, typed.Status)
			}
			if typed.Status != test.status || typed.Refused() != test.refuses || typed.Timeout() {
				t.Errorf("status %d, refused %t, timeout %t", typed.Status, typed.Refused(), typed.Timeout())
			}
			if strings.Contains(fmt.Sprintf("%+v", err), "hunter2") {
				t.Errorf("%v shows the password", err)
			}
			if n := len(server.Requests()); n != 0 {
				t.Errorf("the server received %d requests", n)
			}
		})
	}
}

func TestProxyThatCannotBeReached(t *testing.T) {
	ca := newAuthority(t, "ca")
	load := func(variable, proxy string) *Config {
		return mustLoad(t, Options{
			Server: "https://10.0.1.149", Dir: mountAccount(t, "token", ca.pem), Getenv: environment(variable + "=" + proxy),
		})
	}
	const unused = apitest.UnusedAddress
	for _, test := range []struct{ variable, proxy, message string }{
		{"HTTPS_PROXY", "http://user:hunter2@" + unused, "the proxy " + unused + " (HTTPS_PROXY) cannot be reached: connection refused"},
		{"https_proxy", unused, "the proxy " + unused + " (https_proxy) cannot be reached: connection refused"},
		{"HTTPS_PROXY", "socks5://user:hunter2@" + unused, "the proxy " + unused + " (HTTPS_PROXY) cannot be reached: connection refused"},
	} {
		_, _, err := get(load(test.variable, test.proxy), "/version")
		typed, ok := errors.AsType[*ProxyError](err)
		if !ok {
			t.Errorf("%s: got %v, want a *ProxyError", test.proxy, err)
			continue
		}
		if diff := cmp.Diff(test.message, typed.Error()); diff != "" || typed.Refused() {
			t.Errorf("%s: refused %t, %s", test.proxy, typed.Refused(), diff)
		}
	}
	for setting, want := range map[string]string{
		"http://proxy.example": "proxy.example:80", "proxy.example:3128": "proxy.example:3128",
		"socks5://user:hunter2@proxy.example": "proxy.example:1080", "socks5h://[::1]": "[::1]:1080",
	} {
		proxy, err := proxyFor(environment("HTTPS_PROXY="+setting), &url.URL{Scheme: "https", Host: "10.0.1.149:443"})
		if err != nil || proxy.address() != want {
			t.Errorf("%s: %v, %v, want %s", setting, proxy, err, want)
		}
	}
}

// TestProxyWithoutAnAddress tests that the error names what could not be looked up, and no resolver.
func TestProxyWithoutAnAddress(t *testing.T) {
	lookup := &net.DNSError{Err: "no such host", Name: "proxy.example", Server: "10.96.0.10:53", IsNotFound: true}
	err := &ProxyError{
		Variable: "HTTPS_PROXY", Proxy: "proxy.example:3128", Server: "10.0.1.149:443",
		Err: &net.OpError{Op: "proxyconnect", Net: "tcp", Err: &net.OpError{Op: "dial", Net: "tcp", Err: lookup}},
	}
	if diff := cmp.Diff("the proxy proxy.example:3128 (HTTPS_PROXY) cannot be reached: lookup of proxy.example: no such host", err.Error()); diff != "" {
		t.Error(diff)
	}
}

// TestSOCKSProxyThatRefuses tests SOCKS reply codes, which take the place of a
// status.
//
// Source: https://www.rfc-editor.org/rfc/rfc1928#section-6
func TestSOCKSProxyThatRefuses(t *testing.T) {
	ca := newAuthority(t, "ca")
	reply := func(code byte) string {
		return "\x05\x00" + string([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0})
	}
	for _, test := range []struct {
		name, answer, reason string
		refuses              bool
	}{
		{"ruleset", reply(2), "connection not allowed by ruleset", true},
		{"general", reply(1), "general SOCKS server failure", false},
		{"host unreachable", reply(4), "host unreachable", false},
		{"refused by the server", reply(5), "connection refused", false},
		{"command", reply(7), "command not supported", true},
		{"authentication", "\x05\xff", "no acceptable authentication methods", true},
		{"another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n", "unexpected protocol version 72", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			t.Cleanup(func() { _ = listener.Close(); <-done })
			go func() {
				defer close(done)
				for {
					c, err := listener.Accept()
					if err != nil {
						return
					}
					r := bufio.NewReader(c)
					_, _ = r.Peek(1)
					_, _ = io.WriteString(c, test.answer)
					_, _ = io.Copy(io.Discard, r)
					_ = c.Close()
				}
			}()
			config := mustLoad(t, Options{
				Server: "https://10.0.1.149", Dir: mountAccount(t, "token", ca.pem), Getenv: environment("HTTPS_PROXY=socks5://" + listener.Addr().String()),
			})
			_, _, err = get(config, "/version")
			typed, ok := errors.AsType[*ProxyError](err)
			if !ok {
				t.Fatalf("got %v, want a *ProxyError", err)
			}
			want := "no connection to 10.0.1.149:443 through the proxy " + listener.Addr().String() + " (HTTPS_PROXY): " + test.reason
			if diff := cmp.Diff(want, typed.Error()); diff != "" || typed.Refused() != test.refuses {
				t.Errorf("refused %t, %s", typed.Refused(), diff)
			}
		})
	}
}

// TestErrorsBehindAProxy tests that errors after there is a connection to the server
// do not blame the proxy, except that a bad certificate may be the proxy's.
func TestErrorsBehindAProxy(t *testing.T) {
	ca, other := newAuthority(t, "ca"), newAuthority(t, "other")
	load := func(server *apitest.Server) (*Config, string) {
		proxy := apitest.NewProxy(t, server)
		return mustLoad(t, Options{
			Server: "https://10.0.1.149", TLSServerName: "localhost", Dir: mountAccount(t, "token", ca.pem),
			Getenv: environment("HTTPS_PROXY=" + proxy.URL()),
		}), strings.TrimPrefix(proxy.URL(), "http://")
	}
	t.Run("reset", func(t *testing.T) {
		server := signedBy(t, ca, apitest.HTTP1())
		server.Always("/version", apitest.Reset())
		config, _ := load(server)
		_, _, err := get(config, "/version")
		if _, ok := errors.AsType[*ProxyError](err); ok || err == nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the second request", func(t *testing.T) {
		server := signedBy(t, ca, apitest.HTTP1())
		config, _ := load(server)
		mustGet(t, config)
		server.Always("/version", apitest.Reset())
		_, _, err := get(config, "/version")
		if _, ok := errors.AsType[*ProxyError](err); ok || err == nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("another CA", func(t *testing.T) {
		config, proxy := load(signedBy(t, other))
		_, _, err := get(config, "/version")
		typed, ok := errors.AsType[*CertificateError](err)
		if !ok || typed.Proxy != proxy || !typed.ThroughProxy() {
			t.Fatalf("got %v, want a *CertificateError", err)
		}
		want := "ca.crt, the only one that is trusted; the connection went through the proxy " + proxy +
			", which may have answered with a certificate of its own: add the server to NO_PROXY if it is reached without a proxy"
		if !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("none", func(t *testing.T) {
		config, _ := load(signedBy(t, ca))
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, config.BaseURL().JoinPath("/version").String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := config.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.Request != request {
			t.Error("the response names another request than the one that was made")
		}
	})
}
