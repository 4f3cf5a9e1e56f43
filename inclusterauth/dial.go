package inclusterauth

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// dialer makes TLS connections to one server without a proxy. One may begin before a request
// needs it.
type dialer struct {
	config *tls.Config
	limits limits

	mu    sync.Mutex
	early *attempt
}

// attempt is a connection that no request has asked for yet.
type attempt struct {
	// ended is when conn or err was set.
	ended  time.Time
	cancel context.CancelFunc
	// done is closed once conn or err is set.
	done chan struct{}
	conn net.Conn
	err  error
}

// unusedFor is how long a connection, or an error, may wait for its first request. A server may close
// a connection on which nothing comes, and may be up by then.
const unusedFor = 3 * time.Second

func newDialer(config *tls.Config, l limits) *dialer {
	config = config.Clone()
	// Package net/http adds these to connections that it makes itself.
	config.NextProtos = []string{"h2", "http/1.1"}
	return &dialer{config: config, limits: l}
}

// begin connects in the background.
func (d *dialer) begin(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.early != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	a := &attempt{cancel: cancel, done: make(chan struct{})}
	d.early = a
	go func() {
		defer close(a.done)
		a.conn, a.err = d.connect(ctx, "tcp", address)
		a.ended = time.Now()
	}()
}

// take returns the connection that was begun, once.
func (d *dialer) take() *attempt {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.early
	d.early = nil
	return a
}

// drop closes a connection that was begun and that no request has used.
func (d *dialer) drop() {
	if a := d.take(); a != nil {
		go a.drop()
	}
}

func (a *attempt) drop() {
	a.cancel()
	<-a.done
	if a.conn != nil {
		a.conn.Close()
	}
}

// dial is for http.Transport.DialTLSContext.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	a := d.take()
	if a == nil {
		return d.connect(ctx, network, address)
	}
	select {
	case <-a.done:
	case <-ctx.Done():
		go a.drop()
		return nil, ctx.Err()
	}
	if time.Since(a.ended) > unusedFor {
		a.drop()
		return d.connect(ctx, network, address)
	}
	return a.conn, a.err
}

// connect dials and makes the TLS handshake.
func (d *dialer) connect(ctx context.Context, network, address string) (net.Conn, error) {
	plain, err := (&net.Dialer{Timeout: d.limits.dial}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	config := d.config
	if config.ServerName == "" {
		config = config.Clone()
		// Package net/http gives a host and a port.
		config.ServerName, _, _ = net.SplitHostPort(address)
	}
	limited, cancel := context.WithTimeout(ctx, d.limits.handshake)
	defer cancel()
	conn := tls.Client(plain, config)
	if err := conn.HandshakeContext(limited); err != nil {
		plain.Close()
		if limited.Err() != nil && ctx.Err() == nil {
			late, _ := errors.AsType[timeout](context.DeadlineExceeded)
			err = handshakeTimeoutError{late}
		}
		return nil, err
	}
	return conn, nil
}

// handshakeTimeoutError says what package net/http says in this case.
type handshakeTimeoutError struct{ timeout }

type timeout = net.Error

func (handshakeTimeoutError) Error() string { return "net/http: TLS handshake timeout" }
