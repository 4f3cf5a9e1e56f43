package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// rawResource is an entry of a plain list of resources.
type rawResource struct {
	Name       string
	Namespaced bool
	Kind       string
	Verbs      []string
}

// rawResources returns a group version as kubectl get --raw shows it.
func rawResources(t *testing.T, c *cluster.Cluster, api string) []rawResource {
	t.Helper()
	out, err := c.Kubectl(t.Context(), "", "get", "--raw", "/apis/"+api)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Resources []rawResource }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Resources) == 0 {
		t.Fatalf("%s lists nothing: %s", api, out)
	}
	return list.Resources
}

// declareAll declares every resource of a list with all its facets, in each way that
// the language has for it.
func declareAll(api string, list []rawResource) string {
	var blocks, others strings.Builder
	for i, r := range list {
		fmt.Fprintf(&blocks, "  resource %q {\n    kind  = %q\n    verbs = [\"%s\"]\n  }\n", r.Name, r.Kind, strings.Join(r.Verbs, `", "`))
		if !strings.Contains(r.Name, "/") {
			scope := map[bool]string{true: "Namespaced", false: "Cluster"}[r.Namespaced]
			fmt.Fprintf(&blocks, "  kind %q {\n    scope = %q\n  }\n", r.Kind, scope)
		}
		fmt.Fprintf(&others, "check \"c%d\" {\n  assert {\n    condition     = served(%q, %q)\n    error_message = \"It is not served.\"\n  }\n}\n", i, api, r.Name)
	}
	return fmt.Sprintf("api %q {\n%s}\n%s", api, &blocks, &others)
}

// TestNamesOfAggregatedAPI declares names that Kubernetes itself would not allow, as
// aggregated API servers list them.
func TestNamesOfAggregatedAPI(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	const api = "odd.example.org/v1"
	entry := func(name, kind string) string {
		return fmt.Sprintf(`{"name":%q,"singularName":"","namespaced":true,"kind":%q,"verbs":["get"]}`, name, kind)
	}
	b := startBackend(t, "127.0.0.1:0", api, `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"`+api+`","resources":[`+strings.Join([]string{
		entry("things", "Thing"),
		entry("pods/http_requests", "MetricValueList"),
		entry("jobs.batch/Items_per_second", "MetricValueList"),
		entry("*/requests", "MetricValueList"),
		entry("/custommetrics", "MetricValueList"),
		entry("machines/a/b", "Deep"),
		entry("machines/start", "odd-Kind"),
		entry("UPPER", "UPPER"),
		entry("under_score", "lower"),
		entry("dotted.name", "Dotted.Name"),
	}, ",")+`]}`)
	b.register(t, c, "odd")
	// The server has its list once the API is available.
	eventually(t, time.Minute, func() error {
		_, err := c.Kubectl(t.Context(), "", "wait", "--for=condition=Available", "--timeout=1s", "apiservice", "v1.odd.example.org")
		return err
	})
	for _, r := range rawResources(t, c, api) {
		t.Run(r.Name, func(t *testing.T) {
			// A moment later it is in the aggregated documents.
			eventually(t, 10*time.Second, func() error {
				o := a.apply(t, declareAll(api, []rawResource{r}))
				if o.ExitCode == 1 {
					t.Fatal(o.Stderr)
				}
				if o.ExitCode != 0 {
					return fmt.Errorf("exit %d for %+v\n%s%s", o.ExitCode, r, o.Stdout, o.Stderr)
				}
				return nil
			})
			other := r
			other.Name += "x"
			if o := a.apply(t, declareAll(api, []rawResource{other})); o.ExitCode != 2 {
				t.Errorf("exit %d for %+v, which is not listed\n%s%s", o.ExitCode, other, o.Stdout, o.Stderr)
			}
		})
	}
	t.Run("a parent that is not listed", func(t *testing.T) {
		o := a.apply(t, "api \""+api+"\" {\n  resource \"machines\" {\n    subresource \"start\" {}\n    subresource \"stop\" {}\n  }\n}")
		const machines = `api["` + api + `"].resource["machines"]`
		o.expect(t, want{exit: 2, requests: -1, text: []string{"only its subresources are served"}, findings: map[string]string{
			`api["` + api + `"]`:               "satisfied",
			machines:                           "drifted resource-not-served",
			machines + `.subresource["start"]`: "satisfied",
			machines + `.subresource["stop"]`:  "drifted subresource-not-served",
		}})
	})
}

// TestSubresourceByItself declares subresources as RBAC names them.
func TestSubresourceByItself(t *testing.T) {
	t.Parallel()
	a := newAccount(t, extended(t))
	for _, test := range []struct {
		api, resource, body string
		exit                int
	}{
		{"v1", "pods/log", "", 0},
		{"v1", "pods/log", `verbs = ["get"]`, 0},
		{"v1", "pods/log", `verbs = ["list"]`, 2},
		{"v1", "pods/log", "served = false", 2},
		{"v1", "pods/logs", "", 2},
		{"v1", "pods/logs", "served = false", 0},
		{"v1", "pods/exec", "kind = \"PodExecOptions\"\nverbs = [\"create\", \"get\"]", 0},
		{"v1", "pods/eviction", `kind = "Eviction"`, 0},
		{"v1", "pods/eviction", `kind = "Pod"`, 2},
		{"v1", "pod/log", "", 2},
		{"v1", "serviceaccounts/token", `verbs = ["create"]`, 0},
		{"v1", "namespaces/finalize", `verbs = ["update"]`, 0},
		{"apps/v1", "deployments/scale", "kind = \"Scale\"\nverbs = [\"get\", \"patch\", \"update\"]", 0},
		{"apps/v1", "deployments/scale", `kind = "Deployment"`, 2},
		{"apps/v1", "deployments/scale", `verbs = ["delete"]`, 2},
		{"apps/v2", "deployments/scale", "", 2},
		{"example.com/v1", "widgets/scale", `kind = "Scale"`, 0},
		{"example.com/v1", "widgets/status", `kind = "Widget"`, 0},
		{"example.com/v1", "widgets/finalizers", "", 2},
		{"metrics.example.com/v1beta1", "pods/usage", "", 3},
	} {
		t.Run(test.resource+" "+test.body, func(t *testing.T) {
			o := a.apply(t, fmt.Sprintf("api %q {\n  resource %q {\n%s\n  }\n}", test.api, test.resource, test.body))
			if o.ExitCode != test.exit {
				t.Errorf("exit %d, want %d\n%s%s", o.ExitCode, test.exit, o.Stdout, o.Stderr)
			}
		})
	}
}
