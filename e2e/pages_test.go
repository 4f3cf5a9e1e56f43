package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/node"
)

// TestPages runs the commands of pages in docs/, with kubectl and a real API server,
// and compares their output with the page. After each command, it acts as the
// controllers of Jobs and Deployments, Tekton and a node. With -update, it writes the
// output into the page.
//
// The server also checks the page's examples of Kubernetes objects.
func TestPages(t *testing.T) {
	t.Parallel()
	own := func(t *testing.T) *cluster.Cluster { t.Helper(); return unsettled(t, setup{}) }
	for name, page := range map[string]struct {
		cluster   func(t *testing.T) *cluster.Cluster
		namespace string
	}{
		"job":            {deployed, "web"},
		"init-container": {deployed, "operator"},
		"pipelines":      {deployed, "build"},
		// The page removes a role, and names its namespace.
		"rbac": {own, "platform"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(suite.programs.Root, "docs", name+".md")
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := &reader{site: newSite(t, page.cluster(t), page.namespace), tekton: name == "pipelines"}
			r.kubelet = r.startKubelet(t)
			r.kubeconfig(t)
			got := fence.ReplaceAllStringFunc(string(content), func(block string) string { return r.follow(t, block) })
			switch {
			case t.Failed():
			case *update && settled(string(content)) != settled(got):
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				if diff := cmp.Diff(settled(string(content)), settled(got)); diff != "" {
					t.Errorf("docs/%s.md shows something else (-page +run):\n%s", name, diff)
				}
			}
			if r.commands == 0 {
				t.Error("the page shows no command")
			}
		})
	}
}

// fence is a block of code.
var fence = regexp.MustCompile("```(\\w+)\n(?s:.*?)\n```")

// settled replaces what changes with each run: times, sizes, counts of requests, and
// the width of columns.
func settled(text string) string {
	for _, s := range []struct{ pattern, replacement string }{
		{`\b\d+(\.\d+)?(ms|s|m\d+s)\b`, "(time)"},
		{`\b\d+(\.\d+)? (B|kB|MB)\b`, "(size)"},
		{`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`, "(when)"},
		// The suffix that a controller adds to a Pod's name.
		{`(pod \S+)-\w{5}\b`, "$1-(random)"},
		// A busy machine has time for fewer.
		{`\b\d+ pass(es)?\b`, "(passes)"},
		{` {2,}`, "  "},
	} {
		text = regexp.MustCompile(s.pattern).ReplaceAllString(text, s.replacement)
	}
	return text
}

// reader does what a page says.
type reader struct {
	*site
	// tekton is whether the cluster has Tekton's objects.
	tekton   bool
	kubelet  *kubelet
	config   string
	commands int
}

// kubeconfig writes a kubeconfig with the site's namespace.
func (r *reader) kubeconfig(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(r.cluster.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	r.config = filepath.Join(t.TempDir(), "kubeconfig")
	named := strings.Replace(string(content), "user: e2e}", "user: e2e, namespace: "+r.namespace+"}", 1)
	if err := os.WriteFile(r.config, []byte(named), 0o600); err != nil {
		t.Fatal(err)
	}
}

// follow returns a block of code with the real output of its commands.
func (r *reader) follow(t *testing.T, block string) string {
	t.Helper()
	language, body, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(block, "```"), "```"), "\n")
	if language == "yaml" && strings.HasPrefix(body, "apiVersion: ") {
		if err := r.dryRun(t, body); err != nil {
			t.Error(err)
		}
	}
	if language != "console" {
		return block
	}
	var out strings.Builder
	lines := slices.Collect(strings.Lines(body))
	for i, line := range lines {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		out.WriteString(line)
		// The prompt for further lines of a command.
		for _, more := range lines[i+1:] {
			rest, ok := strings.CutPrefix(more, "> ")
			if !ok {
				break
			}
			out.WriteString(more)
			command += rest
		}
		out.WriteString(r.enter(t, strings.TrimSpace(command)))
	}
	return "```console\n" + out.String() + "```"
}

// enter runs one command line, and lets the cluster react.
func (r *reader) enter(t *testing.T, command string) string {
	t.Helper()
	r.commands++
	cmd := exec.CommandContext(t.Context(), "/bin/bash", "-o", "pipefail", "-c", command)
	cmd.Dir = suite.programs.Root
	cmd.Env = []string{"KUBECONFIG=" + r.config, "HOME=" + t.TempDir(), "PATH=" + filepath.Dir(suite.programs.Kubectl) + ":" + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	// Exit code 1 means no, and 2 means drift.
	if err != nil && !strings.HasPrefix(command, "kubectl auth can-i ") && !strings.HasPrefix(command, "deploy/wait.sh ") {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
	r.control(t)
	return string(out)
}

// control acts as Tekton, the controllers of Jobs and Deployments, and the garbage
// collector: it makes Pods, runs them and reports, until nothing is left to do.
func (r *reader) control(t *testing.T) {
	t.Helper()
	if r.tekton {
		runs := read[struct {
			Items []tektonRun `json:"items"`
		}](t, r.site, "taskruns.tekton.dev", "")
		for _, run := range runs.Items {
			if run.Status.Conditions == nil {
				r.runTask(t, &run)
			}
		}
	}
	jobs := read[batchv1.JobList](t, r.site, "jobs", "")
	deployments := read[appsv1.DeploymentList](t, r.site, "deployments", "")
	pods := read[corev1.PodList](t, r.site, "pods", "")
	owners := map[string]bool{}
	for _, job := range jobs.Items {
		owners[string(job.UID)] = true
	}
	for _, deployment := range deployments.Items {
		owners[string(deployment.UID)+deployment.ResourceVersion] = true
	}
	owned := map[string]bool{}
	for _, p := range pods.Items {
		owner := p.Annotations[ownerAnnotation]
		owned[owner] = owners[owner]
		if !owners[owner] {
			// It is on a node, whose kubelet would confirm the end.
			r.kubectl(t, "", "delete", "pod", p.Name, "--grace-period=0", "--force")
		}
	}
	for _, job := range jobs.Items {
		if !owned[string(job.UID)] {
			r.runJob(t, &job)
		}
	}
	for _, deployment := range deployments.Items {
		if owner := string(deployment.UID) + deployment.ResourceVersion; !owned[owner] {
			template := deployment.Spec.Template
			r.runPod(t, &template, "deployment/"+deployment.Name, owner, template.Spec.InitContainers[0].Name)
		}
	}
}

// ownerAnnotation names the owner of a Pod. No garbage collector would use an owner
// reference here.
const ownerAnnotation = "kreconcile.test/owner"

func (r *reader) runJob(t *testing.T, job *batchv1.Job) {
	t.Helper()
	status := node.JobStarted()
	for {
		if err := r.node.ReportJob(t.Context(), job, status); err != nil {
			t.Fatal(err)
		}
		if status.Active == 0 {
			return
		}
		p, _ := r.runPod(t, &job.Spec.Template, "job/"+job.Name, string(job.UID), job.Spec.Template.Spec.Containers[0].Name)
		var err error
		if status, err = node.JobStatus(job, p); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *reader) runPod(t *testing.T, template *corev1.PodTemplateSpec, name, owner, container string) (*corev1.Pod, *node.Terminated) {
	t.Helper()
	template = template.DeepCopy()
	metav1.SetMetaDataAnnotation(&template.ObjectMeta, ownerAnnotation, owner)
	template.GenerateName, template.Spec.NodeName = path.Base(name)+"-", r.kubelet.node
	p := r.startPod(t, template)
	ended := r.run(t, p, container)
	r.kubelet.keep(p.Name, ended.Stderr+ended.Stdout)
	status := node.Status(p, container, ended)
	if status.InitContainerStatuses != nil {
		status = initialising(status)
	}
	if err := r.node.ReportPod(t.Context(), p, status); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	return p, ended
}

// initialising is the status of a Pod whose init container has failed and will be
// restarted after a pause, or whose containers are starting.
func initialising(s corev1.PodStatus) corev1.PodStatus {
	s.Phase = corev1.PodPending
	init := &s.InitContainerStatuses[0]
	if init.State.Terminated.ExitCode != 0 {
		init.LastTerminationState, init.RestartCount = init.State, 1
		init.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	}
	return s
}

// docsPage returns a page of docs/.
func docsPage(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(suite.programs.Root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
