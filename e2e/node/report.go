package node

import (
	corev1 "k8s.io/api/core/v1"
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
