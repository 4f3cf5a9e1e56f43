package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestHelmTemplate applies the output of helm template, as docs/job.md and
// docs/bypass.md say. Hooks are plain objects then: an application's gate does not
// hold it back, and a separate gate does, with a new verdict each time.
func TestHelmTemplate(t *testing.T) {
	t.Parallel()
	eachHelm(t, func(t *testing.T, major string) {
		r := newRelease(t, major, "template")
		t.Run("an application goes past its gate", func(t *testing.T) {
			shop := filepath.Join(t.TempDir(), "shop")
			writeParent(t, shop, "shop", "gate: {wait: 0s, image: {repository: kreconcile}}\n", "gate")
			out := r.expect(t, 0, "", "template", "app", shop, "--skip-tests", "--set=gate.declaration="+drifted)
			r.jobs.kubectl(t, out.Stdout, "apply", "-f", "-")
			r.jobs.expectWait(t, "job/app-gate-kreconcile", 2, nil, nil)
			r.expectRuns(t, "2 PodFailurePolicy")
			r.uid(t, "configmap/app-shop")
		})
		for _, mode := range []string{"hook", "job"} {
			t.Run("a gate of its own, mode "+mode, func(t *testing.T) {
				for _, test := range []struct {
					declaration string
					exit        int
				}{{inSync, 0}, {drifted, 2}, {drifted, 2}, {undetermined, 3}, {mistaken, 1}, {inSync, 0}} {
					out := r.expect(t, 0, values(test.declaration, "wait: 0s", "mode: "+mode), "template", "gate", chartDir(), "-f", "-", "--skip-tests")
					replaced := r.jobs.kubectl(t, out.Stdout, "replace", "--force", "-f", "-", "-o", "name")
					job := ""
					for name := range strings.Lines(replaced) {
						if strings.HasPrefix(name, "job.batch/") {
							job = strings.TrimSpace(strings.Replace(name, "job.batch/", "job/", 1))
						}
					}
					r.jobs.expectWait(t, job, test.exit, nil, nil)
					if runs := r.jobs.take(t); len(runs) != 1 {
						t.Errorf("%q: %d Pods ran", test.declaration, len(runs))
					}
				}
			})
		}
		t.Run("another declaration is not applied", func(t *testing.T) {
			render := func(declaration string) string {
				return r.expect(t, 0, values(declaration, "wait: 0s"), "template", "gate", chartDir(), "-f", "-", "--skip-tests").Stdout
			}
			r.jobs.kubectl(t, render(inSync), "replace", "--force", "-f", "-")
			r.jobs.expectWait(t, "job/gate-kreconcile", 0, nil, nil)
			_, err := r.cluster.Kubectl(t.Context(), render(drifted), "apply", "--namespace="+r.namespace, "-f", "-")
			if err == nil || !strings.Contains(err.Error(), "field is immutable") {
				t.Errorf("kubectl apply keeps the Job that has ended, and says %.200v", err)
			}
		})
	})
}
