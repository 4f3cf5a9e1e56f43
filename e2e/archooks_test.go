package e2e

import (
	"maps"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// hookPod returns the Pod of a job, as the container hooks make it: for containerMode
// kubernetes as in their release 0.7, and for kubernetes-novolume as in 0.8. See
// createPod and createJobPod there, and createContainerSpec in hooks/prepare-job.ts.
//
// Source:
// https://github.com/actions/runner-container-hooks/blob/v0.7.0/packages/k8s/src/k8s/index.ts
// and
// https://github.com/actions/runner-container-hooks/blob/v0.8.1/packages/k8s/src/k8s/index.ts
func hookPod(mode, image string) *corev1.Pod {
	const runner = "in-cluster-abcde-runner-fghij"
	job := corev1.Container{
		Name: "job", Image: image, WorkingDir: "/__w/web/web", Command: []string{"tail"}, Args: []string{"-f", "/dev/null"},
		Env: []corev1.EnvVar{{Name: "GITHUB_ACTIONS", Value: "true"}, {Name: "CI", Value: "true"}},
	}
	p := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Name: runner + "-workflow", Labels: map[string]string{"runner-pod": runner}, Annotations: map[string]string{},
		},
		Spec: corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever},
	}
	if mode == "kubernetes" {
		job.VolumeMounts = []corev1.VolumeMount{
			{Name: "work", MountPath: "/__w"}, {Name: "work", MountPath: "/__e", SubPath: "externals"},
			{Name: "work", MountPath: "/github/home", SubPath: "_temp/_github_home"},
			{Name: "work", MountPath: "/github/workflow", SubPath: "_temp/_github_workflow"},
		}
		p.Spec.NodeName = "the-runners-node"
		p.Spec.Volumes = []corev1.Volume{{Name: "work", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: runner + "-work"},
		}}}
	} else {
		job.VolumeMounts = []corev1.VolumeMount{
			{Name: "externals", MountPath: "/__e"}, {Name: "work", MountPath: "/__w"}, {Name: "github", MountPath: "/github"},
		}
		id := int64(1001)
		p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: &id}
		p.Spec.InitContainers = []corev1.Container{{
			Name: "fs-init", Image: "ghcr.io/actions/actions-runner:latest",
			Command: []string{"sh", "-c", "mkdir -p /mnt/externals && mkdir -p /mnt/work && mkdir -p /mnt/github && " +
				"mv /home/runner/externals/* /mnt/externals/ && mkdir -p /mnt/work/web/web"},
			SecurityContext: &corev1.SecurityContext{RunAsGroup: &id, RunAsUser: &id},
			VolumeMounts: []corev1.VolumeMount{
				{Name: "externals", MountPath: "/mnt/externals"}, {Name: "work", MountPath: "/mnt/work"}, {Name: "github", MountPath: "/mnt/github"},
			},
		}}
		for _, name := range []string{"externals", "github", "work"} {
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
		}
	}
	p.Spec.Containers = []corev1.Container{job}
	return p
}

// extend applies a template to a Pod of the hooks: lists of volumes, mounts and
// variables grow, and other fields are replaced. See mergeContainerWithOptions,
// mergePodSpecWithOptions and mergeObjectMeta there, which are the same in release
// 0.7.
//
// Source:
// https://github.com/actions/runner-container-hooks/blob/v0.8.1/packages/k8s/src/k8s/utils.ts
func extend(t *testing.T, p *corev1.Pod, template string) {
	t.Helper()
	var from struct {
		Metadata struct {
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
		Spec map[string]any `json:"spec"`
	}
	if err := yaml.UnmarshalStrict([]byte(template), &from); err != nil {
		t.Fatal(err)
	}
	maps.Copy(p.Labels, from.Metadata.Labels)
	maps.Copy(p.Annotations, from.Metadata.Annotations)
	spec := plain(t, p.Spec)
	for key, value := range from.Spec {
		switch key {
		case "containers":
			for _, c := range value.([]any) {
				c := c.(map[string]any)
				if name := c["name"].(string); name != "$job" {
					t.Fatalf("the template has a container %s", name)
				}
				extendContainer(spec["containers"].([]any)[0].(map[string]any), c)
			}
		case "volumes":
			spec[key] = append(spec[key].([]any), value.([]any)...)
		default:
			spec[key] = value
		}
	}
	content, err := yaml.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	p.Spec = corev1.PodSpec{}
	if err := yaml.UnmarshalStrict(content, &p.Spec); err != nil {
		t.Fatal(err)
	}
}

// withTemplate returns a Pod of the hooks with the template in deploy/.
func withTemplate(t *testing.T, p *corev1.Pod) *corev1.Pod {
	t.Helper()
	var template corev1.ConfigMap
	if err := yaml.UnmarshalStrict([]byte(deployFile(t, hookTemplateFile)), &template); err != nil {
		t.Fatal(err)
	}
	extend(t, p, template.Data["template.yaml"])
	return p
}

func extendContainer(base, from map[string]any) {
	for key, value := range from {
		switch key {
		case "name", "image":
		case "env", "volumeMounts", "ports":
			list, _ := base[key].([]any)
			base[key] = append(list, value.([]any)...)
		default:
			base[key] = value
		}
	}
}

// plain returns an object as decoded JSON.
func plain(t *testing.T, object any) map[string]any {
	t.Helper()
	content, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := yaml.Unmarshal(content, &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}
