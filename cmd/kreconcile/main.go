// Command kreconcile checks whether a Kubernetes cluster serves what a
// declaration requires.
package main

import (
	"context"
	"io"
	"log"
	"os"

	"github.com/kreconcile/kreconcile/internal/cli"
)

func main() {
	// net/http writes there what kreconcile neither cleans nor hides: what a server sends unasked, and each header of a request, the
	// token's as well, under GODEBUG=http2debug=1. What is worth telling, kreconcile tells itself.
	log.SetOutput(io.Discard)
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args:      os.Args[1:],
		Environ:   os.Environ(),
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		Connector: cli.InCluster{},
	}))
}
