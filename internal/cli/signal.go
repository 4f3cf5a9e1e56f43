package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// signalError is the cause of a context that a signal ended.
type signalError struct{ signal os.Signal }

func (e signalError) Error() string {
	if e.signal == syscall.SIGTERM {
		return "ended by SIGTERM"
	}
	return "ended by SIGINT"
}

// withSignals gives a context that the first SIGINT or SIGTERM ends. A second one
// ends the process at once, in the system's way. A broken pipe becomes an error
// of the write: the runtime's own answer to it can be the code for drift.
func withSignals(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	received := make(chan os.Signal, 1)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGPIPE)
	go func() {
		select {
		case s := <-received:
			signal.Reset(os.Interrupt, syscall.SIGTERM)
			cancel(signalError{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		cancel(nil)
	}
}

// signalCode gives the code of a run that a signal ended, and whether one did.
func signalCode(ctx context.Context) (int, bool) {
	s, ok := errors.AsType[signalError](context.Cause(ctx))
	if !ok {
		return 0, false
	}
	if s.signal == syscall.SIGTERM {
		return exitTerminate, true
	}
	return exitInterrupt, true
}

// endingReader lets a read that may wait for ever, as one from a terminal does,
// end with the run.
type endingReader struct {
	done <-chan struct{}
	// cause says why the run has ended.
	cause func() error
	from  io.Reader
}

func (r endingReader) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	// What comes too late must not land in memory that the caller has again.
	buffer := make([]byte, len(p))
	done := make(chan result, 1)
	go func() {
		n, err := r.from.Read(buffer)
		done <- result{n, err}
	}()
	select {
	case read := <-done:
		return copy(p, buffer[:read.n]), read.err
	case <-r.done:
		return 0, r.cause()
	}
}
