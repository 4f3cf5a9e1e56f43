package e2e

import (
	"maps"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// TestStrictSite removes from the Pod of deploy/job.yaml, one by one, what it is
// admitted for. The namespaces of these tests then refuse it with the words that
// docs/job.md lists.
func TestStrictSite(t *testing.T) {
	t.Parallel()
	s := newSite(t, deployed(t), "strict")
	s.kubectl(t, deployFile(t, "job.yaml"), "create", "-f", "-")
	template := read[batchv1.Job](t, s, "job", "kreconcile").Spec.Template
	page := docsPage(t, "job.md")
	for name, test := range map[string]struct {
		change func(c *corev1.Container, p *corev1.PodSpec)
		want   string
		// row is the row in the table "Where it hangs".
		row string
	}{
		"as it is":               {func(*corev1.Container, *corev1.PodSpec) {}, "", ""},
		"no limit of CPU":        {func(c *corev1.Container, _ *corev1.PodSpec) { delete(c.Resources.Limits, corev1.ResourceCPU) }, "must specify limits.cpu for: kreconcile", "must specify limits.cpu"},
		"no requests and limits": {func(c *corev1.Container, _ *corev1.PodSpec) { c.Resources = corev1.ResourceRequirements{} }, "must specify", "must specify"},
		"more than there is":     {func(c *corev1.Container, _ *corev1.PodSpec) { set(c, corev1.ResourceCPU, "2k") }, "exceeded quota", "exceeded quota"},
		"a LimitRange's maximum": {func(c *corev1.Container, _ *corev1.PodSpec) { set(c, corev1.ResourceMemory, "1Gi") }, "maximum memory usage per Container is 512Mi", "maximum memory usage per Container is"},
		"a LimitRange's minimum": {func(c *corev1.Container, _ *corev1.PodSpec) { set(c, corev1.ResourceMemory, "1Mi") }, "minimum memory usage per Container is 16Mi", "minimum memory usage"},
		"a LimitRange's ratio": {func(c *corev1.Container, _ *corev1.PodSpec) {
			c.Resources.Requests[corev1.ResourceMemory] = resource.MustParse("16Mi")
		}, "memory max limit to request ratio per Container is 4", "max limit to request ratio"},
		"a user that may be root": {func(_ *corev1.Container, p *corev1.PodSpec) { p.SecurityContext.RunAsNonRoot = nil }, "violates PodSecurity", "violates PodSecurity"},
		"an automatic token":      {func(_ *corev1.Container, p *corev1.PodSpec) { p.AutomountServiceAccountToken = nil }, "automountServiceAccountToken must be false", "denied request"},
		"no selector":             {func(_ *corev1.Container, p *corev1.PodSpec) { p.NodeSelector = nil }, "nodeSelector must have kubernetes.io/os", "denied request"},
		"an account that is not":  {func(_ *corev1.Container, p *corev1.PodSpec) { p.ServiceAccountName = "other" }, `serviceaccount "other" not found`, "not found"},
	} {
		changed := template.DeepCopy()
		test.change(&changed.Spec.Containers[0], &changed.Spec)
		err := s.dryRun(t, podOf(t, changed))
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		case !strings.Contains(page, test.row):
			t.Errorf("%s: docs/job.md has no row with %q", name, test.row)
		}
	}
}

// set sets the request and the limit of a resource.
func set(c *corev1.Container, name corev1.ResourceName, quantity string) {
	c.Resources.Requests[name], c.Resources.Limits[name] = resource.MustParse(quantity), resource.MustParse(quantity)
}

// TestMeshes reads back what each Pod of a Job says to the injectors of meshes.
func TestMeshes(t *testing.T) {
	t.Parallel()
	labels := map[string]string{"sidecar.istio.io/inject": "false", "kuma.io/sidecar-injection": "disabled"}
	annotations := map[string]string{"linkerd.io/inject": "disabled", "consul.hashicorp.com/connect-inject": "false"}
	for _, m := range manifests {
		t.Run(m.file, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, deployed(t), "mesh-"+strings.TrimSuffix(m.file, ".yaml"))
			s.kubectl(t, deployFile(t, m.file), "create", "-f", "-")
			var template *corev1.PodTemplateSpec
			out := true
			if m.jobOf != nil {
				template = &m.jobOf(t, s).Spec.Template
			} else {
				template = m.template(t, s)
				// An application's Pod stays in its mesh.
				out = m.tekton
			}
			if got := contains(template.Labels, labels) && contains(template.Annotations, annotations); got != out {
				t.Errorf("out of the meshes: %t, want %t\nlabels %v\nannotations %v", got, out, template.Labels, template.Annotations)
			}
		})
	}
}

func contains(all, some map[string]string) bool {
	for key := range maps.Keys(some) {
		if all[key] != some[key] {
			return false
		}
	}
	return true
}
