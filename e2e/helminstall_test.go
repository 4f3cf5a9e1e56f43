package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// What the extended server serves, does not serve, and cannot determine.
const (
	inSync       = "api \"example.com/v1\" {}\n"
	drifted      = "api \"example.com/v3\" {}\n"
	undetermined = "api \"metrics.example.com/v1beta1\" {}\n"
	mistaken     = "ap \"v1\" {}\n"
)

// release is one release in its own namespace, whose Jobs are run.
type release struct {
	*helm
	cluster *cluster.Cluster
	jobs    *jobController
}

// newRelease makes a namespace with further policies.
func newRelease(t *testing.T, major, namespace string, policies ...string) *release {
	t.Helper()
	c := extended(t)
	namespace += "-helm" + major
	return &release{helm: newHelm(t, major, c, namespace), cluster: c, jobs: startJobController(t, c, namespace, policies...)}
}

// values returns a values file with a declaration.
func values(declaration string, settings ...string) string {
	if !slices.ContainsFunc(settings, func(s string) bool { return strings.HasPrefix(s, "image:") }) {
		settings = append(settings, "image: {repository: kreconcile}")
	}
	return strings.Join(append(settings, "declaration: |\n  "+strings.ReplaceAll(declaration, "\n", "\n  ")), "\n")
}

// expectRuns compares the Pods that ran since the last call, by exit code and the
// Job's reason, and returns them.
func (r *release) expectRuns(t *testing.T, want ...string) []containerRun {
	t.Helper()
	runs := r.jobs.take(t)
	got := []string{}
	for _, run := range runs {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s", run.ExitCode, run.reason)))
	}
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs differ (-want +got):\n%s\n%+v", diff, runs)
	}
	return runs
}

// expectObjects compares the objects, except those of an empty namespace, and Pods.
// The hash in the name of a ConfigMap is a *.
func (r *release) expectObjects(t *testing.T, want ...string) {
	t.Helper()
	out, err := r.cluster.Kubectl(t.Context(), "", "get", "jobs,configmaps,serviceaccounts,secrets", "--namespace", r.namespace, "-o", "name")
	if err != nil {
		t.Fatal(err)
	}
	got := slices.DeleteFunc(strings.Fields(out), func(name string) bool {
		return name == "serviceaccount/default" || name == "configmap/kube-root-ca.crt"
	})
	for i, name := range got {
		if strings.HasPrefix(name, "configmap/") {
			got[i] = hashed.ReplaceAllString(name, "$1*")
		}
	}
	if want == nil {
		want = []string{}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects differ (-want +got):\n%s", diff)
	}
}

// expectStatus compares Helm's status of the release.
func (r *release) expectStatus(t *testing.T, want string) {
	t.Helper()
	expectInOrder(t, r.expect(t, 0, "", "status", "gate").Stdout, "STATUS: "+want+"\n")
}

// shown returns all output of Helm. Helm 4 logs a Pod's output as one line with
// escaped newlines and quotes, which are unescaped here.
func shown(t *testing.T, r *pod.Result) string {
	t.Helper()
	const prefix = "level=INFO msg="
	var out strings.Builder
	for line := range strings.Lines(r.Stdout + r.Stderr) {
		quoted, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), prefix+`"`)
		if !found {
			out.WriteString(line)
			continue
		}
		text, err := strconv.Unquote(`"` + quoted)
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		out.WriteString(text + "\n")
	}
	return out.String()
}

// secret is where Helm keeps a revision.
func secret(revision int) string { return fmt.Sprintf("secret/sh.helm.release.v1.gate.v%d", revision) }

// TestHelmHook installs, upgrades and tests the chart as a hook: Helm succeeds if the
// Job does, and only a failed Job stays.
func TestHelmHook(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "hook")
		install := func(exit int, values string) string {
			t.Helper()
			out := r.expect(t, exit, values, "upgrade", "--install", "gate", chartDir(), "-f", "-", "--timeout=2m")
			return shown(t, out)
		}
		const failedJob, account = "job.batch/gate-kreconcile", "serviceAccount: {create: true}"

		expectInOrder(t, install(0, values(inSync, account)), "STATUS: deployed", "A Job checks the cluster before each install and upgrade.")
		runs := r.expectRuns(t, "0")
		if diff := cmp.Diff(map[string]string{"/etc/kreconcile/requirements.hcl": inSync}, runs[0].ConfigMaps); diff != "" {
			t.Errorf("the files of the Job differ (-want +got):\n%s", diff)
		}
		if runs[0].account != "gate-kreconcile" {
			t.Errorf("the Job's account is %q", runs[0].account)
		}
		r.expectObjects(t, secret(1))

		// Helm asks the API server for the log, which asks the node.
		out := install(1, values(drifted, account, "wait: 0s"))
		expectInOrder(t, out, "Drift. 1 of 1 requirement is not as declared.", `api["example.com/v3"] is not served`,
			"Error: UPGRADE FAILED: pre-upgrade hooks failed:")
		runs = r.expectRuns(t, "2 PodFailurePolicy")
		expectInOrder(t, runs[0].Message, "Drift.", `api["example.com/v3"] is not served`)
		r.expectObjects(t, failedJob, secret(1), secret(2))
		r.expectStatus(t, "failed")

		// The failed Job is replaced.
		install(0, values(inSync))
		if runs = r.expectRuns(t, "0"); runs[0].account != "default" {
			t.Errorf("the Job's account is %q", runs[0].account)
		}
		r.expectObjects(t, secret(1), secret(2), secret(3))

		expectInOrder(t, install(1, values(mistaken)), "Error: ", "Did you mean \"api\"?", "UPGRADE FAILED")
		r.expectRuns(t, "1 PodFailurePolicy")
		expectInOrder(t, install(1, values(undetermined, "wait: 0s", "backoffLimit: 1")), "could not be determined", "UPGRADE FAILED")
		r.expectRuns(t, "3", "3 BackoffLimitExceeded")

		install(0, values(inSync))
		r.expectRuns(t, "0")
		r.expect(t, 0, "", "test", "gate")
		if runs := r.expectRuns(t, "0"); runs[0].job != "gate-kreconcile-test" {
			t.Errorf("the Job of the test is %s", runs[0].job)
		}
		r.expect(t, 0, "", "uninstall", "gate")
		r.expectObjects(t)

		// After uninstalling, Helm leaves the failed Job behind.
		install(1, values(drifted, "wait: 0s"))
		r.expectRuns(t, "2 PodFailurePolicy")
		r.expectStatus(t, "failed")
		r.expect(t, 0, "", "uninstall", "gate")
		r.expectObjects(t, failedJob)
	})
}

// TestHelmJob does the same with the chart as a part of the release: each revision
// has a Job of its own, and Helm waits for it on request.
func TestHelmJob(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "job")
		install := func(exit int, values string, args ...string) string {
			t.Helper()
			args = append([]string{"upgrade", "--install", "gate", chartDir(), "-f", "-", "--wait", "--wait-for-jobs"}, args...)
			out := r.expect(t, exit, "mode: job\n"+values, args...)
			return shown(t, out)
		}
		var names []string
		note := func(runs []containerRun) {
			t.Helper()
			if len(runs) == 0 || slices.Contains(names, runs[0].job) {
				t.Fatalf("%+v after %q", runs, names)
			}
			names = append(names, runs[0].job)
		}

		expectInOrder(t, install(0, values(inSync, "serviceAccount: {create: true}")), "STATUS: deployed", "A Job checks the cluster.")
		note(r.expectRuns(t, "0"))
		r.expectObjects(t, "job.batch/"+names[0], "configmap/gate-kreconcile-job-*", "serviceaccount/gate-kreconcile-job", secret(1))

		// A Job cannot be changed, so a new template makes a new Job, and so does the
		// same one.
		install(0, values(inSync, "resources: {limits: {memory: 100Mi}}"))
		note(r.expectRuns(t, "0"))
		install(0, values(inSync, "resources: {limits: {memory: 100Mi}}"))
		note(r.expectRuns(t, "0"))
		r.expectObjects(t, "job.batch/"+names[2], "configmap/gate-kreconcile-job-*", secret(1), secret(2), secret(3))

		r.expect(t, 0, "", "test", "gate")
		if runs := r.expectRuns(t, "0"); runs[0].job != "gate-kreconcile-test" {
			t.Errorf("the Job of the test is %s", runs[0].job)
		}

		// Helm 3 looks thirty times more, two seconds apart.
		out := install(1, values(drifted, "wait: 0s"), "--timeout=80s")
		expectInOrder(t, out, "UPGRADE FAILED", map[string]string{"3": "job is failed: ", "4": "Job Failed. failed: 1/1"}[major])
		note(r.expectRuns(t, "2 PodFailurePolicy"))
		r.expectStatus(t, "failed")

		r.expect(t, 0, "", "rollback", "gate", "3", "--wait", "--wait-for-jobs")
		if runs := r.expectRuns(t, "0"); runs[0].job != names[2] {
			t.Errorf("the Job after the rollback is %s, not %s", runs[0].job, names[2])
		}
		r.expect(t, 0, "", "uninstall", "gate", "--wait")
		r.expectObjects(t)
	})
}

// TestHelmCustomResources tests the one thing that a hook cannot do: Helm looks up
// the kinds of a release before it runs the hooks. A separate release can.
func TestHelmCustomResources(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "crd")
		dir := charts(t, r.helm)
		out := r.expect(t, 1, "", "install", "gate", filepath.Join(dir, "operator"))
		expectInOrder(t, out.Stderr, `no matches for kind "Gizmo" in version "gizmos.example.com/v1"`)
		r.expectRuns(t)

		out = r.expect(t, 1, values("api \"gizmos.example.com/v1\" {}\n", "wait: 0s"), "install", "gate", chartDir(), "-f", "-")
		expectInOrder(t, shown(t, out), `api["gizmos.example.com/v1"] is not served`)
		r.expectRuns(t, "2 PodFailurePolicy")
	})
}

// TestHelmWithoutLog has a node that does not answer: Helm reports that, and still
// fails because of the Job.
func TestHelmWithoutLog(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "no-log")
		r.jobs.kubelet.Close()
		out := r.expect(t, 1, values(drifted, "wait: 0s"), "install", "gate", chartDir(), "-f", "-")
		expectInOrder(t, out.Stderr, "error outputting logs for hook failure", "INSTALLATION FAILED")
		r.expectRuns(t, "2 PodFailurePolicy")
	})
}

// TestHelmHardened removes the default read access of accounts, and has the chart
// bind it to its own account.
func TestHelmHardened(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	for _, binding := range []string{"system:discovery", "system:public-info-viewer", "system:basic-user"} {
		if _, err := c.Kubectl(t.Context(), "", "delete", "clusterrolebinding", binding); err != nil {
			t.Fatal(err)
		}
	}
	const namespace = "hardened"
	r := &release{helm: newHelm(t, "4", c, namespace), cluster: c, jobs: startJobController(t, c, namespace)}
	const declaration = "api \"v1\" {}\n"
	install := func(exit int, settings ...string) {
		t.Helper()
		r.expect(t, exit, values(declaration, append(settings, "wait: 0s")...), "upgrade", "--install", "gate", chartDir(), "-f", "-")
	}
	install(1)
	expectInOrder(t, r.expectRuns(t, "3 BackoffLimitExceeded")[0].Stdout, "403 Forbidden")
	install(0, "rbac: {create: true}")
	r.expectRuns(t, "0")
	install(0, "rbac: {create: true}", "serviceAccount: {create: true}")
	r.expectRuns(t, "0")
	bindings, err := c.Kubectl(t.Context(), "", "get", "clusterrolebinding", "-o", "name")
	if err != nil || strings.Contains(bindings, "gate") {
		t.Errorf("bindings after the hooks (%v):\n%s", err, bindings)
	}
}
