package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// TestReleaseWorkflow runs the last step of the release workflow with a gh that prints
// what it is to do: all files are uploaded.
func TestReleaseWorkflow(t *testing.T) {
	t.Parallel()
	r := released(t)
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Run string `json:"run"`
			} `json:"steps"`
		} `json:"jobs"`
	}
	if err := yaml.Unmarshal(readFile(t, filepath.Join(suite.programs.Root, ".github", "workflows", "release.yaml")), &workflow); err != nil {
		t.Fatal(err)
	}
	steps := workflow.Jobs["release"].Steps
	last := steps[len(steps)-1]
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "gh"), []byte("#!/bin/bash\nprintf '%s\\n' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(r.dist, filepath.Join(home, "dist")); err != nil {
		t.Fatal(err)
	}
	for version, more := range map[string][]string{"v1.2.3": nil, "v1.2.3-rc.1": {"--prerelease"}} {
		want := slices.Concat([]string{"release", "create", version, "--verify-tag", "--title", version, "--notes-file", "dist/notes.md"}, more, []string{"dist/checksums.txt"})
		for _, name := range slices.Sorted(maps.Keys(r.published(t))) {
			want = append(want, "dist/"+name)
		}
		got := strings.Split(strings.TrimSpace(shell(t, home, last.Run, "VERSION="+version)), "\n")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("gh gets other arguments (-want +got):\n%s", diff)
		}
	}
}
