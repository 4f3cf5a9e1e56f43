// Command kubectl-kreconcile is kreconcile for the clusters of a kubeconfig: kubectl runs it as
// "kubectl kreconcile".
package main

import (
	"context"
	"io"
	"log"
	"os"
	"runtime/debug"

	"k8s.io/klog/v2"

	"github.com/kreconcile/kreconcile/cmd/kubectl-kreconcile/internal/kubeconfig"
	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/signals"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // Hundreds of clusters leave much garbage in a few seconds.
	}
	// Discard what net/http and client-go log: with GODEBUG=http2debug=1, each header with its token.
	log.SetOutput(io.Discard)
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Signals: signals.Received(), Connector: &kubeconfig.Connector{},
	}))
}
