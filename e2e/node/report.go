package node

import (
	"context"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Status is the kubelet's status for a Pod whose container has ended and is not
// restarted.
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

// ReportPod sends the status of a Pod to the API server, as the kubelet does.
func (n *Node) ReportPod(ctx context.Context, p *corev1.Pod, status corev1.PodStatus) error {
	p.Status = status
	updated, err := n.Client.CoreV1().Pods(p.Namespace).UpdateStatus(ctx, p, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	*p = *updated
	return nil
}

// ReportJob sends the status of a Job to the API server, as its controller does: the
// end of a Job is announced before it has ended.
func (n *Node) ReportJob(ctx context.Context, job *batchv1.Job, status batchv1.JobStatus) error {
	steps := []batchv1.JobStatus{status}
	if len(status.Conditions) > 1 {
		announced := status
		announced.Conditions, announced.CompletionTime = status.Conditions[:1], nil
		steps = []batchv1.JobStatus{announced, status}
	}
	for _, step := range steps {
		job.Status = step
		updated, err := n.Client.BatchV1().Jobs(job.Namespace).UpdateStatus(ctx, job, metav1.UpdateOptions{})
		if err != nil {
			return err
		}
		*job = *updated
	}
	return nil
}
