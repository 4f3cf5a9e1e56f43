package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

const waitScript = "wait.sh"

// wait runs deploy/wait.sh for a Job, with further environment variables. AS is the
// user that it asks as.
func (s *site) wait(ctx context.Context, t *testing.T, job string, env ...string) *pod.Result {
	t.Helper()
	args := []string{filepath.Join(suite.programs.Root, "deploy", waitScript), job, "--namespace=" + s.namespace}
	for _, variable := range env {
		if user, found := strings.CutPrefix(variable, "AS="); found {
			args = append(args, "--as="+user)
		}
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", args...)
	cmd.Env = slices.Concat([]string{
		"HOME=" + t.TempDir(), "PATH=" + filepath.Dir(suite.programs.Kubectl) + ":" + os.Getenv("PATH"), "KUBECONFIG=" + s.cluster.Kubeconfig,
	}, cluster.Frugal, env)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return &pod.Result{ExitCode: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
}

// expectWait waits for a Job with deploy/wait.sh, and returns the script's output.
func (s *site) expectWait(t *testing.T, job string, exit int, stdout, stderr []string, env ...string) {
	t.Helper()
	r := s.wait(t.Context(), t, job, env...)
	if r.ExitCode != exit {
		t.Errorf("exit %d, want %d\n%s%s", r.ExitCode, exit, r.Stdout, r.Stderr)
	}
	expectInOrder(t, r.Stdout, stdout...)
	expectInOrder(t, r.Stderr, stderr...)
}

// TestWaitScript makes the Job of deploy/job.yaml again and again. Each time, the
// script ends with the verdict of the new Job.
func TestWaitScript(t *testing.T) {
	t.Parallel()
	j := startJobController(t, deployed(t), "wait-script")
	content := change(t, deployFile(t, "job.yaml"), "--wait=2m", "--wait=6s")
	for _, name := range []string{"in sync", "drifted", "undetermined", "mistaken", "in sync"} {
		test := outcomes("/etc/kreconcile")[name]
		t.Run(name, func(t *testing.T) {
			j.kubectl(t, change(t, content, test.old, test.new), "replace", "--force", "-f", "-")
			var failed []string
			if test.exit != 0 {
				failed = []string{"job/kreconcile failed: "}
			}
			// A log does not separate standard output from standard error.
			j.expectWait(t, "job/kreconcile", test.exit, append(test.stdout, test.stderr...), failed)
		})
	}
	j.take(t)
	t.Run("a changed declaration is not applied", func(t *testing.T) {
		test := outcomes("")["drifted"]
		_, err := j.cluster.Kubectl(t.Context(), change(t, content, test.old, test.new), "apply", "--namespace="+j.namespace, "-f", "-")
		if err == nil || !strings.Contains(err.Error(), "field is immutable when `immutable` is set") {
			t.Errorf("kubectl apply keeps the Job that has ended, and says %v", err)
		}
	})
	t.Run("without a log", func(t *testing.T) {
		j.kubelet.Close()
		j.expectWait(t, "kreconcile", 0, []string{"No drift."}, nil)
	})
	t.Run("no such Job", func(t *testing.T) {
		j.expectWait(t, "job/other", 3, nil, []string{"Undetermined: there is no job/other", `"other" not found`})
	})
	t.Run("no server", func(t *testing.T) {
		j.expectWait(t, "job/kreconcile", 3, nil, []string{"refused", "Undetermined: ", "has not ended within 1 seconds"}, "KUBECONFIG=/dev/null", "LIMIT=1")
	})
	t.Run("names as kubectl prints them", func(t *testing.T) {
		j.expectWait(t, "job.batch/kreconcile", 0, nil, []string{"job/kreconcile ended at "})
	})
	t.Run("called wrongly", func(t *testing.T) {
		j.expectWait(t, "job/kreconcile", 1, nil, []string{`LIMIT is "10m"`}, "LIMIT=10m")
		j.expectWait(t, "--namespace=x", 1, nil, []string{"usage: "})
	})
	t.Run("an account that may read the Job alone", func(t *testing.T) {
		const read = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: watcher}
rules: [{apiGroups: [batch], resources: [jobs], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: watcher}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: watcher}
subjects: [{kind: User, name: watcher}]
`
		test := outcomes("")["drifted"]
		j.kubectl(t, read+"---\n"+change(t, content, test.old, test.new), "replace", "--force", "-f", "-")
		j.expectWait(t, "job/kreconcile", 2, nil, []string{"forbidden", "failed with exit code 2"}, "AS=watcher")
	})
}

// TestWaitScriptFollowsOneJob replaces the Job that the script waits for. The verdict
// of the new Job must not count.
func TestWaitScriptFollowsOneJob(t *testing.T) {
	t.Parallel()
	s := newSite(t, deployed(t), "wait-replaced")
	s.kubectl(t, deployFile(t, "job.yaml"), "create", "-f", "-")
	ended := make(chan *pod.Result, 1)
	started := make(chan struct{})
	go func() {
		close(started)
		ended <- s.wait(t.Context(), t, "job/kreconcile")
	}()
	<-started
	// Until the script ends, there is always another Job: it sees two of them in a
	// row.
	for {
		select {
		case r := <-ended:
			if r.ExitCode != 3 {
				t.Errorf("exit %d, want 3\n%s%s", r.ExitCode, r.Stdout, r.Stderr)
			}
			expectInOrder(t, r.Stderr, "Undetermined: ")
			return
		default:
			s.kubectl(t, deployFile(t, "job.yaml"), "replace", "--force", "-f", "-")
		}
	}
}

// TestWaitScriptWithoutEnd waits for a Job that nothing runs.
func TestWaitScriptWithoutEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t, deployed(t), "wait-forever")
	s.kubectl(t, deployFile(t, "job.yaml"), "create", "-f", "-")
	s.expectWait(t, "job/kreconcile", 3, nil, []string{"Waiting for job/kreconcile\n", "has not ended within 1 seconds"}, "LIMIT=1")
}
