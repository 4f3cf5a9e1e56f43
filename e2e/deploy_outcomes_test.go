package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

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
			results: map[string]string{"verdict": "satisfied", "satisfied": "7", "drifted": "0", "undetermined": "0", "skipped": "0", "deprecated": "0"},
		},
		"drifted": {
			old: `api "networking.k8s.io/v1"`, new: `api "networking.k8s.io/v1beta1"`,
			exit: 2, job: node.FailJob,
			stdout:  []string{"Drift.", `api["networking.k8s.io/v1beta1"] is not served`},
			message: []string{"Drift.", `api["networking.k8s.io/v1beta1"] is not served`},
			results: map[string]string{"verdict": "drifted", "satisfied": "5", "drifted": "2", "undetermined": "0", "skipped": "0", "deprecated": "0"},
		},
		"undetermined": {
			// More indentation than the declaration of any file has.
			old: `api "apps/v1"`, new: "api \"metrics.example.com/v1beta1\" {}\n      api \"apps/v1\"",
			exit: 3, job: node.Count,
			stdout:  []string{"Undetermined.", `api["metrics.example.com/v1beta1"]`},
			message: []string{"Undetermined.", `api["metrics.example.com/v1beta1"]`},
			results: map[string]string{"verdict": "undetermined", "satisfied": "7", "drifted": "0", "undetermined": "1", "skipped": "0", "deprecated": "0"},
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
