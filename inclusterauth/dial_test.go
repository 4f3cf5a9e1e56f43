package inclusterauth

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// connected returns a config with a connection that was begun, once the handshake is over.
func connected(t *testing.T, server *apitest.Server, ca *authority) *Config {
	t.Helper()
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL()), Dir: mountAccount(t, "token", ca.pem)})
	config.Connect()
	<-config.trust.current().dialer.early.done
	return config
}

func TestConnect(t *testing.T) {
	for protocol, options := range protocols {
		t.Run(protocol, func(t *testing.T) {
			ca := newAuthority(t, "ca")
			server := signedBy(t, ca, options...)
			config := connected(t, server, ca)
			config.Connect() // there is one already
			if n := len(server.Requests()); n > 0 || server.Connections() != 1 {
				t.Errorf("%d requests over %d connections before the first", n, server.Connections())
			}
			for range 2 {
				response, err := config.Client().Get(config.BaseURL().JoinPath("/readyz").String())
				if err != nil || response.Proto != protocol {
					t.Fatalf("%v: %v", response, err)
				}
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
			if n := server.Connections(); n != 1 {
				t.Errorf("%d connections, want 1", n)
			}
		})
	}
}

func TestConnectionThatIsNotUsed(t *testing.T) {
	ca := newAuthority(t, "ca")
	t.Run("it is closed", func(t *testing.T) {
		server := signedBy(t, ca)
		config := connected(t, server, ca)
		early := config.trust.current().dialer.early
		config.Client().CloseIdleConnections()
		// The connection is closed in the background.
		for end := time.Now().Add(10 * time.Second); early.conn.SetDeadline(time.Time{}) == nil; {
			if time.Now().After(end) {
				t.Fatal("it stays open")
			}
		}
		if _, _, err := get(config, "/readyz"); err != nil || server.Connections() != 2 {
			t.Errorf("%d connections: %v", server.Connections(), err)
		}
	})
	t.Run("it is old", func(t *testing.T) {
		server := signedBy(t, ca)
		config := connected(t, server, ca)
		early := config.trust.current().dialer.early
		<-early.done
		early.ended = time.Now().Add(-unusedFor)
		if _, _, err := get(config, "/readyz"); err != nil || server.Connections() != 2 {
			t.Errorf("%d connections: %v", server.Connections(), err)
		}
	})
	t.Run("the request is over before it is there", func(t *testing.T) {
		server := signedBy(t, ca)
		server.ScriptConnections(apitest.Silent())
		config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL()), Dir: mountAccount(t, "token", ca.pem)})
		config.Connect()
		client := config.Client()
		client.Timeout = time.Millisecond
		if _, err := client.Get(config.BaseURL().JoinPath("/readyz").String()); err == nil {
			t.Error("a silent server answers")
		}
	})
}

// TestConnectionThatComesTooLate tests that a request does not wait for a connection longer than its
// context lasts, and that the connection is closed once it is there.
func TestConnectionThatComesTooLate(t *testing.T) {
	canceled := make(chan struct{})
	early := &attempt{cancel: func() { close(canceled) }, done: make(chan struct{})}
	d := &dialer{early: early}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if conn, err := d.dial(ctx, "tcp", "192.0.2.1:443"); conn != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", conn, err)
	}
	<-canceled
	here, there := net.Pipe()
	defer there.Close()
	early.conn = here
	close(early.done)
	if n, err := there.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes: %v", n, err)
	}
}

// TestConnectThatFails tests that the first request has the error of the connection, and
// the next one connects anew.
func TestConnectThatFails(t *testing.T) {
	ca := newAuthority(t, "ca")
	server := signedBy(t, newAuthority(t, "another"))
	config := connected(t, server, ca)
	_, _, err := get(config, "/readyz")
	if _, ok := errors.AsType[*CertificateError](err); !ok {
		t.Errorf("got %v, want a *CertificateError", err)
	}
	if n := len(server.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}

	server = signedBy(t, ca)
	server.ScriptConnections(apitest.HangUp())
	config = connected(t, server, ca)
	if _, _, err := get(config, "/readyz"); err == nil || server.Connections() != 1 {
		t.Errorf("%d connections: %v", server.Connections(), err)
	}
	if _, _, err := get(config, "/readyz"); err != nil || server.Connections() != 2 {
		t.Errorf("%d connections: %v", server.Connections(), err)
	}
}

// TestConnectDoesNothing tests the servers that are not reached by a direct TLS connection.
func TestConnectDoesNothing(t *testing.T) {
	plain := mustLoad(t, Options{Server: "http://127.0.0.1:1"})
	plain.Connect()
	ca := newAuthority(t, "ca")
	environment := podEnvironment(t, "https://192.0.2.1:443")
	proxied := mustLoad(t, Options{Dir: mountAccount(t, "token", ca.pem), Getenv: func(name string) string {
		if name == "HTTPS_PROXY" {
			return "http://127.0.0.1:1"
		}
		return environment(name)
	}})
	proxied.Connect()
	if proxied.trust.current().dialer.early != nil {
		t.Error("it connects past the proxy")
	}
}
