package e2e

import (
	"path/filepath"
	"testing"
)

// TestJoinedClusters checks the declarations of two applications together, with a
// server and with a snapshot of it: each cluster block has its own findings.
func TestJoinedClusters(t *testing.T) {
	t.Parallel()
	a := newAccount(t, stock(t))
	declaration := "cluster {\n  kubernetes = \">= 1.20\"\n}\ncluster {\n  kubernetes = \"< 1.30\"\n}\n"
	expected := want{exit: 2, requests: -1, findings: map[string]string{
		"cluster.kubernetes": "satisfied", "cluster.kubernetes#2": "drifted kubernetes-version-mismatch",
	}}
	a.apply(t, declaration).expect(t, expected)

	snapshot := filepath.Join(t.TempDir(), "cluster.json")
	if r := a.kreconcile(t, "", "snapshot", "--out", snapshot, "--service-account-dir", a.volume.Dir, declarationFile(t, declaration)); r.ExitCode != 0 {
		t.Fatalf("snapshot: exit %d\n%s", r.ExitCode, r.Stderr)
	}
	if o := a.apply(t, declaration, "--snapshot", snapshot); o.ExitCode != 2 {
		t.Errorf("exit %d by the snapshot\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
	}
}
