package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"
)

const runnerFile = "gitlab-runner.toml"

// gitlabRunner has the keys of a runner's config.toml that the file uses. Any other
// key is an error.
//
// Source:
// https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v18.11.0/common/config.go
type gitlabRunner struct {
	Name        string           `toml:"name"`
	URL         string           `toml:"url"`
	Executor    string           `toml:"executor"`
	Environment []string         `toml:"environment"`
	Kubernetes  gitlabKubernetes `toml:"kubernetes"`
}

type gitlabKubernetes struct {
	Namespace           string            `toml:"namespace"`
	ServiceAccount      string            `toml:"service_account"`
	Automount           *bool             `toml:"automount_service_account_token"`
	CPURequest          string            `toml:"cpu_request"`
	MemoryRequest       string            `toml:"memory_request"`
	StorageRequest      string            `toml:"ephemeral_storage_request"`
	CPULimit            string            `toml:"cpu_limit"`
	MemoryLimit         string            `toml:"memory_limit"`
	StorageLimit        string            `toml:"ephemeral_storage_limit"`
	HelperCPURequest    string            `toml:"helper_cpu_request"`
	HelperMemoryRequest string            `toml:"helper_memory_request"`
	HelperStoreRequest  string            `toml:"helper_ephemeral_storage_request"`
	HelperCPULimit      string            `toml:"helper_cpu_limit"`
	HelperMemoryLimit   string            `toml:"helper_memory_limit"`
	HelperStorageLimit  string            `toml:"helper_ephemeral_storage_limit"`
	NodeSelector        map[string]string `toml:"node_selector"`
	Labels              map[string]string `toml:"pod_labels"`
	Annotations         map[string]string `toml:"pod_annotations"`
	Pod                 struct {
		NonRoot *bool  `toml:"run_as_non_root"`
		User    *int64 `toml:"run_as_user"`
		Group   *int64 `toml:"run_as_group"`
		FSGroup *int64 `toml:"fs_group"`
		Seccomp *struct {
			Type corev1.SeccompProfileType `toml:"type"`
		} `toml:"seccomp_profile"`
	} `toml:"pod_security_context"`
	Build   gitlabContainer `toml:"build_container_security_context"`
	Helper  gitlabContainer `toml:"helper_container_security_context"`
	Init    gitlabContainer `toml:"init_permissions_container_security_context"`
	PodSpec []struct {
		Name  string `toml:"name"`
		Type  string `toml:"patch_type"`
		Patch string `toml:"patch"`
	} `toml:"pod_spec"`
}

type gitlabContainer struct {
	Escalation   *bool `toml:"allow_privilege_escalation"`
	Capabilities struct {
		Drop []corev1.Capability `toml:"drop"`
	} `toml:"capabilities"`
}

func (c gitlabContainer) context() *corev1.SecurityContext {
	drop := c.Capabilities.Drop
	if drop == nil {
		// The executor drops this by default.
		drop = []corev1.Capability{"NET_RAW"}
	}
	return &corev1.SecurityContext{AllowPrivilegeEscalation: c.Escalation, Capabilities: &corev1.Capabilities{Drop: drop}}
}

func readRunner(t *testing.T, content string) *gitlabRunner {
	t.Helper()
	var config struct {
		Runners []*gitlabRunner `toml:"runners"`
	}
	meta, err := toml.Decode(content, &config)
	if err != nil {
		t.Fatal(err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 || len(config.Runners) != 1 {
		t.Fatalf("%d runners, and keys that the test does not know: %v", len(config.Runners), unknown)
	}
	return config.Runners[0]
}

// pod makes the Pod of a job as the executor does with the default feature flags. See
// preparePodConfig, createBuildAndHelperContainers, buildPermissionsInitContainer and
// applyPodSpecMerge there.
//
// Source:
// https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v18.11.0/executors/kubernetes/kubernetes.go
func (r *gitlabRunner) pod(t *testing.T, image string) *corev1.Pod {
	t.Helper()
	k := r.Kubernetes
	const helper = "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v18.11.0"
	resources := func(names ...string) corev1.ResourceRequirements {
		list := func(values []string) corev1.ResourceList {
			found := corev1.ResourceList{}
			for i, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
				if values[i] != "" {
					found[name] = resource.MustParse(values[i])
				}
			}
			return found
		}
		return corev1.ResourceRequirements{Requests: list(names[:3]), Limits: list(names[3:])}
	}
	build := resources(k.CPURequest, k.MemoryRequest, k.StorageRequest, k.CPULimit, k.MemoryLimit, k.StorageLimit)
	helping := resources(k.HelperCPURequest, k.HelperMemoryRequest, k.HelperStoreRequest, k.HelperCPULimit, k.HelperMemoryLimit, k.HelperStorageLimit)
	shell := []string{"sh", "-c", "if [ -x /bin/bash ]; then\n\texec /bin/bash\nelse\n\texec /bin/sh\nfi\n"}
	p := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: "runner-abc-project-1-concurrent-0-",
			Labels:       map[string]string{"job.runner.gitlab.com/pod": "runner-abc-project-1-concurrent-0", "project.runner.gitlab.com/id": "1"},
			Annotations:  map[string]string{"job.runner.gitlab.com/name": "requirements", "project.runner.gitlab.com/id": "1"},
		},
		Spec: corev1.PodSpec{
			ServiceAccountName: k.ServiceAccount, AutomountServiceAccountToken: k.Automount, RestartPolicy: corev1.RestartPolicyNever,
			NodeSelector: k.NodeSelector,
			InitContainers: []corev1.Container{{
				Name: "init-permissions", Image: helper, Resources: helping, SecurityContext: k.Init.context(),
				Command: []string{"sh", "-c", "touch /logs-1-2/output.log && (chmod 777 /logs-1-2/output.log || exit 0)"},
			}},
			Containers: []corev1.Container{
				{Name: "build", Image: image, Resources: build, SecurityContext: k.Build.context(), Command: shell, Stdin: true},
				{Name: "helper", Image: helper, Resources: helping, SecurityContext: k.Helper.context(), Command: shell, Stdin: true},
			},
		},
	}
	maps.Copy(p.Labels, k.Labels)
	maps.Copy(p.Annotations, k.Annotations)
	if pod := k.Pod; pod.NonRoot != nil || pod.User != nil || pod.Group != nil || pod.FSGroup != nil || pod.Seccomp != nil {
		p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsNonRoot: pod.NonRoot, RunAsUser: pod.User, RunAsGroup: pod.Group, FSGroup: pod.FSGroup}
		if pod.Seccomp != nil {
			p.Spec.SecurityContext.SeccompProfile = &corev1.SeccompProfile{Type: pod.Seccomp.Type}
		}
	}
	for name, mount := range map[string]string{"repo": "/builds", "scripts": "/scripts-1-2", "logs": "/logs-1-2"} {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
		for _, list := range [][]corev1.Container{p.Spec.InitContainers, p.Spec.Containers} {
			for i := range list {
				list[i].VolumeMounts = append(list[i].VolumeMounts, corev1.VolumeMount{Name: name, MountPath: mount})
			}
		}
	}
	if !slices.Contains(r.Environment, "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION=true") {
		return p
	}
	for _, patch := range k.PodSpec {
		if patch.Type != "strategic" {
			t.Fatalf("pod_spec %s has the patch_type %s", patch.Name, patch.Type)
		}
		original, err := yaml.Marshal(p.Spec)
		if err != nil {
			t.Fatal(err)
		}
		if original, err = yaml.YAMLToJSON(original); err != nil {
			t.Fatal(err)
		}
		change, err := yaml.YAMLToJSONStrict([]byte(patch.Patch))
		if err != nil {
			t.Fatal(err)
		}
		merged, err := strategicpatch.StrategicMergePatch(original, change, corev1.PodSpec{})
		if err != nil {
			t.Fatal(err)
		}
		p.Spec = corev1.PodSpec{}
		if err := yaml.UnmarshalStrict(merged, &p.Spec); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// TestGitLabRunner makes the Pod of the job with the runner's configuration, and runs
// the job's script in it.
func TestGitLabRunner(t *testing.T) {
	t.Parallel()
	content := deployFile(t, runnerFile)
	s := newSite(t, deployed(t), "gitlab")
	var jobs map[string]gitlabJob
	if err := yaml.UnmarshalStrict([]byte(deployFile(t, gitlabFile)), &jobs); err != nil {
		t.Fatal(err)
	}
	job := jobs["requirements"]
	// Each part is needed.
	const context = "_container_security_context]\n      allow_privilege_escalation = "
	for _, part := range []struct{ right, wrong string }{
		{"build" + context + "false", "build" + context + "true"},
		{"helper" + context + "false", "helper" + context + "true"},
		{"init_permissions" + context + "false", "init_permissions" + context + "true"},
		{"build_container_security_context.capabilities]\n        drop = [\"ALL\"]", "build_container_security_context.capabilities]\n        drop = []"},
		{`type = "RuntimeDefault"`, `type = "Unconfined"`},
		{"run_as_non_root = true", "run_as_non_root = false"},
	} {
		wrong := readRunner(t, change(t, content, part.right, part.wrong)).pod(t, job.Image)
		if _, err := s.create(t, wrong); err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted:latest"`) {
			t.Errorf("error %v: the namespace takes the Pod with %s", err, part.wrong)
		}
	}
	made, err := s.create(t, readRunner(t, content).pod(t, job.Image))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(made.Spec.InitContainers, made.Spec.Containers...) {
		has := slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return strings.Contains(m.MountPath, "serviceaccount") })
		if has != (c.Name == "build") {
			t.Errorf("container %s gets a token: %t", c.Name, has)
		}
	}
	for name, test := range checkouts() {
		t.Run(name, func(t *testing.T) {
			work := workspace(t, test.declaration)
			r := s.exec(t, made, "build", work, "exec /bin/bash /builds/_temp/step.sh",
				map[string]string{"_temp/step.sh": "set -eo pipefail\ncd /builds/web/web\n" + strings.Join(job.Script, "\n")})
			if r.ExitCode != test.exit {
				t.Fatalf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
			}
			for _, report := range []string{job.Artifacts.Reports.JUnit, job.Artifacts.Reports.CodeQuality} {
				if _, err := os.Stat(filepath.Join(work, "web", "web", report)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestRunnerDefaults makes the Pods of jobs without any configuration, in a plain
// namespace: Kubernetes mounts a token into the job's container.
func TestRunnerDefaults(t *testing.T) {
	t.Parallel()
	c := deployed(t)
	s := &site{cluster: c, namespace: "plain-runners"}
	if err := c.Apply(t.Context(), `
apiVersion: v1
kind: Namespace
metadata: {name: plain-runners}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: plain-runners}
`); err != nil {
		t.Fatal(err)
	}
	no := false
	bare := &gitlabRunner{}
	refused := &gitlabRunner{Kubernetes: gitlabKubernetes{Automount: &no}}
	for _, test := range []struct {
		name, container string
		pod             *corev1.Pod
		token           bool
	}{
		{"GitLab", "build", bare.pod(t, "golang:1.26"), true},
		{"GitLab with automount_service_account_token = false", "build", refused.pod(t, "golang:1.26"), false},
		{"ARC in kubernetes mode", "job", hookPod("kubernetes", "debian"), true},
		{"ARC in kubernetes mode without a volume", "job", hookPod("kubernetes-novolume", "debian"), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.pod.Name, test.pod.GenerateName = "", "job-"
			made, err := s.create(t, test.pod)
			if err != nil {
				t.Fatal(err)
			}
			if made.Spec.ServiceAccountName != "default" {
				t.Errorf("it asks as %s", made.Spec.ServiceAccountName)
			}
			for _, c := range made.Spec.Containers {
				token := slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool {
					return m.MountPath == "/var/run/secrets/kubernetes.io/serviceaccount"
				})
				if c.Name == test.container && token != test.token {
					t.Errorf("the container gets a token: %t", token)
				}
			}
		})
	}
}
