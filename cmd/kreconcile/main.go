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

// container is the memory that the program may use if GOMEMLIMIT is not set. The
// manifests give their containers as much, and set GOMEMLIMIT to it.
const container = 192 << 20

func main() {
	limit := debug.SetMemoryLimit(-1)
	if os.Getenv("GOMEMLIMIT") == "" {
		limit = container
	}
	// Collect garbage before the container is full.
	debug.SetMemoryLimit(limit / 4 * 3)
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
