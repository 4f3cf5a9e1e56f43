package e2e

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/e2e/cluster"
)

var update = flag.Bool("update", false, "record testdata/snapshots, and what pages of docs show, anew")

// TestSnapshotFiles tests that kreconcile snapshot still records the same from real
// servers as in the recorded snapshots, which the tests of the main module and the
// README use.
func TestSnapshotFiles(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) (*cluster.Cluster, *account){
		"kubernetes.json": func(t *testing.T) (*cluster.Cluster, *account) {
			c := stock(t)
			return c, newAccount(t, c)
		},
		"kubernetes-crds.json": func(t *testing.T) (*cluster.Cluster, *account) {
			c := unsettled(t, setup{manifests: []string{"widgets.yaml", "stale.yaml"}})
			a := newAccount(t, c)
			expectWhole(t, c, a)
			return c, a
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, a := start(t)
			recorded := snapshotInPod(t, c, a, declarationFile(t, corePods))
			if diff := cmp.Diff([]string{c.Address}, recorded.ServerAddresses.Value); diff != "" {
				t.Errorf("server addresses differ (-want +got):\n%s", diff)
			}
			// The port differs in each run.
			recorded.ServerAddresses = discovery.Known([]string{"127.0.0.1:6443"})
			recorded.Time = recorded.Time.Truncate(time.Second).UTC()

			file := filepath.Join(suite.programs.Root, "testdata", "snapshots", name)
			if *update && !records(t, file, recorded) {
				var content bytes.Buffer
				if err := discovery.Save(&content, recorded); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, content.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			stored, err := load(file, recorded.Time)
			if err != nil {
				t.Fatalf("%v; record it by go test -run TestSnapshotFiles -update", err)
			}
			if diff := cmp.Diff(stored, recorded); diff != "" {
				t.Errorf("the server no longer serves what %s holds (-file +server):\n%s", file, diff)
			}
		})
	}
}

// load returns a recorded snapshot as if it were taken at another time.
func load(file string, at time.Time) (*discovery.Snapshot, error) {
	content, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	stored, err := discovery.Load(content)
	if err != nil {
		return nil, err
	}
	stored.Time = at
	return stored, nil
}

// records reports whether the file has the same content, except the time. Then it is
// not rewritten, because the README shows the time.
func records(t *testing.T, file string, recorded *discovery.Snapshot) bool {
	t.Helper()
	stored, err := load(file, recorded.Time)
	return err == nil && cmp.Equal(stored, recorded)
}
