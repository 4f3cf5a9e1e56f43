package e2e

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// site is a namespace of a cluster with what a controller manager would put there,
// and a node.
type site struct {
	cluster   *cluster.Cluster
	namespace string
	node      *node.Node
}

// siteManifest is what controllers make in each namespace, and a Service that offers
// Pods another API server. The namespace is that of a strict platform team: it admits
// only restricted Pods with requests and limits for all resources, within its own
// limits.
const siteManifest = `
apiVersion: v1
kind: Namespace
metadata:
  name: NAME
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: NAME}
spec:
  limits:
  - type: Container
    min: {cpu: 10m, memory: 16Mi}
    # A maximum is a default, too: what a quota asks for must not be filled in.
    max: {memory: 512Mi}
    maxLimitRequestRatio: {memory: "4"}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: NAME}
spec:
  hard:
    requests.cpu: 1k
    requests.memory: 1Ti
    requests.ephemeral-storage: 1Ti
    limits.cpu: 1k
    limits.memory: 1Ti
    limits.ephemeral-storage: 1Ti
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: NAME}
# What hardened clusters say.
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: NAME}
spec:
  ports: [{port: 8443}]
---
`

// sitePolicies are the policies of testdata/policies.yaml that each site has.
var sitePolicies = []string{"name-required", "automount-forbidden", "os-selector-required"}

// newSite makes the namespace, with further policies of testdata/policies.yaml. Its
// node has the image of the manifests and the chart.
func newSite(t *testing.T, c *cluster.Cluster, name string, policies ...string) *site {
	t.Helper()
	policies = append(policies, sitePolicies...)
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	s := &site{cluster: c, namespace: name, node: &node.Node{
		APIServer: c.Address, Client: kubernetes.NewForConfigOrDie(config),
		Images: map[string]map[string]string{"kreconcile:0.1.0": {"/kreconcile": suite.programs.Kreconcile}},
	}}
	ca, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": "kube-root-ca.crt", "namespace": name},
		"data": map[string]string{"ca.crt": string(c.CA.PEM)},
	})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := os.ReadFile(filepath.Join("testdata", "policies.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), strings.ReplaceAll(siteManifest, "NAME", name)+string(ca)+"---\n"+string(rules)); err != nil {
		t.Fatal(err)
	}
	s.fillQuota(t)
	namespaces := s.node.Client.CoreV1().Namespaces()
	namespace, err := namespaces.Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, policy := range policies {
		namespace.Labels["policies.test/"+policy] = "enforced"
	}
	if _, err := namespaces.Update(t.Context(), namespace, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, policy := range policies {
		s.expectEnforced(t, policy)
	}
	s.expectEnforced(t, "")
	return s
}

// fillQuota does what the quota controller does: admission reads the status.
func (s *site) fillQuota(t *testing.T) {
	t.Helper()
	quotas := s.node.Client.CoreV1().ResourceQuotas(s.namespace)
	quota, err := quotas.Get(t.Context(), "quota", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	quota.Status = corev1.ResourceQuotaStatus{Hard: quota.Spec.Hard, Used: corev1.ResourceList{}}
	for name := range quota.Spec.Hard {
		quota.Status.Used[name] = resource.Quantity{}
	}
	if _, err := quotas.UpdateStatus(t.Context(), quota, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// expectEnforced waits until the server refuses a Pod that meets all policies but
// one. Without a policy, it waits until the server admits the Pod, for which it must know
// the quota.
func (s *site) expectEnforced(t *testing.T, policy string) {
	t.Helper()
	const admitted = `
metadata:
  name: refused
  labels: {app.kubernetes.io/name: refused, example.com/owner: nobody}
  annotations: {example.com/contact: nobody}
spec:
  automountServiceAccountToken: false
  nodeSelector: {kubernetes.io/os: linux}
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: refused
    image: refused
    resources:
      requests: {cpu: 50m, memory: 64Mi, ephemeral-storage: 1Mi}
      limits: {cpu: 500m, memory: 64Mi, ephemeral-storage: 1Mi}
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`
	var p corev1.Pod
	if err := yaml.UnmarshalStrict([]byte(admitted), &p); err != nil {
		t.Fatal(err)
	}
	switch policy {
	case "name-required":
		delete(p.Labels, "app.kubernetes.io/name")
	case "owner-required":
		delete(p.Labels, "example.com/owner")
	case "automount-forbidden":
		p.Spec.AutomountServiceAccountToken = nil
	case "os-selector-required":
		p.Spec.NodeSelector = nil
	case "openshift":
		p.Spec.SecurityContext.RunAsUser = new(int64)
		*p.Spec.SecurityContext.RunAsUser = 65532
	}
	eventually(t, 30*time.Second, func() error {
		_, err := s.node.Client.CoreV1().Pods(s.namespace).Create(t.Context(), &p, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if policy == "" {
			return err
		}
		if err == nil || !strings.Contains(err.Error(), "ValidatingAdmissionPolicy '"+policy+"'") {
			return fmt.Errorf("the policy %s did not refuse: %w", policy, err)
		}
		return nil
	})
}

func (s *site) kubectl(t *testing.T, input string, args ...string) string {
	t.Helper()
	out, err := s.cluster.Kubectl(t.Context(), input, append(args, "--namespace="+s.namespace)...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// read reads from the server what kubectl get would show: an object by its resource
// and name, or a list if the name is empty.
func read[T any](t *testing.T, s *site, resource, name string) *T {
	t.Helper()
	object := new(T)
	if err := s.cluster.Read(t.Context(), s.namespace, resource, name, object); err != nil {
		t.Fatal(err)
	}
	return object
}

// dryRun lets the server check an object; every unknown field and every warning is an
// error.
func (s *site) dryRun(t *testing.T, object string) error {
	t.Helper()
	return s.cluster.DryRun(t.Context(), s.namespace, object)
}

// podOf makes a Pod as controllers do.
func podOf(t *testing.T, template *corev1.PodTemplateSpec) string {
	t.Helper()
	content, err := json.Marshal(corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{GenerateName: cmp.Or(template.GenerateName, "check-"), Labels: template.Labels, Annotations: template.Annotations},
		Spec:       template.Spec,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// startPod makes a Pod and returns it as stored, with what admission added.
func (s *site) startPod(t *testing.T, template *corev1.PodTemplateSpec) *corev1.Pod {
	t.Helper()
	var p corev1.Pod
	if err := json.Unmarshal([]byte(podOf(t, template)), &p); err != nil {
		t.Fatal(err)
	}
	stored, err := s.node.Client.CoreV1().Pods(s.namespace).Create(t.Context(), &p, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// run runs one container of a Pod. It skips the test if the machine does not allow
// namespaces.
func (s *site) run(t *testing.T, p *corev1.Pod, container string) *node.Terminated {
	t.Helper()
	r, err := s.node.Run(t.Context(), p, container)
	if errors.Is(err, pod.ErrForbidden) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	a := account{files: map[string]string{"token": r.Token}}
	a.expectNoToken(t, r.Stdout, r.Stderr, r.Message, fmt.Sprint(r.Files))
	return r
}
