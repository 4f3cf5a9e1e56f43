package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
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
		argoCDConfigMap, argoCDApplications,
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

// ending is how the container ends with a changed declaration.
type ending struct {
	// old is replaced by new in the manifest.
	old, new       string
	exit           int
	stdout, stderr []string
	// message is expected in the termination message.
	message []string
	// job is the Job controller's reaction, by the podFailurePolicy.
	job node.Outcome
	// results are Tekton's.
	results map[string]string
}

func outcomes(declaration string) map[string]ending {
	return map[string]ending{
		"in sync": {
			exit: 0, job: node.Complete,
			stdout:  []string{"No drift.", "Asked https://10.96.0.1:443 (v" + newest() + ")"},
			message: []string{"No drift."},
			results: map[string]string{"verdict": "satisfied", "satisfied": "7", "drifted": "0", "undetermined": "0", "skipped": "0"},
		},
		"drifted": {
			old: `api "networking.k8s.io/v1"`, new: `api "networking.k8s.io/v1beta1"`,
			exit: 2, job: node.FailJob,
			stdout:  []string{"Drift.", `api["networking.k8s.io/v1beta1"] is not served`},
			message: []string{"Drift.", `api["networking.k8s.io/v1beta1"] is not served`},
			results: map[string]string{"verdict": "drifted", "satisfied": "5", "drifted": "2", "undetermined": "0", "skipped": "0"},
		},
		"undetermined": {
			// More indentation than the declaration of any file has.
			old: `api "apps/v1"`, new: "api \"metrics.example.com/v1beta1\" {}\n      api \"apps/v1\"",
			exit: 3, job: node.Count,
			stdout:  []string{"Undetermined.", `api["metrics.example.com/v1beta1"]`},
			message: []string{"Undetermined.", `api["metrics.example.com/v1beta1"]`},
			results: map[string]string{"verdict": "undetermined", "satisfied": "7", "drifted": "0", "undetermined": "1", "skipped": "0"},
		},
		"mistaken": {
			old: "subresources", new: "subresorces",
			exit: 1, job: node.FailJob,
			stderr:  []string{"Error", "requirements.hcl", `Did you mean "subresources"?`},
			message: []string{"Error: " + declaration + "/requirements.hcl line 8", `Did you mean "subresources"?`},
			results: map[string]string{"verdict": "error"},
		},
	}
}

// change replaces a text that must be there exactly once.
func change(t *testing.T, text, old, replacement string) string {
	t.Helper()
	if old == "" {
		return text
	}
	if count := strings.Count(text, old); count != 1 {
		t.Fatalf("the manifest holds %q %d times, want once", old, count)
	}
	return strings.Replace(text, old, replacement, 1)
}

// shortened returns a template whose container waits only a few seconds, so that the
// test does not wait in vain. Nothing else changes.
func shortened(t *testing.T, m manifest, template *corev1.PodTemplateSpec) *corev1.PodTemplateSpec {
	t.Helper()
	template = template.DeepCopy()
	for _, list := range [][]corev1.Container{template.Spec.InitContainers, template.Spec.Containers} {
		for i := range list {
			if list[i].Name == m.checks {
				list[i].Args[waitIndex(t, list[i].Args)] = "--wait=6s"
				return template
			}
		}
	}
	t.Fatalf("there is no container %s", m.checks)
	return nil
}

// waitIndex returns the index of --wait among the arguments.
func waitIndex(t *testing.T, args []string) int {
	t.Helper()
	isWait := func(arg string) bool { return strings.HasPrefix(arg, "--wait") }
	at := slices.IndexFunc(args, isWait)
	if at < 0 || slices.ContainsFunc(args[at+1:], isWait) {
		t.Fatalf("the arguments %q have not one --wait", args)
	}
	return at
}

func waitOf(t *testing.T, args []string) time.Duration {
	t.Helper()
	value, found := strings.CutPrefix(args[waitIndex(t, args)], "--wait=")
	wait, err := time.ParseDuration(value)
	if !found || err != nil {
		t.Fatalf("--wait of %q: %v", args, err)
	}
	return wait
}

// expectTime checks that each Pod of a Job can finish its wait before the Job deletes
// it, and that the Job has failed before Helm gives up on it.
func expectTime(t *testing.T, job *batchv1.JobSpec) {
	t.Helper()
	const (
		// helmTimeout is the default of --timeout in helm install.
		helmTimeout = 5 * time.Minute
		// backoff is the first pause of the Job controller. It doubles.
		backoff = 10 * time.Second
		// start is the time for scheduling and pulling a small image.
		start = 15 * time.Second
	)
	pod := job.Template.Spec
	grace := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second
	deadline := time.Duration(*job.ActiveDeadlineSeconds) * time.Second
	wait := waitOf(t, pod.Containers[0].Args)
	needed, pause := time.Duration(0), backoff
	for range *job.BackoffLimit {
		needed += start + wait + pause
		pause *= 2
	}
	needed += start + wait
	if deadline < needed {
		t.Errorf("activeDeadlineSeconds are %s, but %d Pods that wait %s need %s", deadline, *job.BackoffLimit+1, wait, needed)
	}
	if deadline+grace >= helmTimeout {
		t.Errorf("activeDeadlineSeconds and the grace period are %s, and Helm gives up after %s", deadline+grace, helmTimeout)
	}
}

func expectMessage(t *testing.T, message string, parts []string) {
	t.Helper()
	const limit = 4096
	if len(message) == 0 || len(message) > limit || !utf8.ValidString(message) {
		t.Errorf("the termination message has %d bytes, and is UTF-8: %t", len(message), utf8.ValidString(message))
	}
	expectInOrder(t, message, parts...)
}

// expectOutcome looks up the exit code in the policy of the Job.
func expectOutcome(t *testing.T, job *batchv1.JobSpec, p *corev1.Pod, container string, r *node.Terminated, want node.Outcome) {
	t.Helper()
	got, _, err := node.JobOutcome(job, node.Status(p, container, r))
	if err != nil || got != want {
		t.Errorf("exit code %d is %s to the Job (%v), want %s", r.ExitCode, got, err, want)
	}
	// A Pod that was drained ends by a signal.
	drained := node.Status(p, container, &node.Terminated{Result: pod.Result{ExitCode: 143}})
	drained.Conditions = append(drained.Conditions, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue})
	if got, _, err := node.JobOutcome(job, drained); err != nil || got != node.Ignore {
		t.Errorf("a drained Pod is %s to the Job (%v), want %s", got, err, node.Ignore)
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
