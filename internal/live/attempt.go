package live

import (
	"log/slog"
	"sync"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/outlet"
)

// Attempt is a client that is made while the declaration is read, with a connection that
// is begun. A declaration may refuse the server, so nothing is asked and no token is sent
// meanwhile. Nil is none.
type Attempt struct {
	log *HeldLog
	// done is closed once the others are set.
	done     chan struct{}
	client   *discovery.Client
	err      error
	panicked any
}

// Begin begins to connect to the server of c or of the environment. logger returns the
// log of the connection, which is written to log later.
func (a Access) Begin(c *Connection, log *outlet.Guard, logger func(*HeldLog) *slog.Logger) *Attempt {
	t := &Attempt{log: &HeldLog{to: log}, done: make(chan struct{})}
	target := a.target(c, logger(t.log))
	target.Early = true
	go func() {
		defer close(t.done)
		// A panic here would end the process with the exit code for drift.
		defer func() { t.panicked = recover() }()
		t.client, t.err = a.Connector.Connect(target)
	}()
	return t
}

// wait returns the client, and writes what was logged.
func (t *Attempt) wait() (*discovery.Client, error) {
	if t == nil {
		return nil, nil
	}
	<-t.done
	t.log.release()
	if t.panicked != nil {
		panic(t.panicked)
	}
	return t.client, t.err
}

// Drop closes the connection without using it. What was logged, and an error, are about a
// server that nobody asks.
func (t *Attempt) Drop() {
	if t == nil {
		return
	}
	<-t.done
	if t.client != nil {
		t.client.HTTP.CloseIdleConnections()
	}
}

// HeldLog keeps records until the connection is used.
type HeldLog struct {
	to *outlet.Guard

	mu       sync.Mutex
	released bool
	held     [][]byte
}

// Write keeps a record, or writes it if the records were released.
func (l *HeldLog) Write(record []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return l.to.Write(record)
	}
	l.held = append(l.held, append([]byte(nil), record...))
	return len(record), nil
}

func (l *HeldLog) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.released = true
	for _, record := range l.held {
		// A guard keeps its own failure.
		_, _ = l.to.Write(record)
	}
	l.held = nil
}
