package apitest_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestConnectionSteps tests that each step ends a request in its own way, and that
// the next connection works.
func TestConnectionSteps(t *testing.T) {
	tests := []struct {
		name string
		step apitest.ConnStep
		// want is the end of the error.
		want string
	}{
		{"hang up", apitest.HangUp(), "EOF"},
		{"reset", apitest.ResetConnection(), syscall.ECONNRESET.Error()},
		{"plaintext", apitest.AnswerInPlaintext(), "server gave HTTP response to HTTPS client"},
		{"no TLS", apitest.Say("220 mail.example ESMTP\r\n"), "tls: first record does not look like a TLS handshake"},
		{"TLS 1.1", apitest.TLS11(), "tls: protocol version not supported"},
		{"GOAWAY", apitest.GoAway(2), "http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=INTERNAL_ERROR, debug=\"\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.ScriptConnections(test.step)
			client := server.Client()
			resp, err := client.Get(server.URL() + "/version")
			if err == nil {
				resp.Body.Close()
				t.Fatal("the server answered")
			}
			if !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("error %v, want one that ends with %q", err, test.want)
			}
			resp, err = client.Get(server.URL() + "/version")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if c, r := server.Connections(), len(server.Requests()); c != 2 || r != 1 {
				t.Errorf("%d connections and %d requests", c, r)
			}
		})
	}
}

func TestConnectionStepForAll(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	server.AlwaysConnection(apitest.OnlyHTTP1())
	server.ScriptConnections(nil)
	for range 2 {
		get(t, server, "/version", "*/*")
	}
	var protocols []string
	for _, r := range server.Requests() {
		protocols = append(protocols, r.Proto)
	}
	if diff := cmp.Diff([]string{"HTTP/2.0", "HTTP/1.1"}, protocols); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSilentConnection tests that the connection stays open until the server ends,
// and that its input is recorded.
func TestSilentConnection(t *testing.T) {
	server, err := apitest.Start(apitest.Stock(), apitest.Plaintext())
	if err != nil {
		t.Fatal(err)
	}
	server.AlwaysConnection(apitest.Silent())
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "hello"); err != nil {
		t.Fatal(err)
	}
	for len(server.Requests()) == 0 && (server.Connections() == 0 || len(server.Received(1)) < len("hello")) {
		runtime.Gosched()
	}
	server.Close()
	if text, _ := io.ReadAll(conn); len(text) != 0 || string(server.Received(1)) != "hello" || len(server.Requests()) != 0 {
		t.Errorf("the server said %q to %q", text, server.Received(1))
	}
}

func TestFrozenConnection(t *testing.T) {
	for name, options := range map[string][]apitest.Option{"TLS": nil, "plaintext": {apitest.Plaintext()}} {
		t.Run(name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), options...)
			client := server.Client()
			resp, err := client.Get(server.URL() + "/version")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			server.Freeze()
			client.Timeout = 50 * time.Millisecond
			if resp, err = client.Get(server.URL() + "/version"); err == nil {
				resp.Body.Close()
				t.Error("a frozen connection answered")
			}
			if n := len(server.Requests()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestSetCertificate(t *testing.T) {
	other, err := apitest.NewAuthority("other")
	if err != nil {
		t.Fatal(err)
	}
	server := apitest.New(t, apitest.Stock())
	certificate, err := other.Issue()
	if err != nil {
		t.Fatal(err)
	}
	server.SetCertificate(certificate)
	resp, err := server.Client().Get(server.URL() + "/version")
	if err == nil {
		resp.Body.Close()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
		t.Errorf("error %v", err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: other.Pool()}}}
	defer client.CloseIdleConnections()
	resp, err = client.Get(server.URL() + "/version")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	// A client that does not trust the server has sent only a TLS hello.
	if hello := server.Received(1); len(hello) == 0 || hello[0] != 22 || bytes.Contains(hello, []byte("GET /version")) {
		t.Errorf("received %q", hello)
	}
}

func TestUnusedAddress(t *testing.T) {
	resp, err := http.Get("http://" + apitest.UnusedAddress)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("error %v", err)
	}
}

func TestProxy(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Names("api.example.com"))
	proxy := apitest.NewProxy(t, server)
	proxy.Want("user", "password")
	address, err := url.Parse(proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(user *url.Userinfo) (*http.Response, error) {
		address.User = user
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(server.CA())
		transport := &http.Transport{Proxy: http.ProxyURL(address), TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
		defer transport.CloseIdleConnections()
		return (&http.Client{Transport: transport}).Get("https://api.example.com/version")
	}
	resp, err := ask(url.UserPassword("user", "password"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp, err := ask(nil); err == nil || !strings.HasSuffix(err.Error(), "Proxy Authentication Required") {
		t.Errorf("%v, error %v", resp, err)
	}
	if diff := cmp.Diff([]string{"CONNECT api.example.com:443", "CONNECT api.example.com:443"}, proxy.Asked()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
