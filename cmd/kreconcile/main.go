// Command kreconcile checks whether a Kubernetes cluster serves what a
// declaration requires.
package main

import (
	"context"
	"os"

	"github.com/kreconcile/kreconcile/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args:      os.Args[1:],
		Environ:   os.Environ(),
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		Connector: cli.InCluster{},
	}))
}
