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

// ConnStep replaces what the server does with one connection. The connection ends
// with it, unless it calls [Conn.Serve].
type ConnStep func(*Conn)

// Conn is a connection to the server, before TLS. It records what it receives.
type Conn struct {
	net.Conn
	// TLS changes the server's TLS on this connection. Nil changes nothing.
	TLS func(*tls.Config)

	tcp    *net.TCPConn // the same
	server *Server
	number int
	served bool
	frozen atomic.Bool

	mu       sync.Mutex
	received []byte
}

// maxReceived is how much of a connection's input is recorded.
const maxReceived = 64 << 10

// Serve continues as usual.
func (c *Conn) Serve() {
	c.served = true
	select {
	case c.server.listener.ready <- c:
	case <-c.server.done:
		_ = c.Close()
	}
}

// Read records what it reads.
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

// Close also removes the connection from the server's list.
func (c *Conn) Close() error {
	c.server.mu.Lock()
	delete(c.server.open, c)
	c.server.mu.Unlock()
	return c.tcp.Close()
}

// Reset ends the connection with a TCP reset.
func (c *Conn) Reset() {
	_ = c.tcp.SetLinger(0)
	_ = c.Close()
}

// drain reads until the client has closed the connection: closing it earlier could
// destroy data that the client has not read yet.
func (c *Conn) drain() {
	_ = c.tcp.CloseWrite()
	_, _ = io.Copy(io.Discard, c)
}

// Silent keeps the connection open and sends nothing, so that a handshake gets no
// answer.
func Silent() ConnStep {
	return func(c *Conn) { _, _ = io.Copy(io.Discard, c) }
}

// HangUp closes the connection in an orderly way before it sends anything.
func HangUp() ConnStep { return (*Conn).drain }

// ResetConnection resets the connection once the client has sent something.
func ResetConnection() ConnStep {
	return func(c *Conn) {
		_, _ = c.Read(make([]byte, 1))
		c.Reset()
	}
}

// Say answers the client's first bytes with a text, and closes the connection.
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

// TLS continues as usual, with changes to TLS.
func TLS(change func(*tls.Config)) ConnStep {
	return func(c *Conn) {
		c.TLS = change
		c.Serve()
	}
}

// TLS11 speaks only TLS 1.0 and 1.1, over HTTP/1.1.
func TLS11() ConnStep {
	return TLS(func(c *tls.Config) {
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		c.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
		c.NextProtos = nil
	})
}

// OnlyHTTP1 speaks HTTP/1.1 on this connection.
func OnlyHTTP1() ConnStep {
	return TLS(func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} })
}

// GoAway speaks HTTP/2, and answers the first request only with a GOAWAY frame with
// the code. The frame says that the request may have been served.
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

// listener gives the server the connections that no step takes.
type listener struct {
	net.Listener
	server *Server
	ready  chan *Conn
	// closed is closed when no more connections come.
	closed chan struct{}
	// steps are the running steps.
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

// Accept waits for a connection to serve.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// accept records a connection and takes its step.
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

// ScriptConnections sets one step for each of the next connections, before that of
// [Server.AlwaysConnection]. A nil step changes nothing.
func (s *Server) ScriptConnections(steps ...ConnStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connectionSteps = append(s.connectionSteps, steps...)
}

// AlwaysConnection sets the step for every connection. A nil step changes nothing.
func (s *Server) AlwaysConnection(step ConnStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alwaysConnection = step
}

// Freeze stops all traffic on the connections that are open now, as if the server's
// machine were gone.
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

// Connections returns the number of connections so far, with or without a request.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.connections)
}

// Received returns the first 64 KiB that the server received on a connection; the
// first connection is 1.
func (s *Server) Received(connection int) []byte {
	s.mu.Lock()
	c := s.connections[connection-1]
	s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.received)
}

// UnusedAddress is a loopback address without a listener. A port that a listener had and gave back would
// not do: the system may give it to the next one.
const UnusedAddress = "127.0.0.1:1"
