package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// charts copies the test's charts and this project's into a folder, and builds their
// dependencies there, without downloads.
func charts(t *testing.T, h *helm) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "helm"))); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "charts", "kreconcile"), os.DirFS(chartDir())); err != nil {
		t.Fatal(err)
	}
	for _, chart := range []string{"shop", "operator", "web"} {
		h.expect(t, 0, "", "dependency", "update", filepath.Join(dir, chart))
	}
	return dir
}

// TestHelmDependency installs a chart that depends on this one, under another name
// and with a condition.
func TestHelmDependency(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "dependency")
		shop := filepath.Join(charts(t, r.helm), "shop")
		install := func(exit int, args ...string) string {
			t.Helper()
			out := r.expect(t, exit, "", append([]string{"upgrade", "--install", "gate", shop}, args...)...)
			return shown(t, out)
		}
		declared := "--set-file=preflight.declaration=" + filepath.Join(shop, "requirements.hcl")

		expectInOrder(t, install(1), "set declaration to what the cluster must serve")
		expectInOrder(t, install(1, declared, "--set=preflight.wiat=1m"), "wiat")
		r.expectRuns(t)
		r.expectObjects(t)

		out := install(1, "--set=preflight.variables=null", `--set=preflight.declaration=api "v9" {}`)
		expectInOrder(t, out, `api["v9"] is not served`, "Error: failed pre-install: ")
		r.expectRuns(t, "2 PodFailurePolicy")
		r.expectObjects(t, "job.batch/gate-preflight-kreconcile", secret(1))

		install(0, declared)
		if runs := r.expectRuns(t, "0"); !slices.Contains(runs[0].Command, "--var=ingress=true") {
			t.Errorf("the command line is %q", runs[0].Command)
		}
		r.expectObjects(t, "configmap/gate-greeting", secret(1), secret(2))
		r.expect(t, 0, "", "test", "gate")
		r.expectRuns(t, "0")

		install(0, "--set=preflight.enabled=false")
		r.expectRuns(t)
		r.expect(t, 0, "", "lint", "--strict", shop, declared)
		r.expect(t, 0, "", "uninstall", "gate")
		r.expectObjects(t)
	})
}

// TestHelmInclude installs a chart that writes its requirements once, as a template
// that follows its own values.
func TestHelmInclude(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "include")
		web := filepath.Join(charts(t, r.helm), "web")
		out := r.expect(t, 1, "", "install", "gate", web)
		expectInOrder(t, shown(t, out), `api["networking.k8s.io/v1beta1"] is not served`)
		r.expectRuns(t, "2 PodFailurePolicy")
		r.expect(t, 0, "", "upgrade", "--install", "gate", web, "--set=ingress.enabled=false")
		r.expectRuns(t, "0")
		r.expect(t, 0, "", "test", "gate")
		r.expectRuns(t, "0")
		r.expectObjects(t, secret(1), secret(2))

		// The parts of the chart that are not included render as always.
		for setting, want := range map[string]string{
			"kreconcile.mode=hook,kreconcile.declaration=x": "set kreconcile.mode to include, or there are two gates",
			"kreconcile.image.repository=":                  "set image.repository to an image of kreconcile",
			"kreconcile.wait=1d":                            "wait",
			"kreconcile.activeDeadlineSeconds=1":            "activeDeadlineSeconds is 1",
		} {
			out := r.expect(t, 1, "", "template", "gate", web, "--set="+setting)
			expectInOrder(t, out.Stderr, want)
		}
		alone := r.expect(t, 1, values(inSync, "mode: include"), "template", "gate", chartDir(), "-f", "-")
		expectInOrder(t, alone.Stderr, "mode include is for a dependency")
		skipped := r.expect(t, 0, "", "template", "gate", web, "--skip-tests")
		expectRendered(t, "without tests", documents(t, skipped.Stdout), []string{"ConfigMap/gate-kreconcile-*", "Job/gate-kreconcile"})
	})
}
