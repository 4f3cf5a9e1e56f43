package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// What a runner of actions-runner-controller reads in kubernetes mode.
const (
	kubernetesModeFile = "github-actions-kubernetes-mode.yaml"
	hookTemplateFile   = "arc-hook-template.yaml"
	arcValuesFile      = "arc-values.yaml"
)

// create makes a Pod, or returns the server's reason for refusing it.
func (s *site) create(t *testing.T, p *corev1.Pod) (*corev1.Pod, error) {
	t.Helper()
	content, err := yaml.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.cluster.Kubectl(t.Context(), string(content), "create", "--namespace="+s.namespace, "-f", "-", "-o", "json", "--validate=strict")
	if err != nil {
		return nil, err
	}
	var made corev1.Pod
	if err := yaml.Unmarshal([]byte(out), &made); err != nil {
		t.Fatal(err)
	}
	return &made, nil
}

// defaultResources are for containers without resources.
const defaultResources = `
apiVersion: v1
kind: LimitRange
metadata: {name: defaults}
spec:
  limits:
  - type: Container
    default: {cpu: 500m, memory: 64Mi, ephemeral-storage: 1Gi}
    defaultRequest: {cpu: 50m, memory: 64Mi, ephemeral-storage: 1Gi}
`

// TestKubernetesMode makes the Pods of the workflow's job in both modes, with the
// template in deploy/, and runs its step in them.
func TestKubernetesMode(t *testing.T) {
	t.Parallel()
	workflow := deployFile(t, kubernetesModeFile)
	for _, problem := range lintWorkflow(t, workflow) {
		t.Error(problem)
	}
	image, step := jobOf(t, workflow)
	expectOnPage(t, step)
	expectOnPage(t, "COPY --from=kreconcile:0.1.0 /kreconcile /usr/local/bin/kreconcile")
	for _, mode := range []string{"kubernetes", "kubernetes-novolume"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, deployed(t), "arc-"+mode)
			s.kubectl(t, deployFile(t, hookTemplateFile), "apply", "-f", "-")
			template := read[corev1.ConfigMap](t, s, "configmap", "arc-hook-template").Data["template.yaml"]
			p := hookPod(mode, image)
			if _, err := s.create(t, p); err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted:latest"`) {
				t.Errorf("error %v: the namespace takes the Pod without the template, so that this test holds nothing", err)
			}
			extend(t, p, template)
			if mode == "kubernetes-novolume" {
				// The template can add only to the job's container.
				_, err := s.create(t, p)
				if err == nil || !strings.Contains(err.Error(), `container "fs-init" must set`) || strings.Contains(err.Error(), `"job"`) {
					t.Errorf("error %v, want a refusal of fs-init alone", err)
				}
				if _, err := s.cluster.Kubectl(t.Context(), "", "label", "namespace", s.namespace, "--overwrite",
					"pod-security.kubernetes.io/enforce=baseline", "pod-security.kubernetes.io/warn=baseline"); err != nil {
					t.Fatal(err)
				}
				_, err = s.create(t, p)
				if err == nil || !strings.Contains(err.Error(), "failed quota") || !strings.Contains(err.Error(), "for: fs-init") {
					t.Errorf("error %v, want a refusal of fs-init by the quota", err)
				}
				s.kubectl(t, defaultResources, "apply", "-f", "-")
			}
			made, err := s.create(t, p)
			if err != nil {
				t.Fatal(err)
			}
			private := hookPod(mode, image)
			extend(t, private, uncommented(t, template, "  # imagePullSecrets:", 1))
			if secrets := private.Spec.ImagePullSecrets; len(secrets) != 1 || secrets[0].Name != "registry" {
				t.Errorf("with what is in comments, it has the pull secrets %v", secrets)
			}
			for name, test := range checkouts() {
				t.Run(name, func(t *testing.T) {
					const summary = "_temp/_runner_file_commands/step_summary"
					work := workspace(t, test.declaration)
					r := s.exec(t, made, "job", work, "cd /__w/web/web && exec env \"GITHUB_STEP_SUMMARY=/__w/"+summary+"\" sh -e /__w/_temp/step.sh",
						map[string]string{"_temp/step.sh": step})
					if r.ExitCode != test.exit {
						t.Fatalf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
					}
					expectInOrder(t, r.Stdout, test.annotation)
					content, err := os.ReadFile(filepath.Join(work, summary))
					if err != nil {
						t.Fatal(err)
					}
					expectInOrder(t, string(content), test.verdict)
				})
			}
			t.Run("without the token", func(t *testing.T) {
				bare := made.DeepCopy()
				mounts := &bare.Spec.Containers[0].VolumeMounts
				*mounts = slices.DeleteFunc(*mounts, func(m corev1.VolumeMount) bool { return m.Name == "kube-api-access" })
				r := s.exec(t, bare, "job", workspace(t, corePods), "cd /__w/web/web && exec kreconcile apply requirements", nil)
				if r.ExitCode != 1 || !strings.Contains(r.Stderr, "No token to authenticate with") {
					t.Errorf("exit %d, want 1 and why\n%s%s", r.ExitCode, r.Stdout, r.Stderr)
				}
			})
		})
	}
}

// jobOf returns the image and the one command of the workflow's first job.
func jobOf(t *testing.T, content string) (image, step string) {
	t.Helper()
	var workflow struct {
		Jobs map[string]struct {
			Container struct {
				Image string `json:"image"`
			} `json:"container"`
			Steps []struct {
				Run string `json:"run"`
			} `json:"steps"`
		} `json:"jobs"`
	}
	if err := yaml.Unmarshal([]byte(content), &workflow); err != nil {
		t.Fatal(err)
	}
	for name, job := range workflow.Jobs {
		if job.Container.Image == "" {
			t.Errorf("the job %s has no container", name)
		}
	}
	job := workflow.Jobs["requirements"]
	for _, s := range job.Steps {
		if s.Run != "" && step != "" {
			t.Fatalf("it runs %q and %q", step, s.Run)
		}
		step += s.Run
	}
	return job.Container.Image, step
}

// workspace makes a job's volume with a checked out repository in it, as web/web.
func workspace(t *testing.T, declaration string) string {
	t.Helper()
	work := t.TempDir()
	for _, dir := range []string{"web/web/requirements", "externals", "_temp/_github_home", "_temp/_github_workflow", "_temp/_runner_file_commands"} {
		if err := os.MkdirAll(filepath.Join(work, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for dir := range strings.SplitSeq(". web web/web _temp _temp/_runner_file_commands", " ") {
		// The job runs as another user than the test.
		if err := os.Chmod(filepath.Join(work, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(work, "web", "web", "requirements", "web.hcl"), []byte(declaration), 0o644); err != nil {
		t.Fatal(err)
	}
	return work
}

// exec runs a script in a container of a Pod, as kubectl exec does, with an image
// that has a shell and kreconcile. The folder is the volume work, and gets the files.
func (s *site) exec(t *testing.T, p *corev1.Pod, container, work, script string, files map[string]string) *node.Terminated {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(work, name), []byte(shortWait.ReplaceAllString(content, "--wait=6s")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	n := *s.node
	n.WritableRoots, n.Folders = true, map[string]string{"work": work, "repo": work}
	p = p.DeepCopy()
	for i := range p.Spec.Containers {
		c := &p.Spec.Containers[i]
		if c.Name == container {
			n.Images = map[string]map[string]string{c.Image: shellImage()}
			c.Command, c.Args = []string{"/bin/sh", "-e", "-c", script}, nil
		}
	}
	r, err := n.Run(t.Context(), p, container)
	if errors.Is(err, pod.ErrForbidden) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	a := account{files: map[string]string{"token": r.Token}}
	if r.Token != "" {
		a.expectNoToken(t, r.Stdout, r.Stderr)
	}
	return r
}

// shellImage is an image with a shell and kreconcile, as docs/pipelines.md builds it.
func shellImage() map[string]string {
	image := map[string]string{"/usr/local/bin/kreconcile": suite.programs.Kreconcile}
	for _, dir := range []string{"/usr/bin", "/usr/lib", "/usr/lib64", "/bin", "/lib", "/lib64"} {
		if _, err := os.Stat(dir); err == nil {
			image[dir] = dir
		}
	}
	return image
}

// TestRunnerPod makes the runner's Pod with the values in deploy/: the one of
// kubernetes mode, which reads the template, and the one that runs the other
// workflow's steps itself.
//
// The chart's templates autoscalingrunnerset.yaml and _helpers.tpl make such Pods.
//
// Source:
// https://github.com/actions/actions-runner-controller/blob/gha-runner-scale-set-0.14.2/charts/gha-runner-scale-set/templates
func TestRunnerPod(t *testing.T) {
	t.Parallel()
	s := newSite(t, deployed(t), "arc-runner")
	var values struct {
		ContainerMode map[string]any         `json:"containerMode"`
		Template      corev1.PodTemplateSpec `json:"template"`
	}
	if err := yaml.UnmarshalStrict([]byte(deployFile(t, arcValuesFile)), &values); err != nil {
		t.Fatal(err)
	}
	p := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: values.Template.ObjectMeta, Spec: values.Template.Spec}
	p.GenerateName, p.Spec.ServiceAccountName, p.Spec.RestartPolicy = "in-cluster-runner-", "default", corev1.RestartPolicyNever
	runner := &p.Spec.Containers[0]
	runner.VolumeMounts = append(runner.VolumeMounts, corev1.VolumeMount{Name: "work", MountPath: "/home/runner/_work"})
	p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "work", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
	made, err := s.create(t, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("kubernetes mode reads the template", func(t *testing.T) {
		s.kubectl(t, deployFile(t, hookTemplateFile), "apply", "-f", "-")
		r := s.exec(t, made, "runner", workspace(t, corePods), `exec cat "$ACTIONS_RUNNER_CONTAINER_HOOK_TEMPLATE"`, nil)
		if template := read[corev1.ConfigMap](t, s, "configmap", "arc-hook-template").Data["template.yaml"]; r.Stdout != template || template == "" {
			t.Errorf("the runner reads\n%s%s", r.Stdout, r.Stderr)
		}
	})
	t.Run("a step in the runner", func(t *testing.T) {
		// As the values say for the other workflow.
		runner.Env = nil
		runner.VolumeMounts = slices.DeleteFunc(runner.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == "hook-template" })
		p.Spec.Volumes = slices.DeleteFunc(p.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == "hook-template" })
		made, err := s.create(t, p)
		if err != nil {
			t.Fatal(err)
		}
		for name, test := range checkouts() {
			t.Run(name, func(t *testing.T) {
				r := s.exec(t, made, "runner", workspace(t, test.declaration), "cd /home/runner/_work/web/web && kreconcile apply --wait=6s requirements", nil)
				if r.ExitCode != test.exit {
					t.Errorf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
				}
			})
		}
	})
}
