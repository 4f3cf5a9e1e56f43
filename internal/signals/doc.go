// Package signals catches the signals that ask a process to end, from its first
// instruction on. It decides nothing: what a signal means is for whoever receives it.
//
// Until a Go program asks for a signal, the runtime answers it by raising it again for
// the default to kill the process. The kernel never lets that happen to PID 1, which a
// program is in a container, so that the runtime exits with 2 instead (dieFromSignal in
// runtime/signal_unix.go). On SIGQUIT and SIGABRT it does so in every process. For
// kreconcile, 2 means drift. So this package catches signals at three times:
//
//   - Its init asks for them, before most other packages initialise: it imports no
//     more than os/signal.
//   - Between the runtime's start and that, a signal ends the process with the code that
//     shells give to it, 128 and its number. This needs Linux on amd64 or arm64, and a
//     program that was built without cgo.
//   - Before the runtime's start, too, where the linker makes the function Entry of this
//     package the program's first: -ldflags '-E github.com/kreconcile/kreconcile/internal/signals.Entry'.
//     Without that, and before the first instruction, the kernel kills the process, or
//     drops the signal if it is PID 1.
package signals
