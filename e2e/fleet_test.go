package e2e

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// fleetFolder is the folder of deploy/ with the Job for many clusters.
const fleetFolder = "fleet"

// fleetSite is a namespace with the Secret of deploy/fleet/job.yaml, for API servers of two releases.
type fleetSite struct {
	*site
	kubelet *kubelet
	config  *clientcmdapi.Config
	tokens  []string
}

// startFleetSite makes the contexts m0 to m4. m1 is of the previous release.
func startFleetSite(t *testing.T, namespace string) *fleetSite {
	t.Helper()
	if err := buildPlugin(); err != nil {
		t.Fatal(err)
	}
	own, newer, older := deployed(t), stock(t), unsettled(t, setup{previous: true})
	f := &fleetSite{site: newSite(t, own, namespace), config: clientcmdapi.NewConfig()}
	f.kubelet = f.startKubelet(t)
	f.node.Images = map[string]map[string]string{"ghcr.io/kreconcile/kubectl-kreconcile:0.1.0": {"/kubectl-kreconcile": suite.programs.Plugin}}
	for i, c := range []*cluster.Cluster{own, older, newer, own, newer} {
		token, err := c.Token(t.Context(), "preflight", "preflight")
		if err != nil {
			t.Fatal(err)
		}
		f.tokens = append(f.tokens, token)
		name := fmt.Sprint("m", i)
		f.config.Clusters[name] = &clientcmdapi.Cluster{Server: c.URL(), CertificateAuthorityData: c.CA.PEM}
		f.config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: token}
		f.config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
		if !slices.Contains(f.node.Loopback, c.Port()) {
			f.node.Loopback = append(f.node.Loopback, c.Port())
		}
	}
	return f
}

// start makes the Secret and the Job, in place of the last ones, and returns the Job as the server has it.
func (f *fleetSite) start(t *testing.T, content string) *batchv1.Job {
	t.Helper()
	kubeconfig, err := clientcmd.Write(*f.config)
	if err != nil {
		t.Fatal(err)
	}
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: kreconcile-fleet}\ndata: {config: " + base64.StdEncoding.EncodeToString(kubeconfig) + "}\n---\n"
	f.kubectl(t, secret+content, "replace", "--force", "-f", "-")
	return read[batchv1.Job](t, f.site, "job", "kreconcile-fleet")
}

// play does what the controller of the Job and the nodes do. A part of without gets no Pod until the Job's deadline. It
// returns the exit codes of each part's Pods.
func (f *fleetSite) play(t *testing.T, job *batchv1.Job, without ...int) [][]int {
	t.Helper()
	if err := f.node.ReportJob(t.Context(), job, node.JobStarted()); err != nil {
		t.Fatal(err)
	}
	codes, outcomes := make([][]int, *job.Spec.Completions), make([]node.Outcome, *job.Spec.Completions)
	for part := range codes {
		if slices.Contains(without, part) {
			continue
		}
		for {
			p := f.create(t, job, part, len(codes[part]))
			ended := f.run(t, p, "kreconcile")
			f.kubelet.keep(p.Name, ended.Stdout+ended.Stderr)
			for _, token := range f.tokens {
				(&account{files: map[string]string{"token": token}}).expectNoToken(t, ended.Stdout, ended.Stderr, ended.Message)
			}
			if len(ended.Message) == 0 {
				t.Errorf("the Pod of the part %d has no termination message", part)
			}
			if err := f.node.ReportPod(t.Context(), p, node.Status(p, "kreconcile", ended)); err != nil {
				t.Fatal(err)
			}
			outcome, _, err := node.JobOutcome(&job.Spec, p.Status)
			if err != nil {
				t.Fatal(err)
			}
			codes[part], outcomes[part] = append(codes[part], ended.ExitCode), outcome
			if outcome != node.Count || len(codes[part]) > int(*job.Spec.BackoffLimitPerIndex) {
				break
			}
		}
	}
	if err := f.node.ReportJob(t.Context(), job, node.IndexedJobStatus(job, outcomes)); err != nil {
		t.Fatal(err)
	}
	return codes
}

// create makes a Pod of a part, as the controller of an Indexed Job does.
//
// Source:
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
func (f *fleetSite) create(t *testing.T, job *batchv1.Job, part, attempt int) *corev1.Pod {
	t.Helper()
	template, isController := job.Spec.Template.DeepCopy(), true
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("%s-%d-x%df7k", job.Name, part, attempt), Namespace: f.namespace, Labels: template.Labels, Annotations: template.Annotations,
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID, Controller: &isController, BlockOwnerDeletion: &isController,
			}},
		},
		Spec: template.Spec,
	}
	p.Labels[batchv1.JobCompletionIndexAnnotation] = strconv.Itoa(part)
	p.Annotations[batchv1.JobCompletionIndexAnnotation] = strconv.Itoa(part)
	p.Spec.NodeName = f.kubelet.node
	container := &p.Spec.Containers[0]
	container.Env = append(container.Env, corev1.EnvVar{Name: "JOB_COMPLETION_INDEX", ValueFrom: &corev1.EnvVarSource{
		FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels['" + batchv1.JobCompletionIndexAnnotation + "']"},
	}})
	f.delete(t, p.Name)
	p, err := f.node.Client.CoreV1().Pods(f.namespace).Create(t.Context(), p, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// delete deletes a Pod at once, if there is one.
func (f *fleetSite) delete(t *testing.T, name string) {
	t.Helper()
	now := int64(0)
	err := f.node.Client.CoreV1().Pods(f.namespace).Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: &now})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
}

// collect runs deploy/fleet/collect.sh with a new folder for the results.
func (f *fleetSite) collect(t *testing.T, folder string) *pod.Result {
	t.Helper()
	script := filepath.Join(suite.programs.Root, "deploy", fleetFolder, "collect.sh")
	cmd := exec.CommandContext(t.Context(), "/bin/sh", script, "job/kreconcile-fleet", folder, "--namespace="+f.namespace)
	cmd.Env = []string{
		"HOME=" + t.TempDir(), "PATH=" + filepath.Dir(suite.programs.Kubectl) + ":" + os.Getenv("PATH"), "KUBECONFIG=" + f.cluster.Kubeconfig,
		"MERGE=" + suite.programs.Kreconcile + " merge -o text -o json=" + folder + "/all.json", "LIMIT=60",
	}
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return &pod.Result{ExitCode: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
}

// TestFleet runs each part of deploy/fleet/job.yaml as a node would, and joins the results.
func TestFleet(t *testing.T) {
	t.Parallel()
	f := startFleetSite(t, "fleet")
	content := deployFile(t, "fleet/job.yaml")
	t.Run("is accepted", func(t *testing.T) { f.expectAccepted(t, content) })
	t.Run("restricted", func(t *testing.T) { f.expectRestricted(t, &f.start(t, content).Spec.Template) })

	const version = `kubernetes = ">= 1.30"`
	drifted := change(t, content, version, `kubernetes = ">= `+minor(newest(), 0)+`"`)
	good := f.config.Clusters["m2"].Server
	for _, test := range []struct {
		name, content string
		dead          bool  // the server of m2
		without       []int // parts that get no Pod
		lost          string
		codes         string
		exit          int
		verdicts      string
		stdout        []string
		stderr        []string
	}{
		{
			name: "satisfied", content: content, codes: "[[0] [0] [0] [0]]", exit: 0,
			verdicts: "m0 satisfied m4 satisfied m1 satisfied m2 satisfied m3 satisfied", stdout: []string{"No drift."},
		},
		{
			// Another Pod would be of no use.
			name: "drift on one cluster", content: drifted, codes: "[[0] [2] [0] [0]]", exit: 2,
			verdicts: "m0 satisfied m4 satisfied m1 drifted m2 satisfied m3 satisfied", stdout: []string{"Drift.", "but the server is " + olderVersion(), "on context m1"},
		},
		{
			name: "one cluster is dead", content: content, dead: true, codes: "[[0] [0] [3 3] [0]]", exit: 3,
			verdicts: "m0 satisfied m4 satisfied m1 satisfied m2 undetermined m3 satisfied", stdout: []string{"Undetermined.", "connection refused", "on context m2"},
		},
		{
			name: "an error in the declaration", content: change(t, content, "subresources", "subresorces"), codes: "[[1] [1] [1] [1]]", exit: 1,
			stdout: []string{}, stderr: []string{`Did you mean "subresources"?`},
		},
		{
			name: "the Pod of a part is gone", content: content, lost: "kreconcile-fleet-2-x0f7k", codes: "[[0] [0] [0] [0]]", exit: 3,
			verdicts: "m0 satisfied m4 satisfied m1 satisfied m3 satisfied part 2/4 unknown", stdout: []string{"No drift."}, stderr: []string{"Undetermined: part 2 of 4 has no result"},
		},
		{
			name: "a part never ran", content: content, without: []int{0}, codes: "[[] [0] [0] [0]]", exit: 3,
			verdicts: "m1 satisfied m2 satisfied m3 satisfied part 0/4 unknown", stdout: []string{"No drift."}, stderr: []string{"Undetermined: part 0 of 4 has no result"},
		},
		{
			name: "a part never ran, and another drifted", content: drifted, without: []int{3}, codes: "[[0] [2] [0] []]", exit: 2,
			verdicts: "m0 satisfied m4 satisfied m1 drifted m2 satisfied part 3/4 unknown", stdout: []string{"Drift."}, stderr: []string{"Undetermined: part 3 of 4 has no result"},
		},
		{
			name: "another number of parts", content: change(t, content, `value: "4"`, `value: "5"`), codes: "[[0] [0] [0] [0]]", exit: 1,
			stderr: []string{`Error: job/kreconcile-fleet has 4 completions, but its PARTS are "5"`},
		},
		{
			name: "no part ran", content: content, without: []int{0, 1, 2, 3}, codes: "[[] [] [] []]", exit: 3,
			stderr: []string{"part 0 of 4 has no result", "part 3 of 4 has no result", "Undetermined: no part of job/kreconcile-fleet has a result"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f.config.Clusters["m2"].Server = good
			if test.dead {
				f.config.Clusters["m2"].Server = startDead(t)
			}
			codes := f.play(t, f.start(t, test.content), test.without...)
			if got := fmt.Sprint(codes); got != test.codes {
				t.Errorf("the exit codes of the Pods are %s, want %s", got, test.codes)
			}
			if test.lost != "" {
				f.delete(t, test.lost)
			}
			folder := filepath.Join(t.TempDir(), "results")
			r := f.collect(t, folder)
			if r.ExitCode != test.exit {
				t.Errorf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
			}
			expectInOrder(t, r.Stdout, test.stdout...)
			expectInOrder(t, r.Stderr, test.stderr...)
			if test.verdicts != "" {
				content, err := os.ReadFile(filepath.Join(folder, "all.json"))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, target := range parseReports(t, content).Targets {
					got = append(got, target.Name, cmp.Or(target.Verdict, "unknown"))
				}
				if got := strings.Join(got, " "); got != test.verdicts {
					t.Errorf("the verdicts are %s, want %s", got, test.verdicts)
				}
			}
			if again := f.collect(t, folder); again.ExitCode != 1 || !strings.Contains(again.Stderr, "must be a new folder") {
				t.Errorf("with an old folder: exit %d\n%s", again.ExitCode, again.Stderr)
			}
		})
	}
}
