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

// container is the memory that the program may use where GOMEMLIMIT does not say it. The
// manifests give their containers as much, and set GOMEMLIMIT to it.
const container = 192 << 20

func main() {
	limit := debug.SetMemoryLimit(-1)
	if os.Getenv("GOMEMLIMIT") == "" {
		limit = container
	}
	// Garbage must be collected before the container is full.
	debug.SetMemoryLimit(limit / 4 * 3)
	// net/http writes there what kreconcile neither cleans nor hides: what a server sends unasked, and each header of a request, the
	// token's as well, under GODEBUG=http2debug=1. What is worth telling, kreconcile tells itself.
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
