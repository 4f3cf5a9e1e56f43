package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// virtualRoles are the rights of the accounts of TestFinalizersPermission: names that
// only access control knows, and discovery does not list.
const virtualRoles = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: keeper, namespace: preflight}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: idler, namespace: preflight}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: boss, namespace: preflight}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: keeper}
rules:
- {apiGroups: [apps], resources: [deployments/finalizers], verbs: [update]}
- {apiGroups: [example.com], resources: [widgets/finalizers], verbs: [update]}
- {apiGroups: [gone.example.com], resources: [things/finalizers], verbs: [update]}
- {apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [example.com/*], verbs: [approve]}
- {apiGroups: [route.openshift.io], resources: [routes/custom-host], verbs: [create]}
- {apiGroups: [library.example.com], resources: [shelves, pods/shelf], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: keeper}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: keeper}
subjects: [{kind: ServiceAccount, name: keeper, namespace: preflight}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: boss}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: boss, namespace: preflight}]
`

// TestFinalizersPermission asks for names that only access control knows, and for
// others that nothing knows, which an administrator is still allowed.
func TestFinalizersPermission(t *testing.T) {
	t.Parallel()
	c := extended(t)
	if err := c.Apply(t.Context(), virtualRoles); err != nil {
		t.Fatal(err)
	}
	const (
		denied     = "drifted permission-denied"
		noResource = "drifted resource-not-served"
		noChild    = "drifted subresource-not-served"
	)
	tests := []struct {
		verb, resource, more string
		// keeper, idler and boss are the findings of each account.
		keeper, idler, boss string
	}{
		{"update", "deployments.apps/finalizers", "", "satisfied", denied, "satisfied"},
		{"update", "pods/finalizers", "", denied, denied, "satisfied"},
		{"update", "widgets.example.com/finalizers", "", "satisfied", denied, "satisfied"},
		{"delete", "deployments.apps/finalizers", "", denied, denied, "satisfied"},
		{"approve", "signers.certificates.k8s.io", `name = "example.com/*"`, "satisfied", denied, "satisfied"},
		{"create", "routes.route.openshift.io/custom-host", "", "satisfied", denied, "satisfied"},
		{"get", "shelves.library.example.com", "virtual = true", "satisfied", denied, "satisfied"},
		{"get", "pods.library.example.com/shelf", "virtual = true", "satisfied", denied, "satisfied"},
		{"get", "pods/logs", "virtual = true", denied, denied, "satisfied"},

		{"get", "pods/logs", "", noChild, noChild, noChild},
		{"update", "deployment.apps/finalizers", "", noResource, noResource, noResource},
		{"update", "deployments/finalizers", "", noResource, noResource, noResource},
		{"update", "deployments.apps/finalizer", "", noChild, noChild, noChild},
		{"update", "things.gone.example.com/finalizers", "", noResource, noResource, noResource},
		{"get", "shelves.library.example.com", "", noResource, noResource, noResource},
	}
	for _, name := range []string{"keeper", "idler", "boss"} {
		a, kubeconfig := accessTo(t, c, name)
		// The server may take a moment to know the roles.
		eventually(t, 20*time.Second, func() error {
			out, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "auth", "can-i", "update", "deployments.apps", "--subresource=finalizers")
			if strings.TrimSpace(out) != map[bool]string{true: "yes", false: "no"}[name != "idler"] {
				return fmt.Errorf("kubectl auth can-i says %q: %w", out, err)
			}
			return nil
		})
		for _, test := range tests {
			t.Run(strings.TrimSpace(name+"/"+test.verb+" "+test.resource+" "+test.more), func(t *testing.T) {
				finding := map[string]string{"keeper": test.keeper, "idler": test.idler, "boss": test.boss}[name]
				w := want{exit: 2, findings: map[string]string{
					fmt.Sprintf("permission[\"p0\"].verb[%q].resource[%q]", test.verb, test.resource): finding,
				}, requests: -1}
				if finding == "satisfied" {
					w.exit = 0
				}
				if finding == noResource || finding == noChild {
					w.text = []string{"virtual"}
				}
				a.apply(t, permission{verb: test.verb, resource: test.resource, more: test.more}.declaration(0)).expect(t, w)

				if test.more != "" {
					return // a condition cannot say that
				}
				if o := a.apply(t, condition(fmt.Sprintf("allowed(%q, %q)", test.verb, test.resource))); o.ExitCode != w.exit {
					t.Errorf("exit %d by a condition, want %d\n%s%s", o.ExitCode, w.exit, o.Stdout, o.Stderr)
				}
			})
		}
	}
}

// TestPathsOfResources compares paths with what the server does with a request: what
// is under a group version is a resource, which no rule for paths allows.
func TestPathsOfResources(t *testing.T) {
	t.Parallel()
	c := stock(t)
	a, kubeconfig := accessTo(t, c, "preflight")
	for path, exit := range map[string]int{
		"/api": 0, "/api/": 0, "/api/v1": 0, "/apis": 0, "/apis/apps": 0, "/apis/apps/v1": 0, "/apis/gone.example.com/v1": 0,
		"/healthz": 0, "/openapi/v3/apis/apps/v1": 0, "/metrics": 2,

		"/api/v1/secrets": 1, "/api/v1/namespaces/preflight/secrets": 1, "/apis/apps/v1/deployments": 1,
		"/apis/gone.example.com/v1/things": 1, "/api/v1/secrets/": 1, "/api/v1/watch/secrets": 1,
		"/api//v1/secrets": 1, "/openapi/../api/v1/secrets": 1, "/api/v1/%73ecrets": 1, "/api/./v1/secrets": 1,
	} {
		t.Run(path, func(t *testing.T) {
			r := a.kreconcile(t, permission{verb: "get", resource: path}.declaration(0), "apply", "--service-account-dir", a.volume.Dir, "-")
			if r.ExitCode != exit {
				t.Errorf("exit %d, want %d\n%s%s", r.ExitCode, exit, r.Stdout, r.Stderr)
			}
			if strings.HasPrefix(path, "/api/v1/secrets") && !strings.Contains(r.Stderr, "resources") {
				t.Errorf("it does not say how to ask:\n%s", r.Stderr)
			}
			_, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "get", "--raw", path)
			if forbidden := err != nil && strings.Contains(err.Error(), "Forbidden"); forbidden && r.ExitCode == 0 {
				t.Errorf("exit 0, but the server refuses the request: %v", err)
			}
		})
	}
}
