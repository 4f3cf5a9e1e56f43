package node_test

import (
	"fmt"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/node"
)

func ended(codes map[string]int32, conditions ...corev1.PodCondition) corev1.PodStatus {
	s := corev1.PodStatus{Phase: corev1.PodSucceeded, Conditions: conditions}
	for name, code := range codes {
		if code != 0 {
			s.Phase = corev1.PodFailed
		}
		s.ContainerStatuses = append(s.ContainerStatuses, corev1.ContainerStatus{
			Name: name, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code}},
		})
	}
	return s
}

func TestJobOutcome(t *testing.T) {
	const disruption = `{action: Ignore, onPodConditions: [{type: DisruptionTarget, status: "True"}]}`
	disrupted := corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue}
	calm := corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionFalse}
	for name, test := range map[string]struct {
		rules  string
		status corev1.PodStatus
		want   string
	}{
		"success":           {`{action: FailJob, onExitCodes: {operator: NotIn, values: [9]}}`, ended(map[string]int32{"a": 0}), "Complete -1"},
		"no rule":           {``, ended(map[string]int32{"a": 1}), "Count -1"},
		"in":                {`{action: FailJob, onExitCodes: {operator: In, values: [1, 2]}}`, ended(map[string]int32{"a": 2}), "FailJob 0"},
		"not among them":    {`{action: FailJob, onExitCodes: {operator: In, values: [1, 2]}}`, ended(map[string]int32{"a": 3}), "Count -1"},
		"not in":            {`{action: FailJob, onExitCodes: {operator: NotIn, values: [3]}}`, ended(map[string]int32{"a": 2}), "FailJob 0"},
		"not in, but it is": {`{action: FailJob, onExitCodes: {operator: NotIn, values: [3]}}`, ended(map[string]int32{"a": 3}), "Count -1"},
		"a container that succeeded is none": {
			`{action: FailJob, onExitCodes: {operator: NotIn, values: [3]}}`, ended(map[string]int32{"a": 3, "b": 0}), "Count -1",
		},
		"another container": {`{action: FailJob, onExitCodes: {containerName: a, operator: In, values: [1]}}`, ended(map[string]int32{"b": 1}), "Count -1"},
		"the container":     {`{action: FailJob, onExitCodes: {containerName: a, operator: In, values: [1]}}`, ended(map[string]int32{"a": 1}), "FailJob 0"},
		"the first counts": {
			disruption + `, {action: FailJob, onExitCodes: {operator: In, values: [143]}}`, ended(map[string]int32{"a": 143}, disrupted), "Ignore 0",
		},
		"no disruption": {
			disruption + `, {action: FailJob, onExitCodes: {operator: In, values: [143]}}`, ended(map[string]int32{"a": 143}, calm), "FailJob 1",
		},
		"fails a part":      {`{action: FailIndex, onExitCodes: {operator: In, values: [1, 2]}}`, ended(map[string]int32{"a": 2}), "FailIndex 0"},
		"counted by a rule": {`{action: Count, onExitCodes: {operator: In, values: [3]}}`, ended(map[string]int32{"a": 3}), "Count 0"},
	} {
		t.Run(name, func(t *testing.T) {
			var job batchv1.JobSpec
			if err := yaml.UnmarshalStrict([]byte("podFailurePolicy: {rules: ["+test.rules+"]}"), &job); err != nil {
				t.Fatal(err)
			}
			outcome, rule, err := node.JobOutcome(&job, test.status)
			if got := fmt.Sprint(outcome, " ", rule); err != nil || got != test.want {
				t.Errorf("%s (%v), want %s", got, err, test.want)
			}
		})
	}
}

// TestJobStatus ends Pods of a Job one after the other, by their exit codes.
func TestJobStatus(t *testing.T) {
	const policy = `{action: FailJob, onExitCodes: {operator: In, values: [1, 2]}}`
	for name, test := range map[string]struct {
		codes []int32
		// want is the Job's status after each: how many Pods are active, succeeded and
		// failed, and its conditions.
		want []string
	}{
		"success": {[]int32{0}, []string{
			"0 1 0, SuccessCriteriaMet and Complete, CompletionsReached: Reached expected number of succeeded pods",
		}},
		"fails at once": {[]int32{2}, []string{
			"0 0 1, FailureTarget and Failed, PodFailurePolicy: " +
				"Container kreconcile for pod web/gate-0 failed with exit code 2 matching FailJob rule at index 0",
		}},
		"counts": {[]int32{3, 3}, []string{
			"1 0 1", "0 0 2, FailureTarget and Failed, BackoffLimitExceeded: Job has reached the specified backoff limit",
		}},
		"counts, and succeeds": {[]int32{3, 0}, []string{
			"1 0 1", "0 1 1, SuccessCriteriaMet and Complete, CompletionsReached: Reached expected number of succeeded pods",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			job := &batchv1.Job{Status: node.JobStarted()}
			if err := yaml.UnmarshalStrict([]byte("backoffLimit: 1\npodFailurePolicy: {rules: ["+policy+"]}"), &job.Spec); err != nil {
				t.Fatal(err)
			}
			for i, code := range test.codes {
				p := &corev1.Pod{Status: ended(map[string]int32{"kreconcile": code})}
				p.Namespace, p.Name = "web", fmt.Sprint("gate-", i)
				status, err := node.JobStatus(job, p)
				if err != nil {
					t.Fatal(err)
				}
				got := fmt.Sprint(status.Active, status.Succeeded, status.Failed)
				if c := status.Conditions; len(c) == 2 && c[0].Reason == c[1].Reason && c[0].Message == c[1].Message {
					got += fmt.Sprintf(", %s and %s, %s: %s", c[0].Type, c[1].Type, c[1].Reason, c[1].Message)
				}
				if complete := status.Succeeded > 0; got != test.want[i] || (status.CompletionTime != nil) != complete || status.StartTime == nil {
					t.Errorf("after the Pod %d: %s, want %s\n%+v", i, got, test.want[i], status)
				}
				job.Status = status
			}
		})
	}
}

// TestIndexedJobStatus ends Indexed Jobs of four parts.
func TestIndexedJobStatus(t *testing.T) {
	const complete, failIndex, count = node.Complete, node.FailIndex, node.Count
	for name, test := range map[string]struct {
		outcomes []node.Outcome
		want     string
	}{
		"success":             {[]node.Outcome{complete, complete, complete, complete}, `4 of "0,1,2,3", 0 of "", Complete, CompletionsReached`},
		"some fail":           {[]node.Outcome{complete, failIndex, complete, count}, `2 of "0,2", 2 of "1,3", Failed, FailedIndexes`},
		"one got no Pod":      {[]node.Outcome{complete, "", complete, complete}, `3 of "0,2,3", 0 of "", Failed, DeadlineExceeded`},
		"none got one":        {[]node.Outcome{"", "", "", ""}, `0 of "", 0 of "", Failed, DeadlineExceeded`},
		"one fails, one none": {[]node.Outcome{failIndex, "", complete, complete}, `2 of "2,3", 1 of "0", Failed, DeadlineExceeded`},
	} {
		t.Run(name, func(t *testing.T) {
			s := node.IndexedJobStatus(&batchv1.Job{Status: node.JobStarted()}, test.outcomes)
			failed := ""
			if s.FailedIndexes != nil {
				failed = *s.FailedIndexes
			}
			last := s.Conditions[len(s.Conditions)-1]
			got := fmt.Sprintf("%d of %q, %d of %q, %s, %s", s.Succeeded, s.CompletedIndexes, s.Failed, failed, last.Type, last.Reason)
			if got != test.want || s.Active != 0 {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
