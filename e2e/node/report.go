package node

import (
	"context"
	"encoding/json"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// Status is the status that the kubelet reports of a Pod whose container has ended, and
// which is not started again.
func Status(p *corev1.Pod, container string, t *Terminated) corev1.PodStatus {
	s := corev1.PodStatus{Phase: corev1.PodSucceeded}
	ended := &corev1.ContainerStateTerminated{ExitCode: int32(t.ExitCode), Reason: "Completed", Message: t.Message}
	if t.ExitCode != 0 {
		s.Phase, ended.Reason = corev1.PodFailed, "Error"
	}
	status := []corev1.ContainerStatus{{Name: container, State: corev1.ContainerState{Terminated: ended}}}
	for _, c := range p.Spec.InitContainers {
		if c.Name == container {
			s.InitContainerStatuses = status
			return s
		}
	}
	s.ContainerStatuses = status
	return s
}

// ReportPod writes the status of a Pod, as the kubelet does.
func ReportPod(ctx context.Context, c *cluster.Cluster, p *corev1.Pod, status corev1.PodStatus) error {
	return report(ctx, c, "pod", p.ObjectMeta, status)
}

// ReportJob writes that a Job has ended, as its controller does. The message is left out.
func ReportJob(ctx context.Context, c *cluster.Cluster, job *batchv1.Job, outcome Outcome) error {
	now := metav1.NewTime(time.Now())
	status := batchv1.JobStatus{StartTime: &job.CreationTimestamp, UncountedTerminatedPods: &batchv1.UncountedTerminatedPods{}}
	condition := func(kind batchv1.JobConditionType, reason string) {
		status.Conditions = append(status.Conditions, batchv1.JobCondition{
			Type: kind, Status: corev1.ConditionTrue, Reason: reason, LastProbeTime: now, LastTransitionTime: now,
		})
	}
	switch outcome {
	case Complete:
		status.Succeeded, status.CompletionTime = 1, &now
		condition(batchv1.JobSuccessCriteriaMet, batchv1.JobReasonCompletionsReached)
		condition(batchv1.JobComplete, batchv1.JobReasonCompletionsReached)
	case FailJob:
		status.Failed = 1
		condition(batchv1.JobFailureTarget, batchv1.JobReasonPodFailurePolicy)
		condition(batchv1.JobFailed, batchv1.JobReasonPodFailurePolicy)
	case Count:
		status.Failed = *job.Spec.BackoffLimit + 1
		condition(batchv1.JobFailureTarget, batchv1.JobReasonBackoffLimitExceeded)
		condition(batchv1.JobFailed, batchv1.JobReasonBackoffLimitExceeded)
	case Ignore:
		panic("node: a Job does not end with a Pod that is ignored")
	}
	return report(ctx, c, "job", job.ObjectMeta, status)
}

func report(ctx context.Context, c *cluster.Cluster, kind string, object metav1.ObjectMeta, status any) error {
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = c.Kubectl(ctx, "", "patch", kind, object.Name, "--namespace", object.Namespace, "--subresource=status", "--type=merge", "--patch", string(patch))
	return err
}
