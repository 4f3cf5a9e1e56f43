package apitest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Proxy is an HTTP proxy on loopback that always connects to one server, whatever
// name the client asks for.
type Proxy struct {
	http   *httptest.Server
	target string

	mu       sync.Mutex
	asked    []string
	password string
	steps    []ProxyStep
	always   ProxyStep
	tunnels  sync.WaitGroup
}

// NewProxy starts a proxy to the server, and ends it with the test.
func NewProxy(t testing.TB, server *Server) *Proxy {
	t.Helper()
	p := StartProxy(server)
	t.Cleanup(p.Close)
	return p
}

// StartProxy starts a proxy to the server. The caller must close it before the
// server.
func StartProxy(server *Server) *Proxy {
	_, target, _ := strings.Cut(server.URL(), "://")
	p := &Proxy{target: target}
	p.http = httptest.NewServer(p)
	return p
}

// URL returns the proxy's URL.
func (p *Proxy) URL() string { return p.http.URL }

// Close ends the proxy, and waits for the connections through it to end.
func (p *Proxy) Close() {
	p.http.Close()
	p.tunnels.Wait()
}

// Want makes the proxy answer 407 unless the client sends this user and password.
func (p *Proxy) Want(user, password string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	p.password = r.Header.Get("Authorization")
}

// ProxyStep replaces what the proxy does with one request. It closes the connection.
type ProxyStep func(client net.Conn)

// ProxySays answers with a text as it is, which need not be HTTP, and closes the
// connection.
func ProxySays(text string) ProxyStep {
	return func(client net.Conn) {
		_, _ = io.WriteString(client, text)
		// Closing it before the client does could destroy data that the client has
		// not read yet.
		if tcp, ok := client.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
		_, _ = io.Copy(io.Discard, client)
		_ = client.Close()
	}
}

// ProxyRefuses answers with a status, such as "403 Forbidden", and closes the
// connection.
func ProxyRefuses(status string) ProxyStep {
	return ProxySays("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")
}

// ProxyHangs sends no answer.
func ProxyHangs() ProxyStep {
	return func(client net.Conn) {
		_, _ = io.Copy(io.Discard, client)
		_ = client.Close()
	}
}

// Script sets one step for each of the next requests, before that of [Proxy.Always].
func (p *Proxy) Script(steps ...ProxyStep) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps = append(p.steps, steps...)
}

// Always sets the step for every request. Nil changes nothing.
func (p *Proxy) Always(step ProxyStep) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.always = step
}

// Asked returns the requests so far, such as "CONNECT 10.0.0.1:443", with the
// Authorization header if there was one, which a proxy must never see.
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.asked...)
}

// ServeHTTP answers a request. It is for net/http.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Once a connection is hijacked, Close may already wait, so it counts from here.
	p.tunnels.Add(1)
	defer p.tunnels.Done()
	p.mu.Lock()
	p.asked = append(p.asked, strings.TrimSpace(r.Method+" "+r.Host+" "+r.Header.Get("Authorization")))
	password, step := p.password, p.always
	if len(p.steps) > 0 {
		step, p.steps = p.steps[0], p.steps[1:]
	}
	p.mu.Unlock()
	switch {
	case step != nil:
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic("apitest: " + err.Error())
		}
		step(client)
		return
	case password != "" && r.Header.Get("Proxy-Authorization") != password:
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	case r.Method != http.MethodConnect:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic("apitest: " + err.Error())
	}
	// A client that is gone sees no answer.
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.Close()
	}
	p.tunnels.Go(func() { pass(server, client) })
	p.tunnels.Go(func() { pass(client, server) })
}
