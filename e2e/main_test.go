// Package e2e runs the built kreconcile against a real etcd and kube-apiserver, as a
// Pod would, with client-go, kubectl and curl for comparison.
//
// Run it with make e2e, or go test in this folder with CGO_ENABLED=0. Everything
// stays on loopback or in namespaces that a test makes. The flag -update records
// testdata/snapshots of the main module and the transcripts of the docs again.
package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/e2e/pod"
	"github.com/kreconcile/kreconcile/e2e/programs"
)

// suite is shared by all tests. TestMain sets it before any test runs.
var suite struct {
	programs *programs.Paths
	// dir holds the data of all clusters.
	dir string
	// interrupted ends with the signal that ends the tests.
	interrupted context.Context
}

// Built once, when the first test needs them.
var (
	buildPlugin    = sync.OnceValue(func() error { return suite.programs.BuildPlugin(suite.interrupted) })
	buildHelm      = sync.OnceValue(func() error { return suite.programs.BuildHelm(suite.interrupted) })
	buildKubeScore = sync.OnceValue(func() error { return suite.programs.BuildKubeScore(suite.interrupted) })
	buildKrew      = sync.OnceValue(func() error { return suite.programs.BuildKrew(suite.interrupted) })
	buildPrevious  = sync.OnceValue(func() error { return suite.programs.BuildPrevious(suite.interrupted) })
	buildAdapter   = sync.OnceValue(func() error { return suite.programs.BuildAdapter(suite.interrupted) })
	buildArgoCD    = sync.OnceValue(func() error { return suite.programs.BuildArgoCD(suite.interrupted) })

	buildKustomizeController = sync.OnceValue(func() error { return suite.programs.BuildKustomizeController(suite.interrupted) })
	generateHelmRelease      = sync.OnceValue(func() error { return suite.programs.GenerateHelmRelease(suite.interrupted) })

	installSARIFMultitool = sync.OnceValue(func() error { return suite.programs.InstallSARIFMultitool(suite.interrupted) })
)

func TestMain(m *testing.M) {
	pod.Init()
	initOracle()
	initPeak()
	code, err := runSuite(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func runSuite(m *testing.M) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	start := time.Now()
	if err := programs.Require("go", "curl", "git", "ip", "make"); err != nil {
		return 1, err
	}
	if suite.programs, err = programs.Build(ctx, programs.Quick...); err != nil {
		return 1, err
	}
	suite.interrupted = ctx
	// If only some tests run, they build these on demand.
	flag.Parse()
	if flag.Lookup("test.run").Value.String() == "" {
		if err := errors.Join(buildPlugin(), buildHelm(), buildAdapter(), buildKrew(), generateHelmRelease(), buildArgoCD()); err != nil {
			return 1, err
		}
	}
	fmt.Printf("programs built in %.1fs\n", time.Since(start).Seconds())
	if suite.dir, err = os.MkdirTemp("", "kreconcile-e2e"); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stopClusters(code == 0 && err == nil)) }()

	done := make(chan int, 1)
	go func() { done <- m.Run() }()
	select {
	case code = <-done:
		return code, nil
	case <-ctx.Done():
		return 130, errors.New("interrupted")
	}
}
