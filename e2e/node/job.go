package node

import (
	"fmt"
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// Outcome is what the Job controller makes of a Pod that has ended.
type Outcome string

const (
	// Complete says that the Pod succeeded, and with it a Job of one Pod.
	Complete Outcome = "Complete"
	// FailJob says that the Job fails at once.
	FailJob Outcome = "FailJob"
	// Ignore says that another Pod takes its place, and that it counts for nothing.
	Ignore Outcome = "Ignore"
	// Count says that it counts towards backoffLimit.
	Count Outcome = "Count"
)

// JobOutcome applies the podFailurePolicy of a Job to a Pod: the rules in their order, of
// which the first that fits counts, and Count where none does. The rule is -1 then.
//
// Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
func JobOutcome(job *batchv1.JobSpec, status corev1.PodStatus) (outcome Outcome, rule int, err error) {
	if status.Phase == corev1.PodSucceeded {
		return Complete, -1, nil
	}
	if job.PodFailurePolicy == nil {
		return Count, -1, nil
	}
	for i, r := range job.PodFailurePolicy.Rules {
		fits := conditionsFit(r.OnPodConditions, status.Conditions)
		if r.OnExitCodes != nil {
			fits = exitCodesFit(r.OnExitCodes, status)
		}
		if !fits {
			continue
		}
		switch r.Action {
		case batchv1.PodFailurePolicyActionFailJob, batchv1.PodFailurePolicyActionIgnore, batchv1.PodFailurePolicyActionCount:
			return Outcome(r.Action), i, nil
		case batchv1.PodFailurePolicyActionFailIndex:
		}
		return "", i, fmt.Errorf("the action %s is not played", r.Action)
	}
	return Count, -1, nil
}

// exitCodesFit looks at the containers that failed, all of them or the one that is named.
func exitCodesFit(rule *batchv1.PodFailurePolicyOnExitCodesRequirement, status corev1.PodStatus) bool {
	for _, c := range append(slices.Clone(status.InitContainerStatuses), status.ContainerStatuses...) {
		if c.State.Terminated == nil || c.State.Terminated.ExitCode == 0 || (rule.ContainerName != nil && *rule.ContainerName != c.Name) {
			continue
		}
		in := slices.Contains(rule.Values, c.State.Terminated.ExitCode)
		if in == (rule.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn) {
			return true
		}
	}
	return false
}

func conditionsFit(patterns []batchv1.PodFailurePolicyOnPodConditionsPattern, conditions []corev1.PodCondition) bool {
	return slices.ContainsFunc(patterns, func(p batchv1.PodFailurePolicyOnPodConditionsPattern) bool {
		return slices.ContainsFunc(conditions, func(c corev1.PodCondition) bool { return c.Type == p.Type && c.Status == p.Status })
	})
}
