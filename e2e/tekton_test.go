package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/published"
)

// applyTekton gives a cluster Tekton's Task, TaskRun and Pipeline with their
// published schemas. Only their conversion is removed: Tekton's webhook does that,
// and does not run here.
func applyTekton(ctx context.Context, c *cluster.Cluster) error {
	for _, published := range []published.File{published.TektonTask(), published.TektonTaskRun(), published.TektonPipeline()} {
		file, err := published.Fetch(ctx)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var definition map[string]any
		if err := yaml.Unmarshal(content, &definition); err != nil {
			return err
		}
		delete(definition["spec"].(map[string]any), "conversion")
		document, err := json.Marshal(definition)
		if err != nil {
			return err
		}
		if err := c.Apply(ctx, string(document)); err != nil {
			return err
		}
	}
	return established(ctx, c, "tasks.tekton.dev", "taskruns.tekton.dev", "pipelines.tekton.dev")
}

// established waits until the server serves the named custom resource definitions.
func established(ctx context.Context, c *cluster.Cluster, names ...string) error {
	var objects []string
	for _, name := range names {
		objects = append(objects, "crd/"+name)
	}
	// Waiting for a condition fails if there is none yet.
	for _, what := range []string{"jsonpath={.status.conditions}", "condition=Established"} {
		if _, err := c.Kubectl(ctx, "", append([]string{"wait", "--for=" + what, "--timeout=30s"}, objects...)...); err != nil {
			return err
		}
	}
	return nil
}

// tektonTask has what this test reads of a Task.
type tektonTask struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Params []struct {
			Name    string `json:"name"`
			Default string `json:"default"`
		} `json:"params"`
		Workspaces []struct {
			Name     string `json:"name"`
			ReadOnly bool   `json:"readOnly"`
		} `json:"workspaces"`
		Results []struct {
			Name string `json:"name"`
		} `json:"results"`
		Volumes []corev1.Volume `json:"volumes"`
		Steps   []struct {
			corev1.Container
			ComputeResources corev1.ResourceRequirements `json:"computeResources"`
			OnError          string                      `json:"onError"`
		} `json:"steps"`
	} `json:"spec"`
}

// tektonTemplate makes of the Task what Tekton makes of it, without the entrypoint
// around the step: variables are replaced, the workspace is a ConfigMap, and the
// folder of the results is an emptyDir.
//
// Source: https://github.com/tektoncd/pipeline/blob/v1.9.0/docs/tasks.md
func tektonTemplate(t *testing.T, s *site) *corev1.PodTemplateSpec {
	t.Helper()
	task := read[tektonTask](t, s, "tasks.tekton.dev", "kreconcile")
	spec := task.Spec
	if len(spec.Steps) != 1 || len(spec.Workspaces) != 1 || !spec.Workspaces[0].ReadOnly {
		t.Fatalf("%d steps, workspaces %+v: this test knows one of each", len(spec.Steps), spec.Workspaces)
	}
	workspace := "/workspace/" + spec.Workspaces[0].Name
	values := map[string]string{"workspaces." + spec.Workspaces[0].Name + ".path": workspace}
	for _, param := range spec.Params {
		values["params."+param.Name] = param.Default
	}
	for _, result := range spec.Results {
		values["results."+result.Name+".path"] = path.Join(tektonResults, result.Name)
	}
	step := spec.Steps[0]
	c := step.Container
	for _, field := range slices.Concat([]*string{&c.Image, &step.OnError}, pointers(c.Command), pointers(c.Args)) {
		for name, value := range values {
			*field = strings.ReplaceAll(*field, "$("+name+")", value)
		}
		// Tekton refuses a Task with an unknown variable.
		if strings.Contains(*field, "$(") {
			t.Errorf("%q has a variable that Tekton does not know", *field)
		}
	}
	if step.OnError != "stopAndFail" {
		t.Errorf("onError is %q, so that drift does not fail the Task", step.OnError)
	}
	c.Name = "step-" + c.Name
	c.Resources = step.ComputeResources
	c.TerminationMessagePath = "/tekton/termination"
	c.VolumeMounts = append(c.VolumeMounts,
		corev1.VolumeMount{Name: "results", MountPath: tektonResults}, corev1.VolumeMount{Name: "workspace", MountPath: workspace, ReadOnly: true})
	return &corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: task.Labels, Annotations: task.Annotations}, Spec: corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{c},
		// A run's podTemplate says this.
		AutomountServiceAccountToken: new(bool), EnableServiceLinks: new(bool),
		NodeSelector: map[string]string{corev1.LabelOSStable: "linux"},
		Volumes: append(spec.Volumes,
			corev1.Volume{Name: "results", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			corev1.Volume{Name: "workspace", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: "kreconcile-declaration"},
			}}},
		),
	}}
}

// tektonResults is the folder that Tekton reads results from.
const tektonResults = "/tekton/results"

func pointers(list []string) []*string {
	var all []*string
	for i := range list {
		all = append(all, &list[i])
	}
	return all
}

// expectResults compares the files with the expected ones, and with the Task's
// declaration: Tekton reads no others, and a successful Task has all.
func expectResults(t *testing.T, s *site, r *node.Terminated, want ending) {
	t.Helper()
	got := map[string]string{}
	for name, content := range r.Files {
		got[strings.TrimPrefix(name, tektonResults+"/")] = content
	}
	if diff := cmp.Diff(want.results, got); diff != "" {
		t.Errorf("results differ (-want +got):\n%s", diff)
	}
	var declared []string
	for _, result := range read[tektonTask](t, s, "tasks.tekton.dev", "kreconcile").Spec.Results {
		declared = append(declared, result.Name)
	}
	slices.Sort(declared)
	if names := slices.Sorted(maps.Keys(got)); want.exit != 1 && !slices.Equal(names, declared) {
		t.Errorf("the results are %q, but the Task declares %q", names, declared)
	}
	if r.Message != "" {
		t.Errorf("the termination message is Tekton's, but it holds %q", r.Message)
	}
	// Tekton puts them into the termination message, too.
	if size := len(fmt.Sprint(got)); size > 512 {
		t.Errorf("the results have %d bytes", size)
	}
}

// tektonRun has what this test reads and writes of a TaskRun.
type tektonRun struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Status struct {
		PodName    string              `json:"podName"`
		Conditions []map[string]string `json:"conditions,omitempty"`
		Results    []map[string]string `json:"results,omitempty"`
	} `json:"status"`
}

// runTask does what Tekton does with a TaskRun: it runs the step, and reports the
// results.
func (r *reader) runTask(t *testing.T, run *tektonRun) {
	t.Helper()
	p, ended := r.runPod(t, tektonTemplate(t, r.site), "taskrun/"+run.Metadata.Name, "", "step-kreconcile")
	succeeded := "True"
	if ended.ExitCode != 0 {
		succeeded = "False"
	}
	run.Status.PodName = p.Name
	run.Status.Conditions = []map[string]string{{"type": "Succeeded", "status": succeeded}}
	for _, result := range read[tektonTask](t, r.site, "tasks.tekton.dev", "kreconcile").Spec.Results {
		if value, there := ended.Files[path.Join(tektonResults, result.Name)]; there {
			run.Status.Results = append(run.Status.Results, map[string]string{"name": result.Name, "type": "string", "value": value})
		}
	}
	status, err := json.Marshal(map[string]any{"status": run.Status})
	if err != nil {
		t.Fatal(err)
	}
	r.kubectl(t, "", "patch", "taskrun", run.Metadata.Name, "--subresource=status", "--type=merge", "--patch", string(status))
}
