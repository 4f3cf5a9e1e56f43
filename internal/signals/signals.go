package signals

import (
	"os"
	"os/signal"
	"syscall"
)

// received is set while the program initialises, and not changed after. It has room for
// the two signals that count: one that asks to end, and one that insists.
var received = catch() //nolint:gochecknoglobals // A signal is the process's own, and nothing else of it is there yet.

// Received returns the channel that each signal which asks the process to end arrives at:
// SIGINT, SIGTERM, SIGQUIT, SIGABRT and SIGHUP. A SIGHUP that was ignored when the process
// started, as nohup has it, stays so.
func Received() <-chan os.Signal { return received }

func catch() <-chan os.Signal {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGABRT)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(c, syscall.SIGHUP)
	}
	handOver()
	return c
}
