package node

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestExpandVariables tests what a container's variable is expanded with: the
// variables before it, and the Services.
func TestExpandVariables(t *testing.T) {
	t.Parallel()
	service := func(namespace, ip string) corev1.Service {
		return corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "kubernetes", Namespace: namespace},
			Spec:       corev1.ServiceSpec{ClusterIP: ip, Ports: []corev1.ServicePort{{Name: "https", Port: 443}}},
		}
	}
	services := []corev1.Service{service("default", "10.96.0.1"), service("web", "10.96.7.7")}
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "web"}, Spec: corev1.PodSpec{EnableServiceLinks: new(bool)}}
	c := &corev1.Container{Env: []corev1.EnvVar{
		{Name: "EARLY", Value: "$(LATE)"}, {Name: "LATE", Value: "late"}, {Name: "BOTH", Value: "$(EARLY) $(LATE)"},
		{Name: "HOST", Value: "$(KUBERNETES_SERVICE_HOST)"}, {Name: "KUBERNETES_SERVICE_PORT", Value: "$(KUBERNETES_SERVICE_PORT)0"},
	}}
	want := map[string]string{
		"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "4430", "KUBERNETES_SERVICE_PORT_HTTPS": "443",
		"EARLY": "$(LATE)", "LATE": "late", "BOTH": "$(LATE) late", "HOST": "10.96.0.1",
	}
	got, err := variables(services, p, c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables differ (-want +got):\n%s", diff)
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
