// Command kreconcile checks whether a Kubernetes cluster serves what a
// declaration requires.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
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
	debug.SetMemoryLimit(limit / 4 * 3) // Collect garbage before the container is full.
	if os.Getenv("GOGC") == "" {
		// Most runs end before 16 MiB are in use, and need no garbage collected. After the first collection, it is as usual.
		usual := debug.SetGCPercent(400)
		runtime.AddCleanup(&struct{ _ *int }{}, func(percent int) { debug.SetGCPercent(percent) }, usual)
	}
	// Discard what net/http logs: under GODEBUG=http2debug=1, each header with its token.
	log.SetOutput(io.Discard)
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Signals: signals.Received(), Connector: live.InCluster{},
	}))
}
