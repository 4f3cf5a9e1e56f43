package cli

import (
	"context"
	"errors"
	"syscall"

	"github.com/kreconcile/kreconcile/apply"
)

// The exit codes. What they mean is part of the interface, and is documented in
// docs/exit-codes.md.
const (
	exitOK           = 0
	exitError        = 1
	exitDrift        = 2
	exitUndetermined = 3
	exitInterrupt    = 130
	exitTerminate    = 143
)

// exitCode is the one place where a verdict becomes a code. Only a gate exits
// nonzero on drift; what could not be told is never a success.
func exitCode(v apply.Verdict, gate bool) int {
	switch v.Status {
	case apply.Satisfied:
		return exitOK
	case apply.Drifted:
		if gate {
			return exitDrift
		}
		return exitOK
	case apply.StatusUndetermined:
		return exitUndetermined
	case apply.Skipped:
	}
	panic("cli: a verdict is never " + string(v.Status))
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
