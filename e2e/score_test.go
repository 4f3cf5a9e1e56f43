package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// score returns what kube-score finds in manifests, and whether that is anything.
func score(t *testing.T, manifests string, flags ...string) (findings string, found bool) {
	t.Helper()
	if err := buildKubeScore(); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"score", "--exit-one-on-warning", "--kubernetes-version=v" + minor(newest(), 0), "--output-format=ci"}, flags...)
	cmd := exec.CommandContext(t.Context(), suite.programs.KubeScore, append(args, "-")...)
	cmd.Stdin = strings.NewReader(manifests)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "[OK]") && !strings.HasPrefix(line, "[SKIPPED]") {
			findings += line
		}
	}
	return findings, err != nil
}

// TestKubeScore lints the manifests of deploy/ and the rendered chart. An annotation
// in the file ignores a finding, and gives the reason.
func TestKubeScore(t *testing.T) {
	onlyNightly(t)
	t.Parallel()
	t.Run("deploy", func(t *testing.T) {
		files, err := filepath.Glob(filepath.Join(suite.programs.Root, "deploy", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		jobs := 0
		for _, file := range append(files, filepath.Join(suite.programs.Root, "deploy", fleetFolder, "job.yaml")) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// GitHub's workflows are no manifests.
			if regexp.MustCompile(`(?m)^kind: `).Match(content) {
				all.WriteString("---\n" + string(content))
				jobs += strings.Count(string(content), "\nkind: Job\n")
			}
		}
		if findings, found := score(t, all.String()); found || jobs < 2 {
			t.Errorf("%d Jobs:\n%s", jobs, findings)
		}
		if findings, found := score(t, strings.ReplaceAll(all.String(), "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false")); !found {
			t.Errorf("kube-score finds nothing wrong with a file system that can be written to, so that this test checks nothing:\n%s", findings)
		}
	})
	policy := deployFile(t, "network-policy.yaml")
	for name, file := range ciValues(t) {
		t.Run("chart, "+name, func(t *testing.T) {
			t.Parallel()
			out := newHelm(t, "4", nil, "score").expect(t, 0, "", "template", "gate", chartDir(), "-f", file)
			// The values say why the chart pulls an image only if it is missing.
			flags := []string{"--ignore-test=container-image-pull-policy"}
			if name == "hook" || name == "job" {
				// These have their own users, or the cluster's.
				flags = append(flags, "--ignore-test=container-security-context-user-group-id")
			}
			// The policy names no namespace.
			manifests := regexp.MustCompile(`(?m)^  namespace: \S+\n`).ReplaceAllString(out.Stdout, "") + "---\n" + policy
			if findings, found := score(t, manifests, flags...); found {
				t.Error(findings)
			}
		})
	}
}
