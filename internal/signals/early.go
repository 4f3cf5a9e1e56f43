//go:build linux && (amd64 || arm64) && !cgo

package signals

import "sync/atomic"

// The runtime installs its signal handlers before any Go code can ask for a signal.
// To do so, it calls the function at _cgo_sigaction, if that is set: with cgo, that
// function calls C's sigaction (runtime/cgo_sigaction.go). Here it is the function
// install of this package. For each signal that asks the process to end, install puts
// the function handle in front of the runtime's handler. handle ends the process
// until the package has asked for the signals, and then passes them on to the
// runtime's handler.
//
// A program with cgo already uses _cgo_sigaction. A signal mask would not work: the
// runtime unblocks these signals when it starts (minitSignalMask). A handler from
// before the runtime's start would not work either: the runtime replaces it, and
// calls it later only for some signals.

// ready is 1 once the package has asked for the signals. handle reads it.
var ready atomic.Uint32 //nolint:gochecknoglobals // A signal handler gets no argument to find it by.

func handOver() { ready.Store(1) }
