package e2e

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// jobController plays, in one namespace of a cluster that has neither, the Job
// controller and the kubelet: it runs each Job's container as soon as the Job is
// there, with what the server holds at that moment, and tells the server how it
// ended.
type jobController struct {
	cluster   *cluster.Cluster
	namespace string
	client    *kubernetes.Clientset
	scratch   string
	kubelet   *httptest.Server
	// forbidden is set where this machine does not let a Pod be played.
	forbidden bool

	mu   sync.Mutex
	runs []containerRun
	errs []error
	// logs are what the containers wrote, by Pod.
	logs map[string]string
}

// containerRun is one Pod of a Job that has ended.
type containerRun struct {
	job, pod, account string
	// command is the whole command line, as the container gets it.
	command []string
	files   map[string]string
	result  pod.Result
	message string
	// reason is why the Job ended with it; empty where it is complete.
	reason string
}

// startJobController makes the namespace, with what the controller manager would
// put there, and watches it until the test ends.
func startJobController(t *testing.T, c *cluster.Cluster, namespace string) *jobController {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	j := &jobController{cluster: c, namespace: namespace, scratch: t.TempDir(), client: kubernetes.NewForConfigOrDie(config), logs: map[string]string{}}
	if err := c.Apply(t.Context(), strings.ReplaceAll(helmNamespace, "NAMESPACE", namespace)); err != nil {
		t.Fatal(err)
	}
	if err := j.startKubelet(t); err != nil {
		t.Fatal(err)
	}
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

// helmNamespace admits only restricted Pods.
const helmNamespace = `
apiVersion: v1
kind: Namespace
metadata:
  name: NAMESPACE
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: default
  namespace: NAMESPACE
`

// take gives what has run since it was last called, in the order of its ends.
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
	for ctx.Err() == nil {
		jobs, err := j.client.BatchV1().Jobs(j.namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			j.report(ctx, err)
			return
		}
		for _, job := range jobs.Items {
			if seen[string(job.UID)] {
				continue
			}
			seen[string(job.UID)] = true
			running.Go(func() { j.report(ctx, j.run(ctx, &job)) })
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
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

// run runs Pods of a Job until it is complete or failed.
func (j *jobController) run(ctx context.Context, job *batchv1.Job) error {
	now := metav1.Now()
	job.Status.StartTime = &now
	for {
		none := int32(0)
		job.Status.Active, job.Status.Ready, job.Status.Terminating = 1, &none, &none
		var err error
		if job, err = j.client.BatchV1().Jobs(j.namespace).UpdateStatus(ctx, job, metav1.UpdateOptions{}); err != nil {
			return err
		}
		run, err := j.runPod(ctx, job)
		if err != nil {
			return err
		}
		again, outcome := judgePod(job, run)
		job.Status.Active = 0
		if run.result.ExitCode == 0 {
			job.Status.Succeeded++
		} else {
			job.Status.Failed++
		}
		run.reason = outcome.Reason
		if outcome.Type == batchv1.JobComplete {
			run.reason = ""
		}
		j.mu.Lock()
		j.runs = append(j.runs, *run)
		j.mu.Unlock()
		if !again {
			return j.finish(ctx, job, outcome)
		}
	}
}

// judgePod tells whether the Job goes on with another Pod, and how it ends where
// it does not, by the Job's own podFailurePolicy and backoffLimit.
//
// Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
func judgePod(job *batchv1.Job, run *containerRun) (again bool, outcome batchv1.JobCondition) {
	code := int32(run.result.ExitCode)
	if code == 0 {
		return false, batchv1.JobCondition{
			Type: batchv1.JobComplete, Reason: "CompletionsReached", Message: "Reached expected number of succeeded pods",
		}
	}
	container := job.Spec.Template.Spec.Containers[0].Name
	for i, rule := range job.Spec.PodFailurePolicy.Rules {
		// No Pod here has a condition: none is ever disrupted.
		on := rule.OnExitCodes
		if on == nil || on.ContainerName != nil && *on.ContainerName != container ||
			slices.Contains(on.Values, code) != (on.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn) {
			continue
		}
		if rule.Action != batchv1.PodFailurePolicyActionFailJob {
			panic("the rules fail a Job by its exit code, and do nothing else: " + string(rule.Action))
		}
		return false, batchv1.JobCondition{
			Type: batchv1.JobFailed, Reason: batchv1.JobReasonPodFailurePolicy,
			Message: fmt.Sprintf("Container %s for pod %s/%s failed with exit code %d matching %s rule at index %d",
				container, job.Namespace, run.pod, code, rule.Action, i),
		}
	}
	if job.Status.Failed+1 <= *job.Spec.BackoffLimit {
		return true, outcome
	}
	return false, batchv1.JobCondition{
		Type: batchv1.JobFailed, Reason: batchv1.JobReasonBackoffLimitExceeded,
		Message: "Job has reached the specified backoff limit",
	}
}

// finish gives the Job the condition that announces its end, and then the end.
func (j *jobController) finish(ctx context.Context, job *batchv1.Job, outcome batchv1.JobCondition) error {
	announced := outcome
	announced.Type = batchv1.JobFailureTarget
	if outcome.Type == batchv1.JobComplete {
		announced.Type = batchv1.JobSuccessCriteriaMet
	}
	for _, condition := range []batchv1.JobCondition{announced, outcome} {
		now := metav1.Now()
		condition.Status, condition.LastProbeTime, condition.LastTransitionTime = corev1.ConditionTrue, now, now
		job.Status.Conditions = append(job.Status.Conditions, condition)
		if condition.Type == batchv1.JobComplete {
			job.Status.CompletionTime = &now
		}
		var err error
		if job, err = j.client.BatchV1().Jobs(j.namespace).UpdateStatus(ctx, job, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// runPod makes a Pod of the Job's template, runs its container, and gives the Pod
// the status that the kubelet would.
func (j *jobController) runPod(ctx context.Context, job *batchv1.Job) (*containerRun, error) {
	template := job.Spec.Template.DeepCopy()
	isController := true
	object := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			// The controller's suffix is by chance.
			Name: job.Name + "-x" + strconv.Itoa(int(job.Status.Failed)) + "f7k", Namespace: j.namespace,
			Labels: template.Labels, Annotations: template.Annotations,
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID, Controller: &isController, BlockOwnerDeletion: &isController,
			}},
		},
		Spec: template.Spec,
	}
	object.Spec.NodeName = j.node()
	pods := j.client.CoreV1().Pods(j.namespace)
	// Nothing collects the Pods of a Job that was replaced.
	now := int64(0)
	err := pods.Delete(ctx, object.Name, metav1.DeleteOptions{GracePeriodSeconds: &now})
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, err
	}
	object, err = pods.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return nil, err
	}
	run, err := j.runContainer(ctx, object)
	if err != nil {
		return nil, err
	}
	run.job = job.Name

	terminated := &corev1.ContainerStateTerminated{
		ExitCode: int32(run.result.ExitCode), Reason: "Completed", Message: run.message,
		StartedAt: metav1.Now(), FinishedAt: metav1.Now(),
	}
	object.Status.Phase = corev1.PodSucceeded
	if run.result.ExitCode != 0 {
		terminated.Reason, object.Status.Phase = "Error", corev1.PodFailed
	}
	container := object.Spec.Containers[0]
	object.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: container.Name, Image: container.Image, State: corev1.ContainerState{Terminated: terminated},
	}}
	_, err = pods.UpdateStatus(ctx, object, metav1.UpdateOptions{})
	return run, err
}

// runContainer runs the Pod's container in a sandbox, with the files and the token
// that the server gives for it now.
func (j *jobController) runContainer(ctx context.Context, object *corev1.Pod) (*containerRun, error) {
	spec := object.Spec
	if len(spec.Containers) != 1 || len(spec.InitContainers) != 0 {
		return nil, fmt.Errorf("pod %s has other than one container", object.Name)
	}
	container := spec.Containers[0]
	run := &containerRun{pod: object.Name, account: spec.ServiceAccountName, files: map[string]string{}}
	dir, err := os.MkdirTemp(j.scratch, "pod-")
	if err != nil {
		return nil, err
	}
	// The Pod's user looks into what is mounted from there.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	volume := func(name string, files map[string]string) (string, error) {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			return "", err
		}
		v, err := pod.NewVolume(path, files)
		if err != nil {
			return "", err
		}
		return v.Dir, nil
	}

	token, err := j.cluster.Token(ctx, j.namespace, spec.ServiceAccountName)
	if err != nil {
		return nil, err
	}
	account, err := volume("account", map[string]string{"token": token, "ca.crt": string(j.cluster.CA.PEM), "namespace": j.namespace})
	if err != nil {
		return nil, err
	}
	mounts := map[string]string{container.Command[0]: suite.programs.Kreconcile, pod.ServiceAccountDir: account}
	for _, mount := range container.VolumeMounts {
		at := slices.IndexFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
		if spec.Volumes[at].ConfigMap == nil {
			// The token's volume, which admission adds.
			continue
		}
		configMap, err := j.client.CoreV1().ConfigMaps(j.namespace).Get(ctx, spec.Volumes[at].ConfigMap.Name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		if mounts[mount.MountPath], err = volume(mount.Name, configMap.Data); err != nil {
			return nil, err
		}
		run.files = configMap.Data
	}
	message := filepath.Join(dir, "termination-log")
	if err := os.WriteFile(message, nil, 0o666); err != nil {
		return nil, err
	}
	// The umask may have taken what the kubelet gives.
	if err := os.Chmod(message, 0o666); err != nil {
		return nil, err
	}

	own := map[string]string{}
	env := pod.Env()
	for _, variable := range container.Env {
		own[variable.Name] = expandReferences(variable.Value, own)
		env = append(env, variable.Name+"="+own[variable.Name])
	}
	for _, arg := range slices.Concat(container.Command, container.Args) {
		run.command = append(run.command, expandReferences(arg, own))
	}
	result, err := pod.Run(ctx, pod.Sandbox{
		APIServer: j.cluster.Address, Mounts: mounts, Writable: map[string]string{container.TerminationMessagePath: message},
		User: int(*spec.SecurityContext.RunAsUser), Env: env, Args: run.command,
	})
	if err != nil {
		return nil, err
	}
	run.result = *result
	content, err := os.ReadFile(message)
	run.message = string(content)
	j.mu.Lock()
	j.logs[object.Name] = result.Stdout + result.Stderr
	j.mu.Unlock()
	return run, err
}

// expandReferences expands $(NAME) as the kubelet does in environments and command
// lines: $$ is a $, and what is not known stays.
//
// Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
func expandReferences(text string, env map[string]string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, rest, closed := strings.Cut(strings.TrimPrefix(after, "("), ")")
		value, known := env[name]
		switch {
		case strings.HasPrefix(after, "$"):
			out.WriteString("$")
			text = after[1:]
		case strings.HasPrefix(after, "(") && closed && known:
			out.WriteString(value)
			text = rest
		default:
			out.WriteString("$")
			text = after
		}
	}
}

func TestExpandReferences(t *testing.T) {
	t.Parallel()
	env := map[string]string{"A": "a", "D": "$(A)"}
	for text, want := range map[string]string{
		"": "", "x": "x", "$(A)": "a", "x$(A)y$(A)": "xaya", "$(B)": "$(B)", "$$(A)": "$(A)", "$$$(A)": "$a", "$(D)": "$(A)",
		"${A}": "${A}", "$": "$", "$$": "$", "$(A": "$(A", "$$$${b}": "$${b}",
	} {
		if got := expandReferences(text, env); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// node is the name of the Node that the Pods are on.
func (j *jobController) node() string { return "node-of-" + j.namespace }

// startKubelet makes a Node whose kubelet answers one question: what a container
// wrote. The API server asks it for the log of a Pod.
func (j *jobController) startKubelet(t *testing.T) error {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/"+j.namespace+"/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		j.mu.Lock()
		log, found := j.logs[r.PathValue("pod")]
		j.mu.Unlock()
		if !found {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, log)
	})
	certificate, key, err := j.cluster.CA.Issue("127.0.0.1")
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	j.kubelet = httptest.NewUnstartedServer(mux)
	j.kubelet.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	j.kubelet.StartTLS()
	t.Cleanup(j.kubelet.Close)
	_, port, err := net.SplitHostPort(j.kubelet.Listener.Addr().String())
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	node, err := j.client.CoreV1().Nodes().Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: j.node()}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	node.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(number)
	_, err = j.client.CoreV1().Nodes().UpdateStatus(t.Context(), node, metav1.UpdateOptions{})
	return err
}
