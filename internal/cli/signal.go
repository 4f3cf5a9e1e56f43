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
	switch e.signal {
	case syscall.SIGHUP:
		return "ended by SIGHUP"
	case syscall.SIGQUIT:
		return "ended by SIGQUIT"
	case syscall.SIGABRT:
		return "ended by SIGABRT"
	case syscall.SIGTERM:
		return "ended by SIGTERM"
	}
	return "ended by SIGINT"
}

// withSignals gives a context that the first signal which asks to end ends, and a
// channel that the second one comes from. A broken pipe becomes an error of the
// write. The runtime's own answer to any of them is to die of the signal, which PID 1
// cannot: it exits with the code for drift instead. That is also how the runtime ends
// any process behind the stacks that it shows on SIGQUIT and SIGABRT. A SIGHUP that is
// ignored, as nohup has it, stays so.
func withSignals(ctx context.Context) (_ context.Context, second <-chan os.Signal, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	received := make(chan os.Signal, 2)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGABRT)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(received, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE)
	go func() {
		select {
		case s := <-received:
			cancel(signalError{s})
		case <-ctx.Done():
		}
	}()
	return ctx, received, func() {
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
	number, _ := s.signal.(syscall.Signal)
	return exitSignal + int(number), true
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
