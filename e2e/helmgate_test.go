package e2e

import (
	"context"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestHelmSkipTests renders as Argo CD's skipTests, helmfile and Pulumi do. That
// removes the test, and not the gate.
func TestHelmSkipTests(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		h := newHelm(t, major, nil, "skip-tests")
		for mode, want := range map[string][]string{
			"hook": {"ClusterRoleBinding/skip-tests:gate-kreconcile", "ConfigMap/gate-kreconcile-*", "Job/gate-kreconcile", "ServiceAccount/gate-kreconcile"},
			"job":  {"ClusterRoleBinding/skip-tests:gate-kreconcile-job", "ConfigMap/gate-kreconcile-job-*", "Job/gate-kreconcile-*", "ServiceAccount/gate-kreconcile-job"},
		} {
			settings := values(inSync, "mode: "+mode, "serviceAccount: {create: true}", "rbac: {create: true}")
			out := h.expect(t, 0, settings, "template", "gate", chartDir(), "-f", "-", "--skip-tests")
			expectRendered(t, "without tests, mode "+mode, documents(t, out.Stdout), want)
		}
		// These bypass the gate, as docs/bypass.md says.
		out := h.expect(t, 0, values(inSync), "template", "gate", chartDir(), "-f", "-", "--no-hooks")
		expectRendered(t, "without hooks", documents(t, out.Stdout), []string{})
	})
}

// expectRendered compares the rendered objects. A hash in a name is a *.
func expectRendered(t *testing.T, what string, objects map[string]string, want []string) {
	t.Helper()
	got := []string{}
	for name := range objects {
		got = append(got, hashed.ReplaceAllString(name, "$1*"))
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the objects differ (-want +got):\n%s", what, diff)
	}
}

// hashed matches the name of a ConfigMap or Job of the chart that ends in a hash.
var hashed = regexp.MustCompile(`(?i)^((?:ConfigMap|Job|job\.batch)/.*-)[0-9a-f]{8}$`)

// TestHelmRefusesOthers gives the gate's objects names that others have: none of the
// others is removed, and no Job runs.
func TestHelmRefusesOthers(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "others")
		kubectl := func(args ...string) { r.jobs.kubectl(t, "", args...) }
		for _, test := range []struct {
			create, setting, want string
		}{
			{"serviceaccount app", "serviceAccount: {create: true, name: app}", `serviceAccount.create would make the account "app" a hook`},
			{"serviceaccount gate-kreconcile", "serviceAccount: {create: true}", `the ServiceAccount "gate-kreconcile" exists, and is not a hook of this gate`},
			{"serviceaccount app-kreconcile", "serviceAccount: {create: true, name: app-kreconcile}", `the ServiceAccount "app-kreconcile" exists`},
			{"serviceaccount gate-kreconcile-test", "serviceAccount: {create: true}", `the ServiceAccount "gate-kreconcile-test" exists`},
			{"job gate-kreconcile", "", `the Job "gate-kreconcile" exists`},
			{"clusterrolebinding " + r.namespace + ":gate-kreconcile --clusterrole=view --user=somebody", "rbac: {create: true}", `the ClusterRoleBinding "` + r.namespace + `:gate-kreconcile" exists`},
		} {
			words := strings.Fields(test.create)
			object := words[0] + "/" + words[1]
			if words[0] == "job" {
				// A Job that no policy keeps out.
				r.jobs.kubectl(t, change(t, strings.SplitN(deployFile(t, "job.yaml"), "---\n", 2)[1], "metadata:\n  name: kreconcile\n", "metadata:\n  name: gate-kreconcile\n"), "create", "-f", "-")
			} else {
				kubectl(append([]string{"create"}, words...)...)
			}
			uid := r.uid(t, object)
			out := r.expect(t, 1, values(inSync, test.setting), "install", "gate", chartDir(), "-f", "-")
			expectInOrder(t, out.Stderr, test.want)
			if after := r.uid(t, object); after != uid {
				t.Errorf("%s was replaced", object)
			}
			kubectl("delete", object)
		}
		// The other Job has no declaration to run with.
		r.jobs.mu.Lock()
		r.jobs.errs = nil
		r.jobs.mu.Unlock()
		// An account of another owner that is used, and not created, stays.
		kubectl("create", "serviceaccount", "app")
		uid := r.uid(t, "serviceaccount/app")
		r.expect(t, 0, values(inSync, "serviceAccount: {name: app}"), "install", "gate", chartDir(), "-f", "-")
		if runs := r.expectRuns(t, "0"); runs[0].account != "app" {
			t.Errorf("the Job's account is %s", runs[0].account)
		}
		if after := r.uid(t, "serviceaccount/app"); after != uid {
			t.Error("the account was replaced")
		}
	})
}

func (r *release) uid(t *testing.T, object string) string {
	t.Helper()
	return r.jobs.kubectl(t, "", "get", object, "-o", "jsonpath={.metadata.uid}")
}

// TestHelmInterrupted kills Helm while the gate waits. docs/helm.md lists what stays,
// and the command that removes it.
func TestHelmInterrupted(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "interrupted")
		settings := values(drifted, "wait: 20s", "serviceAccount: {create: true}", "rbac: {create: true}")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan error, 1)
		go func() {
			_, err := r.run(ctx, settings, "install", "gate", chartDir(), "-f", "-")
			ended <- err
		}()
		eventually(t, 30*time.Second, func() error {
			_, err := r.jobs.node.Client.BatchV1().Jobs(r.namespace).Get(t.Context(), "gate-kreconcile", metav1.GetOptions{})
			return err
		})
		// Helm is killed and cannot clean up.
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		left := []string{"job.batch/gate-kreconcile", "configmap/gate-kreconcile-*", "serviceaccount/gate-kreconcile"}
		r.expectObjects(t, append(left, secret(1))...)
		expectInOrder(t, r.expect(t, 1, settings, "upgrade", "--install", "gate", chartDir(), "-f", "-").Stderr, "another operation")
		r.expect(t, 0, "", "uninstall", "gate")
		r.expectObjects(t, left...)

		const lines = "kubectl delete job,configmap,serviceaccount -l app.kubernetes.io/component=kreconcile,app.kubernetes.io/instance=gate\n" +
			"kubectl delete clusterrolebinding NAMESPACE:gate-kreconcile\n"
		if !strings.Contains(docsPage(t, "helm.md"), "\n"+lines) {
			t.Errorf("docs/helm.md lacks the lines\n%s", lines)
		}
		r.jobs.kubectl(t, "", "create", "configmap", "gate-settings")
		for line := range strings.Lines(strings.ReplaceAll(lines, "NAMESPACE", r.namespace)) {
			r.jobs.kubectl(t, "", strings.Fields(strings.TrimPrefix(line, "kubectl "))...)
		}
		r.expectObjects(t, "configmap/gate-settings")
		bindings, err := r.cluster.Kubectl(t.Context(), "", "get", "clusterrolebindings", "-o", "name")
		if err != nil || strings.Contains(bindings, r.namespace+":") {
			t.Errorf("bindings after the line (%v):\n%s", err, bindings)
		}
		// The deleted Job still runs here, but its end is not reported any more.
		r.jobs.mu.Lock()
		r.jobs.errs = nil
		r.jobs.mu.Unlock()
	})
}

// TestHelmRollback checks before a rollback if the values ask for that.
func TestHelmRollback(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "rollback")
		install := func(settings ...string) {
			t.Helper()
			r.expect(t, 0, values(inSync, settings...), "upgrade", "--install", "gate", chartDir(), "-f", "-")
			r.expectRuns(t, "0")
		}
		install("hook: {rollback: true}")
		install()
		install()
		r.expect(t, 0, "", "rollback", "gate", "2")
		r.expectRuns(t)
		r.expect(t, 0, "", "rollback", "gate", "1")
		r.expectRuns(t, "0")
	})
}

// TestChartWaitsAsTheProgram gives the chart and the program the same flags: both
// refuse the same ones.
func TestChartWaitsAsTheProgram(t *testing.T) {
	t.Parallel()
	h := newHelm(t, "4", nil, "waits")
	refused := map[bool]int{}
	for _, wait := range []string{"", "10s"} {
		for _, interval := range []string{"", "0s", "5s", "10s"} {
			for _, consecutive := range []string{"1", "2", "3"} {
				for _, timeout := range []string{"30s", "0s"} {
					if timeout == "0s" && (wait == "" || interval != "") {
						continue
					}
					args := []string{"apply", "--timeout=" + timeout}
					settings := []string{"wait: '" + wait + "'", "interval: '" + interval + "'", "consecutive: " + consecutive, "timeout: " + timeout}
					if wait != "" {
						args = append(args, "--wait="+wait)
					}
					if interval != "" {
						args = append(args, "--interval="+interval)
					}
					// Both have the default 1.
					if consecutive != "1" {
						args = append(args, "--consecutive="+consecutive)
					}
					cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile, append(args, "no-such-file.hcl")...)
					cmd.Dir = t.TempDir()
					out, err := cmd.CombinedOutput()
					if err == nil {
						t.Fatalf("%q: it read a file that is not there", args)
					}
					program := !strings.Contains(string(out), "no-such-file.hcl")
					rendered, err := h.run(t.Context(), values(inSync, settings...), "template", "gate", chartDir(), "-f", "-")
					if err != nil {
						t.Fatal(err)
					}
					if chart := rendered.ExitCode != 0; chart != program {
						t.Errorf("%q: the program refuses it: %t, the chart: %t\n%s%s", args, program, chart, out, rendered.Stderr)
					}
					refused[program]++
				}
			}
		}
	}
	if refused[true] < 5 || refused[false] < 5 {
		t.Errorf("refused and accepted: %v", slices.Sorted(maps.Values(refused)))
	}
}
