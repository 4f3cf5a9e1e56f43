package signals

import (
	"os"
	"os/signal"
	"syscall"
)

// received is set during initialisation and never changed. It has room for two
// signals: one that asks the process to end, and one that insists.
var received = catch() //nolint:gochecknoglobals // A signal is the process's own, and nothing else of it is there yet.

// Received returns the channel for the signals that ask the process to end: SIGINT,
// SIGTERM, SIGQUIT, SIGABRT and SIGHUP. If SIGHUP was ignored when the process
// started, as under nohup, it stays ignored.
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
