// Command kreconcile checks whether a Kubernetes cluster serves what a
// declaration requires.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"runtime/debug"

	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/signals"
)

// memory is the heap size above which garbage is collected more often. What a run
// keeps at any one time is less, whatever it reads.
const memory = 144 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	// Discard what net/http logs: a server's unexpected bytes, and under
	// GODEBUG=http2debug=1 each header with its token. Nothing here would escape or
	// hide them. kreconcile logs what matters itself.
	log.SetOutput(io.Discard)
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args:      os.Args[1:],
		Environ:   os.Environ(),
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		Signals:   signals.Received(),
		Connector: cli.InCluster{},
	}))
}
