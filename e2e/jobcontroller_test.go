package e2e

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// jobController acts as the Job controller and the kubelet in one namespace, because
// the cluster has neither: it runs each Job's container as soon as the Job exists,
// with what the server holds at that moment, and reports to the server how it ended.
type jobController struct {
	*site
	kubelet *kubelet
	// forbidden is set if this machine cannot run a Pod.
	forbidden bool

	mu   sync.Mutex
	runs []containerRun
	errs []error
}

// containerRun is one Pod of a Job that has ended.
type containerRun struct {
	node.Terminated
	job, account string
	// reason is why the Job ended with it, and empty if the Job is complete.
	reason string
}

// startJobController makes the namespace, with further policies, and watches it until
// the test ends.
func startJobController(t *testing.T, c *cluster.Cluster, namespace string, policies ...string) *jobController {
	t.Helper()
	j := &jobController{site: newSite(t, c, namespace, policies...)}
	j.kubelet = j.startKubelet(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		j.watch(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		for _, err := range j.errs {
			t.Error(err)
		}
	})
	return j
}

// take returns what has run since the last call, in the order in which it ended.
func (j *jobController) take(t *testing.T) []containerRun {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.forbidden {
		t.Skip(pod.ErrForbidden)
	}
	runs := j.runs
	j.runs = nil
	return runs
}

func (j *jobController) watch(ctx context.Context) {
	seen := map[string]bool{}
	var running sync.WaitGroup
	defer running.Wait()
	// A watch ends now and then. Each one begins with the Jobs that there are.
	for ctx.Err() == nil {
		jobs, err := j.node.Client.BatchV1().Jobs(j.namespace).Watch(ctx, metav1.ListOptions{})
		if err != nil {
			j.report(ctx, err)
			return
		}
		for event := range jobs.ResultChan() {
			job, ok := event.Object.(*batchv1.Job)
			if !ok {
				j.report(ctx, apierrors.FromObject(event.Object))
				continue
			}
			if !seen[string(job.UID)] {
				seen[string(job.UID)] = true
				running.Go(func() { j.report(ctx, j.runJob(ctx, job)) })
			}
		}
	}
}

// report keeps an error, unless the test is over.
func (j *jobController) report(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if errors.Is(err, pod.ErrForbidden) {
		j.forbidden = true
	}
	j.errs = append(j.errs, fmt.Errorf("job controller: %w", err))
}

// runJob runs Pods of a Job until it is complete or failed.
func (j *jobController) runJob(ctx context.Context, job *batchv1.Job) error {
	status := node.JobStarted()
	for {
		err := j.node.ReportJob(ctx, job, status)
		if apierrors.IsNotFound(err) {
			// The Job was deleted.
			return nil
		}
		if err != nil || status.Active == 0 {
			return err
		}
		p, ended, err := j.runPod(ctx, job)
		if apierrors.IsForbidden(err) {
			if status, err = j.refused(ctx, job, err); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if status, err = node.JobStatus(job, p); err != nil {
			return err
		}
		run := containerRun{Terminated: *ended, job: job.Name, account: p.Spec.ServiceAccountName}
		for _, condition := range status.Conditions {
			if condition.Type == batchv1.JobFailed {
				run.reason = condition.Reason
			}
		}
		j.mu.Lock()
		j.runs = append(j.runs, run)
		j.mu.Unlock()
	}
}

// refused waits a moment after admission refused a Pod. It returns the status for the
// next try, or that of the Job's end.
func (j *jobController) refused(ctx context.Context, job *batchv1.Job, refusal error) (batchv1.JobStatus, error) {
	_, err := j.node.Client.CoreV1().Events(j.namespace).Create(ctx, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{GenerateName: job.Name + "-", Namespace: j.namespace},
		InvolvedObject: corev1.ObjectReference{
			APIVersion: "batch/v1", Kind: "Job", Namespace: job.Namespace, Name: job.Name, UID: job.UID,
		},
		Type: corev1.EventTypeWarning, Reason: "FailedCreate", Message: "Error creating: " + refusal.Error(),
		Source: corev1.EventSource{Component: "job-controller"}, Count: 1, FirstTimestamp: metav1.Now(), LastTimestamp: metav1.Now(),
	}, metav1.CreateOptions{})
	if err != nil {
		return batchv1.JobStatus{}, err
	}
	status, past := node.JobPastDeadline(job)
	if past {
		return status, nil
	}
	if err := j.node.ReportJob(ctx, job, status); err != nil {
		return status, err
	}
	// The controller's pauses grow from a second.
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
	status.Active = 1
	return status, ctx.Err()
}

// runPod makes a Pod of the Job's template, runs its container, and sets the Pod's
// status as the kubelet would.
func (j *jobController) runPod(ctx context.Context, job *batchv1.Job) (*corev1.Pod, *node.Terminated, error) {
	template := job.Spec.Template.DeepCopy()
	if len(template.Spec.Containers) != 1 || len(template.Spec.InitContainers) != 0 {
		return nil, nil, fmt.Errorf("the Pods of %s have other than one container", job.Name)
	}
	isController := true
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			// The controller's suffix is random.
			Name: job.Name + "-x" + strconv.Itoa(int(job.Status.Failed)) + "f7k", Namespace: j.namespace,
			Labels: template.Labels, Annotations: template.Annotations,
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID, Controller: &isController, BlockOwnerDeletion: &isController,
			}},
		},
		Spec: template.Spec,
	}
	p.Spec.NodeName = j.kubelet.node
	pods := j.node.Client.CoreV1().Pods(j.namespace)
	// Nothing else deletes the Pods of a replaced Job.
	now := int64(0)
	err := pods.Delete(ctx, p.Name, metav1.DeleteOptions{GracePeriodSeconds: &now})
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, nil, err
	}
	if p, err = pods.Create(ctx, p, metav1.CreateOptions{}); err != nil {
		return nil, nil, err
	}
	container := p.Spec.Containers[0].Name
	ended, err := j.node.Run(ctx, p, container)
	if err != nil {
		return nil, nil, err
	}
	j.kubelet.keep(p.Name, ended.Stdout+ended.Stderr)
	return p, ended, j.node.ReportPod(ctx, p, node.Status(p, container, ended))
}
