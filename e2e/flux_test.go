package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// fluxFiles are the files of deploy/ for Flux, and the folder that one of them
// applies.
var fluxFiles = []string{"flux", "flux-helmrelease.yaml", "flux-kustomization.yaml"}

// fluxGate returns the files of deploy/flux, as a repository has them.
func fluxGate(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(suite.programs.Root, "deploy", "flux"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		name := "deploy/flux/" + entry.Name()
		files[name] = deployFile(t, "flux/"+entry.Name())
	}
	return files
}

// TestFluxFiles sends the files to a server with Flux's custom resource definitions,
// and the Job to a namespace that admits only restricted Pods.
func TestFluxFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, fluxed(t), "flux-files")
	for file, field := range map[string]string{"flux-kustomization.yaml": "retryInterval", "flux-helmrelease.yaml": "retryInterval"} {
		content := deployFile(t, file)
		if err := s.dryRun(t, content); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		err := s.dryRun(t, strings.Replace(content, field, field+"s", 1))
		if err == nil || !strings.Contains(err.Error(), "unknown field") {
			t.Errorf("%s: error %v: the server does not check fields, so that this test holds nothing", file, err)
		}
	}
	built := s.kubectl(t, "", "kustomize", filepath.Join(suite.programs.Root, "deploy", "flux"))
	s.expectAccepted(t, built)
	s.kubectl(t, built, "create", "-f", "-")
	job := read[batchv1.Job](t, s, "job", "kreconcile")
	expectTime(t, &job.Spec)
	s.expectRestricted(t, &job.Spec.Template)

	// The Job ends before Flux gives up on it, and exists for as long as Flux waits.
	var gate struct {
		Spec struct{ Timeout, Interval metav1.Duration }
	}
	first, _, _ := strings.Cut(deployFile(t, "flux-kustomization.yaml"), "\n---\n")
	if err := yaml.Unmarshal([]byte(first), &gate); err != nil {
		t.Fatal(err)
	}
	deadline := time.Duration(*job.Spec.ActiveDeadlineSeconds+*job.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
	kept := time.Duration(*job.Spec.TTLSecondsAfterFinished) * time.Second
	if timeout := gate.Spec.Timeout.Duration; deadline >= timeout || timeout >= kept || kept >= gate.Spec.Interval.Duration {
		t.Errorf("the Job ends within %s, Flux waits %s, the Job is kept %s, and the interval is %s", deadline, timeout, kept, gate.Spec.Interval.Duration)
	}
}

// anotherKustomization is a Kustomization with another source than the check.
const anotherKustomization = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: another}
spec:
  dependsOn: [{name: kreconcile}]
  sourceRef: {kind: GitRepository, name: another}
  path: ./app
  targetNamespace: shop
  prune: true
  interval: 1h
`

// TestFluxKustomization runs Flux's kustomize-controller with the files: what gates,
// what does not, and when a check is repeated.
func TestFluxKustomization(t *testing.T) {
	t.Parallel()
	onlyNightly(t)
	f := startFlux(t)
	manifest := deployFile(t, "flux-kustomization.yaml")
	gate := fluxGate(t)
	gate["deploy/flux/job.yaml"] = change(t, gate["deploy/flux/job.yaml"], "--wait=2m", "--wait=6s")
	// revise makes a revision of the application with a changed declaration.
	revise := func(version, old, replacement string) {
		t.Helper()
		files := map[string]string{"shop/shop.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {version: \"" + version + "\"}\n"}
		for name, content := range gate {
			if strings.HasSuffix(name, ".hcl") {
				content = change(t, content, old, replacement)
			}
			files[name] = content
		}
		f.revise(t, "flux-system", files)
	}
	// removeJob does what the controller for ttlSecondsAfterFinished does.
	removeJob := func() { f.kubectl(t, "", "delete", "job", "kreconcile", "--cascade=background") }
	// set changes the spec of the gate's Kustomization.
	set := func(spec string) {
		t.Helper()
		f.system.kubectl(t, "", "patch", "kustomization", "kreconcile", "--type=merge", "--patch", `{"spec": `+spec+`}`)
	}
	const (
		passed, failed = "True ReconciliationSucceeded", "False HealthCheckFailed"
		waits          = "False DependencyNotReady"
		api            = `api "networking.k8s.io/v1"`
		drift          = `api "networking.k8s.io/v1beta1"`
	)

	revise("1", "", "")
	f.system.kubectl(t, manifest, "apply", "-f", "-")
	f.expect(t, "kreconcile", passed)
	f.expect(t, "shop", passed)
	f.expectRuns(t, "0")
	f.expectApplied(t, "1")
	job := read[batchv1.Job](t, f.site, "job", "kreconcile")
	if made := read[corev1.ConfigMap](t, f.site, "configmap", "shop").CreationTimestamp; made.Before(job.Status.CompletionTime) {
		t.Errorf("the application was made at %s, and the check passed at %s", made, job.Status.CompletionTime)
	}

	t.Run("a changed declaration is a new check", func(t *testing.T) {
		revise("2", api, drift)
		message := f.expect(t, "kreconcile", failed)
		if !strings.Contains(message, "Job/shop/kreconcile status: 'Failed'") {
			t.Error(message)
		}
		f.expectRuns(t, "2 PodFailurePolicy")
		if message := f.expect(t, "shop", waits); !strings.Contains(message, "flux-system/kreconcile") {
			t.Error(message)
		}
		f.expectApplied(t, "1")
	})
	t.Run("a failed Job is not run again", func(t *testing.T) {
		f.reconcile(t, "kreconcile", failed)
		f.expectRuns(t)
	})
	t.Run("a Job that is gone is made again", func(t *testing.T) {
		removeJob()
		f.reconcile(t, "kreconcile", failed)
		f.expectRuns(t, "2 PodFailurePolicy")
		f.expectApplied(t, "1")
	})
	t.Run("a corrected declaration lets the application through", func(t *testing.T) {
		revise("3", "", "")
		f.expect(t, "kreconcile", passed)
		f.expect(t, "shop", passed)
		f.expectRuns(t, "0")
		f.expectApplied(t, "3")
		if left := f.kubectl(t, "", "get", "configmaps", "-l", "app.kubernetes.io/name=kreconcile", "-o", "name"); strings.Count(left, "\n") != 1 {
			t.Errorf("more than one declaration is left: %s", left)
		}
	})
	t.Run("a verdict counts while its Job is there", func(t *testing.T) {
		f.reconcile(t, "kreconcile", passed)
		revise("4", "", "")
		f.expect(t, "shop", passed)
		f.expectRuns(t)
		f.expectApplied(t, "4")
	})
	t.Run("and no longer", func(t *testing.T) {
		removeJob()
		revise("5", "", "")
		f.expect(t, "shop", passed)
		f.expectRuns(t, "0")
		f.expectApplied(t, "5")
	})
	t.Run("without force the Job cannot change", func(t *testing.T) {
		forced := gate["deploy/flux/job.yaml"]
		defer func() { gate["deploy/flux/job.yaml"] = forced }()
		gate["deploy/flux/job.yaml"] = change(t, forced, "force: enabled", "force: disabled")
		// Now no existing Job has the annotation.
		removeJob()
		revise("6", "", "")
		f.expect(t, "shop", passed)
		f.expectRuns(t, "0")
		revise("7", api, drift)
		if message := f.expect(t, "kreconcile", "False ReconciliationFailed"); !strings.Contains(message, "field is immutable") {
			t.Error(message)
		}
		f.expect(t, "shop", waits)
		f.expectRuns(t)
		f.expectApplied(t, "6")
	})
	t.Run("a suspended check holds new revisions back", func(t *testing.T) {
		revise("8", "", "")
		f.expect(t, "shop", passed)
		set(`{"suspend": true}`)
		revise("9", api, drift)
		if message := f.expect(t, "shop", waits); !strings.Contains(message, "revision is not up to date") {
			t.Error(message)
		}
		f.expectApplied(t, "8")

		// A Kustomization with another source sees only the last verdict.
		f.system.kubectl(t, anotherKustomization, "create", "-f", "-")
		f.revise(t, "another", map[string]string{"app/app.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: another}\n"})
		f.await(t, "another", passed, func(*kustomization) bool { return true })

		set(`{"suspend": false}`)
		f.expect(t, "kreconcile", failed)
		f.expectApplied(t, "8")
	})
	f.take(t)
	t.Run("without wait the check gates nothing", func(t *testing.T) {
		set(`{"wait": false}`)
		removeJob()
		revise("10", api, drift)
		f.expect(t, "shop", passed)
		f.expectApplied(t, "10")
		set(`{"wait": true}`)
		f.expect(t, "kreconcile", failed)
		f.expectRuns(t, "2 PodFailurePolicy")
	})
	t.Run("postBuild leaves the declaration alone", func(t *testing.T) {
		set(`{"postBuild": {"substitute": {"unused": "x"}}}`)
		revise("11", `">= 1.30"`, `">= ${"1.30"}"`)
		f.expect(t, "kreconcile", passed)
		f.expectRuns(t, "0")
	})
	// For this reason, the Job is kept for longer than Flux waits.
	t.Run("a Job that is gone while Flux waits counts as passed", func(t *testing.T) {
		f.expect(t, "shop", passed)
		gone := read[batchv1.Job](t, f.site, "job", "kreconcile").UID
		revise("12", api, drift)
		f.await(t, "kreconcile", "Unknown Progressing", func(*kustomization) bool {
			jobs := read[batchv1.JobList](t, f.site, "jobs", "").Items
			return len(jobs) == 1 && jobs[0].UID != gone
		})
		removeJob()
		f.expect(t, "kreconcile", passed)
		f.expect(t, "shop", passed)
		f.expectApplied(t, "12")
	})
}
