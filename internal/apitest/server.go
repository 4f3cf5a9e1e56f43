package apitest

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
)

// Server is an API server on loopback. Its methods are safe for concurrent use.
type Server struct {
	http      *httptest.Server
	listener  *listener
	authority *Authority
	options   options
	done      chan struct{}

	mu               sync.Mutex
	certificate      tls.Certificate
	snapshot         *discovery.Snapshot
	schemas          Schemas
	index            Schemas
	requests         []Request
	asked            chan struct{} // closed with the next request; nil where nobody waits for it
	connections      []*Conn
	open             map[*Conn]struct{}
	connectionSteps  []ConnStep
	alwaysConnection ConnStep
	handshakes       int
	scripts          map[string][]Step
	always           map[string]Step
	policy           func(discovery.Review) discovery.ReviewAnswer
}

// New starts a server that serves s, and ends it with the test.
func New(t testing.TB, s *discovery.Snapshot, opts ...Option) *Server {
	t.Helper()
	server, err := Start(s, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// Start starts a server that serves s, for a test without a testing.TB, such as a
// script. The caller must close it.
func Start(s *discovery.Snapshot, opts ...Option) (*Server, error) {
	server := &Server{
		snapshot: s, done: make(chan struct{}), options: defaults(), open: map[*Conn]struct{}{},
		scripts: map[string][]Step{}, always: map[string]Step{},
	}
	for _, opt := range opts {
		opt(&server.options)
	}
	var err error
	if server.authority = server.options.authority; server.authority == nil {
		if server.authority, err = NewAuthority("apitest CA"); err != nil {
			return nil, err
		}
	}
	if server.certificate, err = server.authority.Issue(server.options.adjust...); err != nil {
		return nil, err
	}
	server.http = httptest.NewUnstartedServer(server)
	server.http.EnableHTTP2 = !server.options.http1
	server.http.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.http.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, connectionOf(c))
	}
	// Each connection has its own configuration, and this one is never used.
	server.http.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{server.certificate}}
	server.http.TLS.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return server.tlsConfig(connectionOf(hello.Conn)), nil
	}
	server.listen(server.http.Listener)
	server.http.Listener = server.listener
	if server.options.plaintext {
		server.http.Start()
	} else {
		server.http.StartTLS()
	}
	return server, nil
}

// tlsConfig returns the TLS configuration of a connection.
func (s *Server) tlsConfig(c *Conn) *tls.Config {
	s.mu.Lock()
	certificate := s.certificate
	s.mu.Unlock()
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, NextProtos: s.http.TLS.NextProtos,
		VerifyConnection: func(tls.ConnectionState) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.handshakes++
			return nil
		},
	}
	if c.TLS != nil {
		c.TLS(config)
	}
	return config
}

// SetCertificate changes the certificate of the next connections.
func (s *Server) SetCertificate(certificate tls.Certificate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.certificate = certificate
}

// Close ends all connections and the server.
func (s *Server) Close() {
	close(s.done)
	s.http.CloseClientConnections()
	s.http.Close()
	<-s.listener.closed
	s.Disconnect()
	s.listener.steps.Wait()
}

// URL returns scheme, address and port, and the path of [Behind].
func (s *Server) URL() string { return s.http.URL + s.options.behind }

// CA returns the certificate of the authority that signed the server's, in PEM.
func (s *Server) CA() []byte { return s.authority.CA() }

// Authority returns the authority that signed the server's certificate.
func (s *Server) Authority() *Authority { return s.authority }

// Client returns a client that trusts the server, sends its token and does not follow
// redirects. Each client has its own connections, which end with the server.
func (s *Server) Client() *http.Client {
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: s.authority.Pool(), MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
		MaxConnsPerHost:   1,
	}
	return &http.Client{
		Transport:     authorize{transport, s.options.token},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type authorize struct {
	next  *http.Transport
	token string
}

// CloseIdleConnections is called by http.Client.CloseIdleConnections.
func (a authorize) CloseIdleConnections() { a.next.CloseIdleConnections() }

func (a authorize) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.token != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	return a.next.RoundTrip(r)
}

// SetSnapshot changes what is served.
func (s *Server) SetSnapshot(snapshot *discovery.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshot = snapshot
}

// SetSchemas changes the OpenAPI documents and their index together.
func (s *Server) SetSchemas(schemas Schemas) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schemas, s.index = schemas, schemas
}

// SetSchemaIndex makes the index list other documents than the served ones, as a real
// server does for a second after a change. A document that is not in the index is not
// found.
func (s *Server) SetSchemaIndex(schemas Schemas) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index = schemas
}

// Allow makes the policy decide access reviews. Without one, the snapshot has the
// answers, and anything else is denied.
func (s *Server) Allow(policy func(discovery.Review) discovery.ReviewAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.policy = policy
}

// Script sets one step for each of the next requests for the path, before that of
// [Server.Always]. A nil step answers as usual.
func (s *Server) Script(path string, steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[path] = append(s.scripts[path], steps...)
}

// Always sets the step for every request for the path; the path "*" is every path. A
// nil step answers as usual again.
func (s *Server) Always(path string, step Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[path] = step
}

// step returns the step for a request for the path, or nil for none.
func (s *Server) step(path string) Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	if steps := s.scripts[path]; len(steps) > 0 {
		s.scripts[path] = steps[1:]
		return steps[0]
	}
	if step := s.always[path]; step != nil {
		return step
	}
	return s.always["*"]
}

type connectionKey struct{}

// connectionOf returns the connection under one that may speak TLS.
func connectionOf(c net.Conn) *Conn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	conn, ok := c.(*Conn)
	if !ok {
		panic(fmt.Sprintf("apitest: %T is no connection of the server", c))
	}
	return conn
}

// ServeHTTP answers a request. It is for net/http.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A test that calls ServeHTTP itself has no connection.
	c, _ := r.Context().Value(connectionKey{}).(*Conn)
	number := 0
	if c != nil {
		number = c.number
	}
	below, isBelow := strings.CutPrefix(r.URL.Path, s.options.behind)
	if isBelow {
		r = r.Clone(r.Context())
		r.URL.Path = below
	}
	credentials := r.Header.Get("Authorization")
	recorded := Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Accept: r.Header.Get("Accept"), Proto: r.Proto, Connection: number,
		Credentials: credentials, Authorized: s.options.token == "" || credentials == "Bearer "+s.options.token,
	}
	// The handler reports a body that cannot be read.
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	recorded.Body = string(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	n := len(s.requests)
	s.requests = append(s.requests, recorded)
	if s.asked != nil {
		close(s.asked)
		s.asked = nil
	}
	s.mu.Unlock()

	answer := &answer{ResponseWriter: w, begun: func(status int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests[n].Status = status
	}}
	usual := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, recorded.Authorized) })
	if !isBelow {
		answer.Header().Set("Content-Type", "text/html")
		answer.WriteHeader(http.StatusNotFound)
		return
	}
	step := s.step(r.URL.Path)
	if step == nil {
		usual(answer, r)
		return
	}
	step(&Exchange{ResponseWriter: answer, Request: r, Usual: usual, server: s, connection: c})
}

// answer calls begun with the status before it is sent.
type answer struct {
	http.ResponseWriter
	begun func(status int)
}

func (a *answer) WriteHeader(status int) {
	if a.begun != nil {
		a.begun(status)
		a.begun = nil
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.begun != nil {
		a.begun(http.StatusOK)
		a.begun = nil
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap is for [http.ResponseController].
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
