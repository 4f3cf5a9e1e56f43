package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPermissionOfClusterScoped shows why a resource without a namespace is reviewed
// without one. kubectl and the server's review say that a Role allows it in its
// namespace, but the request is refused.
func TestPermissionOfClusterScoped(t *testing.T) {
	t.Parallel()
	c := extended(t)
	access(t, c)
	a, kubeconfig := accessTo(t, c, "bound")
	eventually(t, 20*time.Second, func() error {
		out, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "auth", "can-i", "list", "nodes", "-n", "preflight")
		if strings.TrimSpace(out) != "yes" {
			return fmt.Errorf("kubectl auth can-i says %q: %w", out, err)
		}
		return nil
	})
	if _, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "get", "nodes"); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("kubectl get nodes: %v", err)
	}
	const address = `permission["p"].verb["list"].resource["nodes"]`
	const declaration = "permission \"p\" {\n  verbs = [\"list\"]\n  resources = [\"nodes\"]\n  NAMESPACE\n}\n"
	a.apply(t, strings.Replace(declaration, "NAMESPACE", "", 1)).expect(t, want{
		exit: 2, findings: map[string]string{address: "drifted permission-denied"},
		text: []string{address + " is not allowed: list nodes", "(refused to system:serviceaccount:preflight:bound"}, requests: 8,
	})
	a.apply(t, strings.Replace(declaration, "NAMESPACE", `namespace = "preflight"`, 1)).expect(t, want{
		exit: 2, findings: map[string]string{address: "drifted scope-mismatch namespace: preflight -> Cluster"},
		text: []string{address, "namespace: preflight -> Cluster (nodes is in no namespace; leave namespace out)"}, requests: 5,
	})
	// One namespace by its name is authorized within itself.
	if _, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "get", "--raw", "/api/v1/namespaces/preflight"); err != nil {
		t.Error(err)
	}
	if _, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "get", "--raw", "/api/v1/namespaces/elsewhere"); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("namespaces/elsewhere: %v", err)
	}
}

// TestPermissionOfAbsent covers permissions that are not asked about, because the
// resource is not served or cannot be determined.
func TestPermissionOfAbsent(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	const of = `permission["p"].verb["get"].resource[%q]`
	for resource, w := range map[string]want{
		"deployments":              {exit: 2, text: []string{"is not served (deployments.apps is served; if only access control knows this name, set virtual = true)"}, requests: 5, findings: map[string]string{"": "drifted resource-not-served"}},
		"ingresses.extensions":     {exit: 2, text: []string{"is not served (ingresses.networking.k8s.io is served; if only"}, requests: 5, findings: map[string]string{"": "drifted resource-not-served"}},
		"pods/logs":                {exit: 2, text: []string{"is not served (did you mean log; if only"}, requests: 5, findings: map[string]string{"": "drifted subresource-not-served"}},
		"pods.metrics.example.com": {exit: 3, text: []string{"metrics.example.com/v1beta1"}, requests: 2, findings: map[string]string{"": "undetermined stale"}},
	} {
		t.Run(resource, func(t *testing.T) {
			w.findings = map[string]string{fmt.Sprintf(of, resource): w.findings[""]}
			a.apply(t, fmt.Sprintf("permission \"p\" {\n  verbs = [\"get\"]\n  resources = [%q]\n}\n", resource)).expect(t, w)
		})
	}
}

// TestReviewForbidden removes system:basic-user, as some do to harden a cluster.
func TestReviewForbidden(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	const path, pods = `permission["path"].verb["get"].non_resource_url["/healthz"]`, `permission["pods"].verb["get"].resource["pods"]`
	declaration := `
permission "path" {
  verbs             = ["get"]
  non_resource_urls = ["/healthz"]
}
permission "pods" {
  verbs     = ["get"]
  resources = ["pods"]
}
check "either" {
  assert {
    condition     = served("v1", "pods") || allowed("get", "pods")
    error_message = "No pods."
  }
  assert {
    condition     = kubernetes("< 1") || allowed("get", "pods")
    error_message = "No pods."
  }
}`
	a.apply(t, declaration).expect(t, want{
		exit: 2, findings: map[string]string{
			path: "satisfied", pods: "drifted permission-denied",
			`check["either"].assert`: "satisfied", `check["either"].assert#2`: "drifted assert-failed",
		},
		text: []string{"Drift."}, requests: 12,
	})
	if _, err := c.Kubectl(t.Context(), "", "delete", "clusterrolebinding", "system:basic-user"); err != nil {
		t.Fatal(err)
	}
	var o outcome
	eventually(t, 10*time.Second, func() error {
		if o = a.apply(t, declaration); o.ExitCode == 2 {
			return fmt.Errorf("exit 2, although reviews are forbidden")
		}
		return nil
	})
	o.expect(t, want{
		exit: 3, findings: map[string]string{
			path: "undetermined forbidden", pods: "undetermined forbidden",
			`check["either"].assert`: "satisfied", `check["either"].assert#2`: "undetermined forbidden",
		},
		text:     []string{"Undetermined.", "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews: 403 Forbidden", "hint: bind the ClusterRole system:basic-user to system:serviceaccount:preflight:preflight, as"},
		requests: 5,
	})
}

// TestNamespaceFlag tests --namespace, live and with a snapshot that was recorded
// without it.
func TestNamespaceFlag(t *testing.T) {
	t.Parallel()
	c := extended(t)
	access(t, c)
	a, _ := accessTo(t, c, "bound")
	const declaration = "permission \"p\" {\n  verbs = [\"get\"]\n  resources = [\"pods\"]\n}\n"
	const address = `permission["p"].verb["get"].resource["pods"]`
	eventually(t, 20*time.Second, func() error {
		if o := a.apply(t, declaration, "--namespace", "preflight"); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	a.apply(t, declaration, "--namespace", "elsewhere").expect(t, want{
		exit: 2, findings: map[string]string{address: "drifted permission-denied"},
		text: []string{"get pods in the namespace elsewhere"},
		// One of the requests asks who was refused.
		requests: 8,
	})

	// Outside a Pod, there is no namespace.
	if err := os.Remove(filepath.Join(a.volume.Dir, "namespace")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args  []string
		warns bool
	}{
		{nil, true},
		{[]string{"--namespace", "preflight"}, false},
	} {
		args := append([]string{"snapshot", "--service-account-dir", a.volume.Dir}, test.args...)
		r := a.kreconcile(t, declaration, append(args, "-")...)
		warns := strings.Contains(r.Stderr, "Hint: add --namespace NAME") && strings.Contains(r.Stderr, "does not decide "+address)
		if r.ExitCode != 0 || !strings.HasPrefix(r.Stderr, "Recorded v1.") || warns != test.warns {
			t.Errorf("%v: exit %d\n%s", test.args, r.ExitCode, r.Stderr)
		}
	}
}

// TestAllowedVerbNotServed tests a ClusterRole with *, which allows verbs that no
// server has. The server's review says yes, but it answers the request with 405.
func TestAllowedVerbNotServed(t *testing.T) {
	t.Parallel()
	c := extended(t)
	access(t, c)
	a, kubeconfig := accessTo(t, c, "bound")
	const declaration = "permission \"p\" {\n  verbs = [\"delete\", \"patch\"]\n  resources = [\"jobs.batch/status\"]\n}\n"
	var o outcome
	eventually(t, 20*time.Second, func() error {
		if o = a.apply(t, declaration); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	if !strings.Contains(o.Stderr, "Warning: Verb not served") || strings.Count(o.Stderr, "Warning: ") != 1 ||
		!strings.Contains(o.Stderr, "jobs.batch/status has no verb delete, so that such a request fails in spite of it. It has get, patch, update.") {
		t.Errorf("it says\n%s", o.Stderr)
	}
	_, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "delete", "--raw", "/apis/batch/v1/namespaces/preflight/jobs/x/status")
	if err == nil || !strings.Contains(err.Error(), "MethodNotAllowed") {
		t.Errorf("kubectl delete: %v", err)
	}
}
