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
