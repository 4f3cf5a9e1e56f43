//go:build linux && (amd64 || arm64) && !cgo

package signals

import "sync/atomic"

// The runtime installs its signal handlers before any Go code can ask for a signal. To
// do so, it calls the function that _cgo_sigaction points to, if one does: through that,
// runtime/cgo calls C's sigaction (runtime/cgo_sigaction.go). Here it points to the function
// install of this package. For each signal that asks to end, install puts the function
// handle before the runtime's handler. handle ends the process until the signals were asked
// for, and goes on to the runtime's handler after.
//
// A program with cgo has that function already. A signal mask would not do: the runtime
// unblocks these signals when it starts (minitSignalMask). A handler that is installed
// before the runtime starts would not do either: the runtime replaces it, and calls it
// later for some of the signals only.

// ready is 1 once the signals were asked for. handle reads it.
var ready atomic.Uint32 //nolint:gochecknoglobals // A signal handler gets no argument to find it by.

func handOver() { ready.Store(1) }
