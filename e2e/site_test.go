package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// site is a namespace of a cluster with what a controller manager would put there, and
// a node.
type site struct {
	cluster   *cluster.Cluster
	namespace string
	node      *node.Node
}

// siteManifest is what controllers make in each namespace, and a Service that tempts
// Pods with another API server. The namespace admits restricted Pods only.
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

// newSite makes the namespace. Its node has the image that the manifests and the chart name.
func newSite(t *testing.T, c *cluster.Cluster, name string) *site {
	t.Helper()
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
	if err := c.Apply(t.Context(), strings.ReplaceAll(siteManifest, "NAME", name)+string(ca)); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) kubectl(t *testing.T, input string, args ...string) string {
	t.Helper()
	out, err := s.cluster.Kubectl(t.Context(), input, append(args, "--namespace="+s.namespace)...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// read reads from the server what kubectl get says of the arguments: an object by kind
// and name, or a list.
func read[T any](t *testing.T, s *site, args ...string) *T {
	t.Helper()
	object := new(T)
	out := s.kubectl(t, "", append([]string{"get", "-o", "json"}, args...)...)
	if err := json.Unmarshal([]byte(out), object); err != nil {
		t.Fatal(err)
	}
	return object
}

// dryRun lets the server check an object, with every field that it does not know and
// every warning as an error.
func (s *site) dryRun(t *testing.T, object string) error {
	t.Helper()
	_, err := s.cluster.Kubectl(t.Context(), object, "create", "--namespace", s.namespace, "-f", "-",
		"--dry-run=server", "--validate=strict", "--warnings-as-errors")
	return err
}

// podOf makes a Pod as controllers do.
func podOf(t *testing.T, template *corev1.PodTemplateSpec) string {
	t.Helper()
	content, err := json.Marshal(corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{GenerateName: "check-", Labels: template.Labels, Annotations: template.Annotations},
		Spec:       template.Spec,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// startPod makes a Pod and gives it as the server keeps it, with what admission added.
func (s *site) startPod(t *testing.T, template *corev1.PodTemplateSpec) *corev1.Pod {
	t.Helper()
	var p corev1.Pod
	if err := json.Unmarshal([]byte(s.kubectl(t, podOf(t, template), "create", "-f", "-", "-o", "json")), &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

// run runs one container of a Pod. It skips the test where the machine does not allow
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
