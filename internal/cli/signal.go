package cli

import (
	"context"
	"errors"
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

// withSignals returns a context that ends at the first signal, and a channel for the
// second. A broken pipe becomes a write error: by default the runtime would die of
// the signal, and PID 1, which cannot, would exit with the code for drift.
func withSignals(ctx context.Context, received <-chan os.Signal) (_ context.Context, second <-chan os.Signal, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signal.Ignore(syscall.SIGPIPE)
	go func() {
		select {
		case s := <-received:
			cancel(signalError{s})
		case <-ctx.Done():
		}
	}()
	return ctx, received, func() { cancel(nil) }
}

// unlessEnded returns the code of a run, or that of the signal that ended it.
func unlessEnded(ctx context.Context, code int) int {
	if ended, ok := signalCode(ctx); ok {
		return ended
	}
	return code
}

// signalCode returns the exit code of a run that a signal ended, and whether one did.
func signalCode(ctx context.Context) (int, bool) {
	s, ok := errors.AsType[signalError](context.Cause(ctx))
	if !ok {
		return 0, false
	}
	number, _ := s.signal.(syscall.Signal)
	return exitSignal + int(number), true
}
