// Package signals catches the signals that ask a process to end, from the first
// instruction on. It does not decide what a signal means; the receiver does.
//
// Until a Go program asks for a signal, the runtime answers it by raising it again,
// so that the default kills the process. The kernel does not kill PID 1 that way, and
// in a container the program is PID 1. The runtime then exits with 2 (dieFromSignal
// in runtime/signal_unix.go). On SIGQUIT and SIGABRT it does so in every process. For
// kreconcile, 2 means drift. So this package catches signals at three times:
//
//   - Its init asks for them, before most other packages initialise, because it
//     imports only os/signal.
//   - Between the start of the runtime and that init, a signal ends the process with the
//     code that shells use: 128 and the signal's number. This needs Linux on amd64 or
//     arm64, and a program built without cgo.
//   - Before the start of the runtime too, if the linker makes the function Entry of this
//     package the program's first: -ldflags '-E github.com/kreconcile/kreconcile/internal/signals.Entry'.
//     Without that, and before the first instruction, the kernel kills the process, or
//     drops the signal if it is PID 1.
package signals
