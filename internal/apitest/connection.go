package apitest

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
)

// ConnStep is what the server does with one connection otherwise than usual. The
// connection ends with it, unless it has called [Conn.Serve].
type ConnStep func(*Conn)

// Conn is a connection to the server, before TLS. It remembers what came.
type Conn struct {
	net.Conn
	// TLS changes how the server speaks TLS over this connection. Nil is as usual.
	TLS func(*tls.Config)

	tcp    *net.TCPConn // the same
	server *Server
	number int
	served bool
	frozen atomic.Bool

	mu       sync.Mutex
	received []byte
}

// maxReceived is how much of what comes over a connection is remembered.
const maxReceived = 64 << 10

// Serve goes on as usual.
func (c *Conn) Serve() {
	c.served = true
	select {
	case c.server.listener.ready <- c:
	case <-c.server.done:
		_ = c.Close()
	}
}

// Read remembers what comes.
func (c *Conn) Read(p []byte) (int, error) {
	for {
		n, err := c.tcp.Read(p)
		c.mu.Lock()
		c.received = append(c.received, p[:min(n, maxReceived-len(c.received))]...)
		c.mu.Unlock()
		if err != nil || !c.frozen.Load() {
			return n, err
		}
	}
}

// Write sends, unless the connection is frozen.
func (c *Conn) Write(p []byte) (int, error) {
	if c.frozen.Load() {
		return len(p), nil
	}
	return c.tcp.Write(p)
}

// Close also lets the server forget the connection.
func (c *Conn) Close() error {
	c.server.mu.Lock()
	delete(c.server.open, c)
	c.server.mu.Unlock()
	return c.tcp.Close()
}

// Reset ends the connection without an orderly end.
func (c *Conn) Reset() {
	_ = c.tcp.SetLinger(0)
	_ = c.Close()
}

// drain reads until the client has closed the connection, as closing it before
// could take from the client what it has not read yet.
func (c *Conn) drain() {
	_ = c.tcp.CloseWrite()
	_, _ = io.Copy(io.Discard, c)
}

// Silent leaves the connection open and says nothing, so that a handshake is never
// answered.
func Silent() ConnStep {
	return func(c *Conn) { _, _ = io.Copy(io.Discard, c) }
}

// HangUp ends the connection in an orderly way before anything came.
func HangUp() ConnStep { return (*Conn).drain }

// ResetConnection ends the connection by a reset, once the client has begun to
// speak.
func ResetConnection() ConnStep {
	return func(c *Conn) {
		_, _ = c.Read(make([]byte, 1))
		c.Reset()
	}
}

// Say answers the client's first bytes by a text, and hangs up.
func Say(text string) ConnStep {
	return func(c *Conn) {
		_, _ = c.Read(make([]byte, 1))
		_, _ = c.Write([]byte(text))
		c.drain()
	}
}

// AnswerInPlaintext speaks HTTP where TLS is expected.
func AnswerInPlaintext() ConnStep {
	return Say("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
}

// TLS goes on as usual, but for what is changed of TLS.
func TLS(change func(*tls.Config)) ConnStep {
	return func(c *Conn) {
		c.TLS = change
		c.Serve()
	}
}

// TLS11 speaks TLS 1.0 and 1.1 only, over HTTP/1.1.
func TLS11() ConnStep {
	return TLS(func(c *tls.Config) {
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		c.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
		c.NextProtos = nil
	})
}

// OnlyHTTP1 speaks HTTP/1.1, whatever other connections do.
func OnlyHTTP1() ConnStep {
	return TLS(func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} })
}

// GoAway speaks HTTP/2, and answers the first request with a GOAWAY frame of the code
// in place of an answer. The frame says that the request may have been served.
//
// Source: https://www.rfc-editor.org/rfc/rfc9113#name-goaway
func GoAway(code uint32) ConnStep {
	const (
		preface                   = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
		headers, settings, goAway = 1, 4, 7
		frameHeader               = 9
	)
	frame := func(kind byte, payload []byte) []byte {
		head := make([]byte, frameHeader)
		head[2], head[3] = byte(len(payload)), kind
		return slices.Concat(head, payload)
	}
	return func(c *Conn) {
		config := c.server.tlsConfig(c)
		config.NextProtos = []string{"h2"}
		conn := tls.Server(c, config)
		if _, err := io.ReadFull(conn, make([]byte, len(preface))); err != nil {
			return
		}
		_, _ = conn.Write(frame(settings, nil))
		for {
			head := make([]byte, frameHeader)
			if _, err := io.ReadFull(conn, head); err != nil {
				return
			}
			length := int64(binary.BigEndian.Uint32(append([]byte{0}, head[:3]...)))
			if _, err := io.CopyN(io.Discard, conn, length); err != nil {
				return
			}
			if head[3] != headers {
				continue
			}
			stream := head[5:]
			_, _ = conn.Write(frame(goAway, binary.BigEndian.AppendUint32(slices.Clone(stream), code)))
			_ = conn.CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			return
		}
	}
}

// listener gives the server the connections that no step keeps.
type listener struct {
	net.Listener
	server *Server
	ready  chan *Conn
	// closed tells that no more connections come.
	closed chan struct{}
	// steps are those that are at work.
	steps sync.WaitGroup
}

func (s *Server) listen(l net.Listener) {
	s.listener = &listener{Listener: l, server: s, ready: make(chan *Conn), closed: make(chan struct{})}
	go s.listener.run()
}

func (l *listener) run() {
	defer close(l.closed)
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return
		}
		tcp, ok := accepted.(*net.TCPConn)
		if !ok {
			panic("apitest: no TCP")
		}
		c, step := l.server.accept(tcp)
		l.steps.Go(func() {
			step(c)
			if !c.served {
				_ = c.Close()
			}
		})
	}
}

// Accept waits for a connection that is to be served.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// accept notes a connection and takes its step.
func (s *Server) accept(tcp *net.TCPConn) (*Conn, ConnStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Conn{Conn: tcp, tcp: tcp, server: s, number: len(s.connections) + 1}
	s.connections = append(s.connections, c)
	s.open[c] = struct{}{}
	step := s.alwaysConnection
	if len(s.connectionSteps) > 0 {
		step, s.connectionSteps = s.connectionSteps[0], s.connectionSteps[1:]
	}
	if step == nil {
		step = (*Conn).Serve
	}
	return c, step
}

// ScriptConnections takes one step for each of the next connections, before what
// [Server.AlwaysConnection] says. A nil step goes on as usual.
func (s *Server) ScriptConnections(steps ...ConnStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connectionSteps = append(s.connectionSteps, steps...)
}

// AlwaysConnection takes the step for each connection. A nil step goes on as usual
// again.
func (s *Server) AlwaysConnection(step ConnStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alwaysConnection = step
}

// Freeze leaves the connections that are open now as they are when the server's
// machine is gone: nothing is answered any more, and nobody says so.
func (s *Server) Freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		c.frozen.Store(true)
	}
}

// Disconnect ends the connections that are open now.
func (s *Server) Disconnect() {
	s.mu.Lock()
	open := make([]*Conn, 0, len(s.open))
	for c := range s.open {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// Connections returns how many connections were opened, be it that no request came
// over them.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.connections)
}

// Received returns what came over a connection, the first being 1, as it came, up to
// 64 KiB.
func (s *Server) Received(connection int) []byte {
	s.mu.Lock()
	c := s.connections[connection-1]
	s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.received)
}

// UnusedAddress returns an address on loopback at which nobody listens.
func UnusedAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
