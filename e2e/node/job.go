package node

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Outcome is the Job controller's reaction to a Pod that has ended.
type Outcome string

const (
	// Complete says that the Pod succeeded, and so did a Job with one Pod.
	Complete Outcome = "Complete"
	// FailJob says that the Job fails at once.
	FailJob Outcome = "FailJob"
	// FailIndex says that the Pod's part of an Indexed Job fails at once.
	FailIndex Outcome = "FailIndex"
	// Ignore says that another Pod replaces it, and that it does not count.
	Ignore Outcome = "Ignore"
	// Count says that it counts towards backoffLimit.
	Count Outcome = "Count"
)

// JobStarted is the status of a Job with its first Pod.
func JobStarted() batchv1.JobStatus {
	now, none := metav1.Now(), int32(0)
	return batchv1.JobStatus{StartTime: &now, Active: 1, Ready: &none, Terminating: &none}
}

// JobStatus is the status of a Job with one Pod at a time after that Pod has ended:
// it continues with another Pod, which is active then, or has ended, by its
// podFailurePolicy and its backoffLimit.
func JobStatus(job *batchv1.Job, p *corev1.Pod) (batchv1.JobStatus, error) {
	status := *job.Status.DeepCopy()
	outcome, rule, err := JobOutcome(&job.Spec, p.Status)
	if err != nil {
		return status, err
	}
	end := func(announced, kind batchv1.JobConditionType, reason, message string) {
		end(&status, announced, kind, reason, message)
	}
	switch outcome {
	case Complete:
		status.Succeeded++
		end(batchv1.JobSuccessCriteriaMet, batchv1.JobComplete, batchv1.JobReasonCompletionsReached, "Reached expected number of succeeded pods")
	case FailJob:
		status.Failed++
		codes := job.Spec.PodFailurePolicy.Rules[rule].OnExitCodes
		if codes == nil {
			return status, errors.New("that a Job fails by a condition of its Pod is not played")
		}
		c := fitting(codes, p.Status)
		end(batchv1.JobFailureTarget, batchv1.JobFailed, batchv1.JobReasonPodFailurePolicy,
			fmt.Sprintf("Container %s for pod %s/%s failed with exit code %d matching %s rule at index %d",
				c.Name, p.Namespace, p.Name, c.State.Terminated.ExitCode, outcome, rule))
	case Count:
		status.Failed++
		if status.Failed > *job.Spec.BackoffLimit {
			end(batchv1.JobFailureTarget, batchv1.JobFailed, batchv1.JobReasonBackoffLimitExceeded, "Job has reached the specified backoff limit")
		}
	case Ignore:
	case FailIndex:
		return status, errors.New("an Indexed Job has several Pods at a time")
	}
	return status, nil
}

// IndexedJobStatus is the status of an Indexed Job whose parts have ended, each with the
// outcome of its last Pod. A part without an outcome got no Pod before the Job's deadline.
//
// Source:
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index
func IndexedJobStatus(job *batchv1.Job, outcomes []Outcome) batchv1.JobStatus {
	status := *job.Status.DeepCopy()
	var completed, failed []string
	none := false
	for i, outcome := range outcomes {
		switch outcome {
		case Complete:
			completed = append(completed, strconv.Itoa(i))
			status.Succeeded++
		case "":
			none = true
		default:
			failed = append(failed, strconv.Itoa(i))
			status.Failed++
		}
	}
	status.CompletedIndexes = strings.Join(completed, ",")
	if len(failed) > 0 {
		all := strings.Join(failed, ",")
		status.FailedIndexes = &all
	}
	switch {
	case none:
		end(&status, batchv1.JobFailureTarget, batchv1.JobFailed, batchv1.JobReasonDeadlineExceeded, "Job was active longer than specified deadline")
	case len(failed) > 0:
		end(&status, batchv1.JobFailureTarget, batchv1.JobFailed, batchv1.JobReasonFailedIndexes, "Job has failed indexes")
	default:
		end(&status, batchv1.JobSuccessCriteriaMet, batchv1.JobComplete, batchv1.JobReasonCompletionsReached, "Reached expected number of succeeded pods")
	}
	return status
}

// JobPastDeadline returns the status of a Job without a Pod after its
// activeDeadlineSeconds: it has failed.
//
// Source: syncJob of
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/job/job_controller.go
func JobPastDeadline(job *batchv1.Job) (status batchv1.JobStatus, past bool) {
	status = *job.Status.DeepCopy()
	status.Active = 0
	deadline := job.Spec.ActiveDeadlineSeconds
	if deadline == nil || time.Since(status.StartTime.Time) < time.Duration(*deadline)*time.Second {
		return status, false
	}
	end(&status, batchv1.JobFailureTarget, batchv1.JobFailed, batchv1.JobReasonDeadlineExceeded, "Job was active longer than specified deadline")
	return status, true
}

// end adds the condition that announces the end of a Job, and that of the end.
func end(status *batchv1.JobStatus, announced, kind batchv1.JobConditionType, reason, message string) {
	now := metav1.Now()
	status.Active = 0
	for _, kind := range []batchv1.JobConditionType{announced, kind} {
		status.Conditions = append(status.Conditions, batchv1.JobCondition{
			Type: kind, Status: corev1.ConditionTrue, Reason: reason, Message: message, LastProbeTime: now, LastTransitionTime: now,
		})
	}
	if kind == batchv1.JobComplete {
		status.CompletionTime = &now
	}
}

// JobOutcome applies the podFailurePolicy of a Job to a Pod. The first rule that
// matches counts; without one, the outcome is Count and the rule is -1.
//
// Source:
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
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
			fits = fitting(r.OnExitCodes, status) != nil
		}
		if !fits {
			continue
		}
		switch r.Action {
		case batchv1.PodFailurePolicyActionFailJob, batchv1.PodFailurePolicyActionFailIndex, batchv1.PodFailurePolicyActionIgnore,
			batchv1.PodFailurePolicyActionCount:
			return Outcome(r.Action), i, nil
		}
		return "", i, fmt.Errorf("the action %s is not known", r.Action)
	}
	return Count, -1, nil
}

// fitting returns the first container that failed as the rule says, among all or with
// the rule's name.
func fitting(rule *batchv1.PodFailurePolicyOnExitCodesRequirement, status corev1.PodStatus) *corev1.ContainerStatus {
	for _, c := range append(slices.Clone(status.InitContainerStatuses), status.ContainerStatuses...) {
		if c.State.Terminated == nil || c.State.Terminated.ExitCode == 0 || (rule.ContainerName != nil && *rule.ContainerName != c.Name) {
			continue
		}
		in := slices.Contains(rule.Values, c.State.Terminated.ExitCode)
		if in == (rule.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn) {
			return &c
		}
	}
	return nil
}

func conditionsFit(patterns []batchv1.PodFailurePolicyOnPodConditionsPattern, conditions []corev1.PodCondition) bool {
	return slices.ContainsFunc(patterns, func(p batchv1.PodFailurePolicyOnPodConditionsPattern) bool {
		return slices.ContainsFunc(conditions, func(c corev1.PodCondition) bool { return c.Type == p.Type && c.Status == p.Status })
	})
}
