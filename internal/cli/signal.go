package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
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

// withSignals gives a context that the first signal ends, and the channel that the
// second one comes from. A broken pipe becomes an error of the write: the runtime's own
// answer is to die of the signal, which PID 1 cannot, so that it would exit with the code
// for drift.
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

// info describes the file that is read, and is nil where it is none.
func (r endingReader) info() fs.FileInfo {
	if f, ok := r.from.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			return info
		}
	}
	return nil
}
