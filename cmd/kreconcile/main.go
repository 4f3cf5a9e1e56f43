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

// memory is what the program may grow to before garbage is collected more often. All
// that a run keeps at once is less, whatever it reads.
const memory = 144 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
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
