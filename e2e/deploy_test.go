package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// manifest is a file of deploy/ that kubectl applies.
type manifest struct {
	file string
	// checks is the container that runs kreconcile.
	checks string
	// jobOf makes the Job that a controller would make, and template the Pod template
	// of another controller. Each file has one of the two.
	jobOf    func(t *testing.T, s *site) *batchv1.Job
	template func(t *testing.T, s *site) *corev1.PodTemplateSpec
	// declaration is where the ConfigMap is in the container.
	declaration string
	// tekton is whether the results are files and there is no termination message.
	tekton bool
}

var manifests = []manifest{
	{file: "job.yaml", checks: "kreconcile", declaration: "/etc/kreconcile", jobOf: func(t *testing.T, s *site) *batchv1.Job {
		return read[batchv1.Job](t, s, "job", "kreconcile")
	}},
	{file: "argocd-presync.yaml", checks: "kreconcile", declaration: "/etc/kreconcile", jobOf: func(t *testing.T, s *site) *batchv1.Job {
		return read[batchv1.Job](t, s, "job", "kreconcile-presync")
	}},
	{file: "argocd-sync-wave.yaml", checks: "kreconcile", declaration: "/etc/kreconcile", jobOf: func(t *testing.T, s *site) *batchv1.Job {
		return read[batchv1.Job](t, s, "job", "kreconcile-sync")
	}},
	{file: "cronjob.yaml", checks: "kreconcile", declaration: "/etc/kreconcile", jobOf: func(t *testing.T, s *site) *batchv1.Job {
		// This is what the CronJob's controller does when the time has come.
		s.kubectl(t, "", "create", "job", "--from=cronjob/kreconcile-drift", "kreconcile-drift-now")
		return read[batchv1.Job](t, s, "job", "kreconcile-drift-now")
	}},
	{file: "init-container.yaml", checks: "kreconcile", declaration: "/etc/kreconcile", template: webTemplate},
	{file: "tekton-task.yaml", checks: "step-kreconcile", declaration: "/workspace/declaration", tekton: true, template: tektonTemplate},
}

// TestDeployIsTested tests that every file in deploy/ has a test.
func TestDeployIsTested(t *testing.T) {
	known := append([]string{
		workflowFile, gitlabFile, waitScript, "kustomize", networkPolicyFile, kubernetesModeFile, hookTemplateFile, runnerFile, arcValuesFile, rulesFile,
		argoCDConfigMap, argoCDApplications, fleetFolder,
		"grafana-dashboard.json", "prometheus-metrics-rules.yaml", // by the module alerts
	}, fluxFiles...)
	for _, m := range manifests {
		known = append(known, m.file)
	}
	entries, err := os.ReadDir(filepath.Join(suite.programs.Root, "deploy"))
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, entry := range entries {
		there = append(there, entry.Name())
	}
	slices.Sort(known)
	if !slices.Equal(known, there) {
		t.Errorf("deploy/ holds %q, but these are tested: %q", there, known)
	}
}

func deployFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(suite.programs.Root, "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestManifests applies each manifest, reads back the server's version of it, and
// runs the container as a node would: with everything served, with drift,
// undetermined, and with an error in the declaration.
func TestManifests(t *testing.T) {
	t.Parallel()
	for _, m := range manifests {
		t.Run(m.file, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, deployed(t), strings.TrimSuffix(m.file, ".yaml"))
			content := deployFile(t, m.file)
			t.Run("is accepted", func(t *testing.T) { s.expectAccepted(t, content) })

			s.kubectl(t, content, "replace", "--force", "-f", "-")
			var job *batchv1.Job
			var template *corev1.PodTemplateSpec
			if m.jobOf != nil {
				job = m.jobOf(t, s)
				template = &job.Spec.Template
				t.Run("time", func(t *testing.T) { expectTime(t, &job.Spec) })
			} else {
				template = m.template(t, s)
			}
			t.Run("restricted", func(t *testing.T) { s.expectRestricted(t, template) })

			for name, test := range outcomes(m.declaration) {
				t.Run(name, func(t *testing.T) {
					s.kubectl(t, change(t, content, test.old, test.new), "replace", "--force", "-f", "-")
					p := s.startPod(t, shortened(t, m, template))
					r := s.run(t, p, m.checks)
					if r.ExitCode != test.exit {
						t.Errorf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
					}
					if test.exit == 1 && r.Took > 5*time.Second {
						t.Errorf("it took %s: an error was waited for", r.Took)
					}
					expectInOrder(t, r.Stdout, test.stdout...)
					expectInOrder(t, r.Stderr, test.stderr...)
					if m.tekton {
						expectResults(t, s, r, test)
					} else {
						expectMessage(t, r.Message, test.message)
					}
					if job != nil {
						expectOutcome(t, &job.Spec, p, m.checks, r, test.job)
					}
				})
			}
		})
	}
}

// webTemplate returns the Pod template of the Deployment.
func webTemplate(t *testing.T, s *site) *corev1.PodTemplateSpec {
	t.Helper()
	deployment := read[struct {
		Spec struct {
			ProgressDeadlineSeconds int64                  `json:"progressDeadlineSeconds"`
			Template                corev1.PodTemplateSpec `json:"template"`
		} `json:"spec"`
	}](t, s, "deployment", "web")
	wait := waitOf(t, deployment.Spec.Template.Spec.InitContainers[0].Args)
	// The reason must be there when the rollout counts as failed.
	if limit := time.Duration(deployment.Spec.ProgressDeadlineSeconds) * time.Second; wait+30*time.Second > limit {
		t.Errorf("--wait is %s, but the rollout counts as failed after %s", wait, limit)
	}
	return &deployment.Spec.Template
}

func (s *site) expectAccepted(t *testing.T, content string) {
	t.Helper()
	if err := s.dryRun(t, content); err != nil {
		t.Error(err)
	}
	const field = "allowPrivilegeEscalation"
	err := s.dryRun(t, strings.Replace(content, field, "allowPrivilegeEscalations", 1))
	if err == nil || !strings.Contains(err.Error(), "unknown field") || !strings.Contains(err.Error(), "."+field+"s") {
		t.Errorf("error %v: the server does not check fields, so that this test holds nothing", err)
	}
}

// expectRestricted checks that the namespace admits the Pod. For a Job or a
// Deployment, it would only warn.
func (s *site) expectRestricted(t *testing.T, template *corev1.PodTemplateSpec) {
	t.Helper()
	if err := s.dryRun(t, podOf(t, template)); err != nil {
		t.Error(err)
	}
	open := template.DeepCopy()
	if open.Spec.SecurityContext != nil {
		open.Spec.SecurityContext.SeccompProfile = nil
	}
	for i := range open.Spec.Containers {
		open.Spec.Containers[i].SecurityContext.SeccompProfile = nil
	}
	err := s.dryRun(t, podOf(t, open))
	if err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted:latest"`) {
		t.Errorf("error %v: the server does not check Pods, so that this test holds nothing", err)
	}
}

// deployed returns a control plane for the manifests, with Tekton's tasks and an
// aggregated API without a backend.
func deployed(t *testing.T) *cluster.Cluster {
	t.Helper()
	return shared(t, startDeployed)
}

var startDeployed = sync.OnceValues(func() (*cluster.Cluster, error) {
	c, err := startCluster(suite.interrupted, "deployed", setup{manifests: []string{"stale.yaml"}})
	if err != nil {
		return nil, err
	}
	return c, applyTekton(suite.interrupted, c)
})
