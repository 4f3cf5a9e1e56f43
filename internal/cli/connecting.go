package cli

import (
	"sync"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/outlet"
)

// connecting is a client that is made while the declaration is read, with a connection that
// is begun. A declaration may refuse the server, so nothing is asked and no token is sent
// meanwhile. Nil is none.
type connecting struct {
	log *heldLog
	// done is closed once the others are set.
	done     chan struct{}
	client   *discovery.Client
	err      error
	panicked any
}

// begin begins to connect to the server of the flags or of the environment.
func (a *app) begin(f *connectionFlags, debug bool) *connecting {
	c := &connecting{log: &heldLog{to: a.stderr}, done: make(chan struct{})}
	target := a.target(f, loggerTo(c.log, debug))
	target.Early = true
	go func() {
		defer close(c.done)
		// A panic here would end the process with the exit code for drift.
		defer func() { c.panicked = recover() }()
		c.client, c.err = a.Connector.Connect(target)
	}()
	return c
}

// wait returns the client, and writes what was logged.
func (c *connecting) wait() (*discovery.Client, error) {
	if c == nil {
		return nil, nil
	}
	<-c.done
	c.log.release()
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.client, c.err
}

// drop closes the connection without using it. What was logged, and an error, are about a
// server that nobody asks.
func (c *connecting) drop() {
	if c == nil {
		return
	}
	<-c.done
	if c.client != nil {
		c.client.HTTP.CloseIdleConnections()
	}
}

// heldLog keeps records until they are released.
type heldLog struct {
	to *outlet.Guard

	mu       sync.Mutex
	released bool
	held     [][]byte
}

func (l *heldLog) Write(record []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return l.to.Write(record)
	}
	l.held = append(l.held, append([]byte(nil), record...))
	return len(record), nil
}

func (l *heldLog) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.released = true
	for _, record := range l.held {
		// A guard keeps its own failure.
		_, _ = l.to.Write(record)
	}
	l.held = nil
}
