package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// accessTo returns the account of another ServiceAccount in the namespace preflight,
// and a kubeconfig for the same account.
func accessTo(t *testing.T, c *cluster.Cluster, name string) (a *account, kubeconfig string) {
	t.Helper()
	a = newAccount(t, c)
	token, err := c.Token(t.Context(), "preflight", name)
	if err != nil {
		t.Fatal(err)
	}
	a.set(t, "token", token)
	kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := c.WriteKubeconfig(kubeconfig, token); err != nil {
		t.Fatal(err)
	}
	return a, kubeconfig
}

func access(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join("testdata", "access.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), string(manifest)); err != nil {
		t.Fatal(err)
	}
}

// permission is one permission of the table, and kubectl's words for it.
type permission struct {
	verb, resource, more string
	// canI are kubectl's words after the verb. It has none for all resources of a
	// group.
	canI string
	// bound and unbound say whether each account may do it.
	bound, unbound bool
	// list is false if kubectl auth can-i --list does not show it for the namespace
	// preflight.
	list bool
}

var permissions = []permission{
	{"get", "pods", "", "pods -n preflight", true, false, true},
	{"list", "pods", `namespace = "elsewhere"`, "pods -n elsewhere", false, false, false},
	{"get", "pods", `namespace = "*"`, "pods -A", false, false, false},
	{"delete", "pods", "", "pods -n preflight", false, false, true},
	{"get", "pods/log", "", "pods --subresource=log -n preflight", true, false, true},
	{"create", "pods/exec", "", "pods --subresource=exec -n preflight", false, false, true},
	{"create", "deployments.apps", "", "deployments.apps -n preflight", true, false, true},
	{"delete", "deployments.apps", "", "deployments.apps -n preflight", false, false, true},
	{"update", "deployments.apps/scale", "", "deployments.apps --subresource=scale -n preflight", false, false, true},
	{"update", "deployments.apps/finalizers", "", "deployments.apps --subresource=finalizers -n preflight", true, false, true},
	{"update", "deployments.apps/finalizers", `namespace = "*"`, "deployments.apps --subresource=finalizers -A", true, false, true},
	{"delete", "deployments.apps/finalizers", "", "deployments.apps --subresource=finalizers -n preflight", false, false, true},
	{"create", "routes.route.openshift.io/custom-host", "", "", true, false, true},
	{"use", "tenants.access.example.com", "virtual = true", "", true, false, true},
	{"get", "tenants.access.example.com", "virtual = true", "", false, false, true},
	{"get", "configmaps", `name = "settings"`, "configmaps/settings -n preflight", true, false, true},
	{"get", "configmaps", `name = "other"`, "configmaps/other -n preflight", false, false, true},
	{"get", "configmaps", "", "configmaps -n preflight", false, false, true},
	{"list", "services", "", "services -n preflight", true, false, true},
	{"list", "services", `namespace = "*"`, "services -A", true, false, false},
	{"list", "persistentvolumes", "", "persistentvolumes -A", true, false, true},
	{"list", "nodes", "", "nodes -A", false, false, false},
	{"get", "nodes/metrics", "", "nodes --subresource=metrics -A", true, false, true},
	{"get", "namespaces", `name = "preflight"`, "namespaces/preflight -n preflight", true, false, true},
	{"get", "namespaces", `name = "elsewhere"`, "namespaces/elsewhere -n elsewhere", false, false, false},
	{"delete", "jobs.batch", `namespace = "elsewhere"`, "jobs.batch -n elsewhere", true, false, false},
	{"*", "*.batch", "", "", true, false, true},
	{"get", "*", "", "* -A", false, false, true},
	{"impersonate", "users", `name = "jane"`, "users/jane -A", false, false, true},
	{"create", "selfsubjectaccessreviews.authorization.k8s.io", "", "selfsubjectaccessreviews.authorization.k8s.io -A", true, true, true},
	{"get", "/metrics", "", "/metrics", true, false, true},
	{"get", "/logs/kube-apiserver.log", "", "/logs/kube-apiserver.log", true, false, true},
	{"post", "/metrics", "", "/metrics", false, false, true},
	{"get", "/healthz", "", "/healthz", true, true, true},
}

func (p permission) declaration(i int) string {
	key := "resources"
	if p.resource[0] == '/' {
		key = "non_resource_urls"
	}
	return fmt.Sprintf("permission \"p%d\" {\n  verbs = [%q]\n  %s = [%q]\n  %s\n}\n", i, p.verb, key, p.resource, p.more)
}

func (p permission) address(i int) string {
	key := "resource"
	if p.resource[0] == '/' {
		key = "non_resource_url"
	}
	return fmt.Sprintf("permission[\"p%d\"].verb[%q].%s[%q]", i, p.verb, key, p.resource)
}

// TestPermissions compares what an account with roles and one without may do with the
// answers of kubectl auth can-i, one by one and as its list.
func TestPermissions(t *testing.T) {
	t.Parallel()
	c := extended(t)
	access(t, c)
	var declaration strings.Builder
	for i, p := range permissions {
		declaration.WriteString(p.declaration(i))
	}
	for name, may := range map[string]func(permission) bool{
		"bound":   func(p permission) bool { return p.bound },
		"unbound": func(p permission) bool { return p.unbound },
	} {
		t.Run(name, func(t *testing.T) {
			a, kubeconfig := accessTo(t, c, name)
			findings := map[string]string{}
			for i, p := range permissions {
				if findings[p.address(i)] = "satisfied"; !may(p) {
					findings[p.address(i)] = "drifted permission-denied"
				}
			}
			// The server may take a moment to know the roles.
			var o outcome
			eventually(t, 20*time.Second, func() error {
				o = a.apply(t, declaration.String())
				if diff := cmp.Diff(findings, o.report.findings()); diff != "" {
					return fmt.Errorf("findings differ (-want +got):\n%s", diff)
				}
				return nil
			})
			// The documents and the reviews, all of it again after /readyz, and the
			// identity that was refused.
			o.expect(t, want{
				exit: 2, findings: findings, requests: 2*(2+len(permissions)) + 2,
				text: []string{"Drift.", "(refused to system:serviceaccount:preflight:" + name},
			})

			rules := listRules(t, c, kubeconfig)
			for i, p := range permissions {
				if listed := slices.ContainsFunc(rules, func(r rule) bool { return r.allows(p) }); p.list && listed != may(p) {
					t.Errorf("%s: kubectl auth can-i --list has it: %t\n%+v", p.address(i), listed, rules)
				}
				if p.canI == "" {
					continue
				}
				args := append([]string{"--kubeconfig", kubeconfig, "auth", "can-i", p.verb}, strings.Fields(p.canI)...)
				// It exits 1 if the answer is no.
				out, _ := c.Kubectl(t.Context(), "", args...)
				answer := strings.TrimSpace(out)
				if (answer == "yes") != may(p) || answer != "yes" && answer != "no" && !strings.HasPrefix(answer, "no -") {
					t.Errorf("%s: kubectl auth can-i %s %s says %q", p.address(i), p.verb, p.canI, answer)
				}
			}
		})
	}
}

// rule is a line of kubectl auth can-i --list.
type rule struct{ resources, paths, names, verbs []string }

func listRules(t *testing.T, c *cluster.Cluster, kubeconfig string) []rule {
	t.Helper()
	out, err := c.Kubectl(t.Context(), "", "--kubeconfig", kubeconfig, "auth", "can-i", "--list", "-n", "preflight")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	columns := []string{"Resources", "Non-Resource URLs", "Resource Names", "Verbs"}
	var starts []int
	for _, column := range columns {
		starts = append(starts, strings.Index(lines[0], column))
	}
	if slices.Contains(starts, -1) {
		t.Fatalf("kubectl auth can-i --list begins with %q", lines[0])
	}
	var rules []rule
	for _, line := range lines[1:] {
		cell := func(i int) []string {
			from, to := min(starts[i], len(line)), len(line)
			if i+1 < len(starts) {
				to = min(starts[i+1], len(line))
			}
			return strings.Fields(strings.Trim(strings.TrimSpace(line[from:to]), "[]"))
		}
		rules = append(rules, rule{cell(0), cell(1), cell(2), cell(3)})
	}
	return rules
}

func (r rule) allows(p permission) bool {
	has := func(list []string, item string) bool {
		return slices.ContainsFunc(list, func(entry string) bool {
			prefix, wild := strings.CutSuffix(entry, "*")
			return entry == item || entry == "*" || wild && entry[0] == '/' && strings.HasPrefix(item, prefix)
		})
	}
	if !has(r.verbs, p.verb) {
		return false
	}
	if p.resource[0] == '/' {
		return has(r.paths, p.resource)
	}
	_, name, _ := strings.Cut(p.more, `name = "`)
	return has(r.resources, p.resource) && (len(r.names) == 0 || name != "" && has(r.names, strings.TrimSuffix(name, `"`)))
}

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

// TestChecks uses conditions on a cluster with an API without a backend.
func TestChecks(t *testing.T) {
	t.Parallel()
	c := extended(t)
	access(t, c)
	a, _ := accessTo(t, c, "bound")
	eventually(t, 20*time.Second, func() error {
		if o := a.apply(t, permissions[0].declaration(0)); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	const address = `check["c"].assert`
	for condition, test := range map[string]struct {
		exit     int
		finding  string
		text     []string
		requests int
	}{
		`served("metrics.example.com/v1beta1")`:                                          {3, "undetermined stale", []string{"the condition depends on what is not known: ", "metrics.example.com/v1beta1"}, 2},
		`!served("metrics.example.com/v1beta1", "pods")`:                                 {3, "undetermined stale", nil, 2},
		`true || served("metrics.example.com/v1beta1")`:                                  {0, "satisfied", nil, 0},
		`served("metrics.example.com/v1beta1") || served("v1", "pods/log")`:              {0, "satisfied", nil, 2},
		`served("metrics.example.com/v1beta1") || kubernetes(">= 1.36")`:                 {0, "satisfied", nil, 3},
		`served("metrics.example.com/v1beta1") && kubernetes("< 1.36")`:                  {2, "drifted assert-failed", []string{"does not hold: It is v" + newest() + "."}, 7},
		`served("metrics.example.com/v1beta1") && allowed("get", "pods")`:                {3, "undetermined stale", nil, 3},
		`kubernetes("~` + minor(newest(), 0) + `")`:                                      {0, "satisfied", nil, 1},
		`live.version == "v` + newest() + `" && live.git_version == "v` + newest() + `"`: {0, "satisfied", nil, 1},
		`live.platform == "linux/amd64" || live.platform == "linux/arm64"`:               {0, "satisfied", nil, 1},
		`served("networking.k8s.io/v1", "ingresses") || served("gone.example/v1")`:       {0, "satisfied", nil, 2},
		`served("gone.example/v1")`:                                                      {2, "drifted assert-failed", []string{"does not hold: It is v" + newest() + "."}, 7},
		`!served("policy/v1beta1")`:                                                      {0, "satisfied", nil, 5},
		`allowed("get", "pods/log") && allowed("create", "deployments.apps")`:            {0, "satisfied", nil, 4},
		`allowed("get", "pods", "elsewhere")`:                                            {2, "drifted assert-failed", nil, 9},
		`!allowed("list", "nodes")`:                                                      {0, "satisfied", nil, 7},
		`allowed("list", "nodes", "preflight")`:                                          {3, "undetermined evaluation-failed", []string{"nodes is in no namespace"}, 2},
		`served("networking.k8s.io/v1", kind("Ingress"))`:                                {0, "satisfied", nil, 2},
		`served("networking.k8s.io/v1", kind("NetworkPolicies"))`:                        {2, "drifted assert-failed", nil, 7},
		`served("metrics.example.com/v1beta1", kind("PodMetrics"))`:                      {3, "undetermined stale", nil, 2},
	} {
		t.Run(condition, func(t *testing.T) {
			declaration := fmt.Sprintf("check \"c\" {\n  assert {\n    condition = %s\n    error_message = \"It is ${live.version}.\"\n  }\n}\n", condition)
			a.apply(t, declaration).expect(t, want{
				exit: test.exit, findings: map[string]string{address: test.finding}, text: test.text, requests: test.requests,
			})
		})
	}
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
