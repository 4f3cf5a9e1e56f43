package e2e

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// stock returns an unchanged control plane with an account. Tests only read it.
func stock(t *testing.T) *cluster.Cluster {
	t.Helper()
	return shared(t, startStock)
}

// extended returns a control plane with a custom resource and an aggregated API
// without a backend. Tests may add objects with their own names.
func extended(t *testing.T) *cluster.Cluster {
	t.Helper()
	return shared(t, startExtended)
}

// unsettled returns a control plane for one test, to restart and reconfigure. It is
// stopped after the test.
func unsettled(t *testing.T, s setup) *cluster.Cluster {
	t.Helper()
	c, err := startCluster(t.Context(), t.Name(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

var (
	startStock    = sync.OnceValues(func() (*cluster.Cluster, error) { return startCluster(suite.interrupted, "stock", setup{}) })
	startExtended = sync.OnceValues(func() (*cluster.Cluster, error) {
		return startCluster(suite.interrupted, "extended", setup{manifests: []string{"widgets.yaml", "stale.yaml"}})
	})
)

func shared(t *testing.T, start func() (*cluster.Cluster, error)) *cluster.Cluster {
	t.Helper()
	c, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// clusters are all that were started and must be stopped.
var clusters struct {
	sync.Mutex
	all []*cluster.Cluster
}

// setup says how a control plane differs from the default.
type setup struct {
	// manifests are files of testdata to apply.
	manifests []string
	// args are further arguments of kube-apiserver.
	args []string
	// previous runs a kube-apiserver of the previous release, or one that emulates it.
	previous bool
	// like is a control plane that accepts the same tokens.
	like *cluster.Cluster
}

// startCluster starts a control plane, which is stopped after the last test.
func startCluster(ctx context.Context, name string, s setup) (*cluster.Cluster, error) {
	dir, err := os.MkdirTemp(suite.dir, strings.ReplaceAll(name, "/", "-")+"-")
	if err != nil {
		return nil, err
	}
	options := cluster.Options{Programs: suite.programs, Dir: dir, Args: s.args, Like: s.like}
	if s.previous && !nightly() {
		options.Args = append(slices.Clone(s.args), "--emulated-version="+minor(newest(), -1))
	} else if s.previous {
		if err := buildPrevious(); err != nil {
			return nil, err
		}
		options.APIServer = suite.programs.PreviousAPIServer
	}
	c, err := cluster.Start(ctx, options)
	if err != nil {
		return nil, err
	}
	clusters.Lock()
	clusters.all = append(clusters.all, c)
	clusters.Unlock()
	for _, manifest := range append([]string{"account.yaml"}, s.manifests...) {
		content, err := os.ReadFile(filepath.Join("testdata", manifest))
		if err != nil {
			return nil, err
		}
		if err := c.Apply(ctx, string(content)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// stopClusters stops all control planes and removes their data. After a failure, it
// shows the ends of their logs and keeps the data.
func stopClusters(ok bool) error {
	clusters.Lock()
	defer clusters.Unlock()
	var failures error
	for _, c := range clusters.all {
		if !ok {
			fmt.Printf("the end of %s:\n%s\n", c.Log(), c.LogTail())
		}
		failures = errors.Join(failures, c.Stop())
	}
	if ok && failures == nil {
		return os.RemoveAll(suite.dir)
	}
	return errors.Join(failures, filepath.WalkDir(suite.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) == ".log" {
			return err
		}
		return os.Remove(path)
	}))
}

// eventually calls try until it returns no error, for changes that a cluster takes a
// moment to make.
func eventually(t *testing.T, limit time.Duration, try func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %v", limit, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
