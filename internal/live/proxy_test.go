package live_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/live"
)

// asksThrough returns a client that reaches the server through a proxy. It counts the
// waits between attempts, and does not wait.
func asksThrough(t *testing.T, server *apitest.Server, proxy string) (client *discovery.Client, waits *int) {
	t.Helper()
	client, err := live.InCluster{}.Connect(live.Target{
		Server: "https://192.0.2.1", ServiceAccountDir: server.ServiceAccountDir(t),
		Getenv: func(name string) string {
			if name == "HTTPS_PROXY" {
				return "http://user:hunter2@" + proxy
			}
			return ""
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	// A dial goes on when nobody waits for it.
	t.Cleanup(client.HTTP.CloseIdleConnections)
	waits = new(int)
	client.Sleep = func(ctx context.Context, _ time.Duration) error {
		*waits++
		return ctx.Err()
	}
	return client, waits
}

func versionFailure(ctx context.Context, client *discovery.Client) (code discovery.FailureCode, message string) {
	s := &discovery.Snapshot{}
	client.Fetch(ctx, s, discovery.Needs{Version: true})
	if s.Version.Failure == nil {
		return "", ""
	}
	return s.Version.Failure.Code, s.Version.Failure.Message
}

// TestProxyFailures tests that a proxy which gives no connection is named, and that a
// refused request is not repeated.
func TestProxyFailures(t *testing.T) {
	const refused = "the proxy PROXY (HTTPS_PROXY) refused CONNECT 192.0.2.1:443: "
	const broke = "no connection to 192.0.2.1:443 through the proxy PROXY (HTTPS_PROXY): "
	tests := []struct {
		name string
		step apitest.ProxyStep
		// connection is what the server does if the proxy connects.
		connection apitest.ConnStep
		message    string
		attempts   int
	}{
		{"403", apitest.ProxyRefuses("403 Forbidden"), nil, refused + "403 Forbidden", 1},
		{"407", apitest.ProxyRefuses("407 Proxy Authentication Required"), nil, refused + "407 Proxy Authentication Required", 1},
		{"404", apitest.ProxyRefuses("404 Not Found"), nil, refused + "404 Not Found", 1},
		{"302", apitest.ProxyRefuses("302 Found"), nil, refused + "302 Found", 1},
		{"502", apitest.ProxyRefuses("502 Bad Gateway"), nil, refused + "502 Bad Gateway", 5},
		{"503", apitest.ProxyRefuses("503 Service Unavailable"), nil, refused + "503 Service Unavailable", 5},
		{"504", apitest.ProxyRefuses("504 Gateway Timeout"), nil, refused + "504 Gateway Timeout", 5},
		{"hangs up", apitest.ProxySays(""), nil, broke + "it was closed without an answer", 5},
		{"200 and hangs up", apitest.ProxySays("HTTP/1.1 200 OK\r\n\r\n"), nil, broke + "it was closed without an answer", 5},
		{"no HTTP", apitest.ProxySays("hello\r\n\r\n"), nil, broke + `malformed HTTP response "hello"`, 5},
		{"200 and no TLS", nil, apitest.Say("220 mail.example ESMTP\r\n"), broke + "what answers there does not speak TLS", 1},
		{"200 and an old TLS", nil, apitest.TLS11(), broke + "the server refuses TLS: protocol version not supported", 1},
		{"cannot be reached", nil, nil, "the proxy " + apitest.UnusedAddress + " (HTTPS_PROXY) cannot be reached: connection refused", 5},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.AlwaysConnection(test.connection)
			proxy := apitest.NewProxy(t, server)
			proxy.Always(test.step)
			address := strings.TrimPrefix(proxy.URL(), "http://")
			used := address
			if test.step == nil && test.connection == nil {
				used = apitest.UnusedAddress
			}
			client, waits := asksThrough(t, server, used)
			code, message := versionFailure(context.Background(), client)
			if diff := cmp.Diff("GET /version: "+strings.ReplaceAll(test.message, "PROXY ", address+" "), message); diff != "" || code != discovery.Unreachable {
				t.Errorf("code %s, message (-want +got):\n%s", code, diff)
			}
			if n := client.Stats().Requests; n != test.attempts || *waits != test.attempts-1 {
				t.Errorf("%d attempts, %d waits", n, *waits)
			}
			if len(server.Requests()) != 0 {
				t.Errorf("the server was asked %s", server.DumpRequests())
			}
		})
	}
}

// TestProxyThatHangs tests that the error does not blame the server if the proxy does
// not answer in time.
func TestProxyThatHangs(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	proxy := apitest.NewProxy(t, server)
	proxy.Always(apitest.ProxyHangs())
	address := strings.TrimPrefix(proxy.URL(), "http://")
	const limit = 50 * time.Millisecond
	check := func(ctx context.Context, client *discovery.Client, what string) {
		t.Helper()
		code, message := versionFailure(ctx, client)
		want := "GET /version: " + what + "; there is no connection yet through the proxy " + address + " (HTTPS_PROXY)"
		if diff := cmp.Diff(want, message); diff != "" || code != discovery.Timeout {
			t.Errorf("code %s, message (-want +got):\n%s", code, diff)
		}
		if n := client.Stats().Requests; n != 1 {
			t.Errorf("%d attempts", n)
		}
	}
	client, _ := asksThrough(t, server, address)
	client.RequestTimeout = limit
	check(context.Background(), client, "no complete answer within 50ms")

	client, _ = asksThrough(t, server, address)
	ctx, cancel := context.WithTimeoutCause(context.Background(), limit, errors.New("--timeout 50ms is over"))
	defer cancel()
	check(ctx, client, "the time limit of all requests was reached: --timeout 50ms is over")
}
