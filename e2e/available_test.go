package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// TestAvailable kills the process behind an aggregated API. The API server goes on
// calling it current for some seconds: a declaration that asks for the API itself
// is not satisfied by that.
func TestAvailable(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{manifests: []string{"widgets.yaml"}})
	a := newAccount(t, c)
	s := newAdapter(t, c, a)
	const plain, available = `api "custom.metrics.k8s.io/v1beta2" {}`, `api "custom.metrics.k8s.io/v1beta2" { available = true }`
	eventually(t, time.Minute, func() error {
		s.expectRunning(t)
		if o := a.apply(t, plain); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	t.Run("names", func(t *testing.T) {
		for _, api := range []string{"custom.metrics.k8s.io/v1beta2", "external.metrics.k8s.io/v1beta1"} {
			// The aggregated documents have the group version without any resource, as
			// the adapter's own have, while its plain list has them. So nothing may be
			// called absent.
			if o := a.apply(t, declareAll(api, rawResources(t, c, api))); o.ExitCode != 0 && o.ExitCode != 3 {
				t.Errorf("%s: exit %d for what it lists\n%s%s", api, o.ExitCode, o.Stdout, o.Stderr)
			}
		}
	})
	current := 0
	for range 3 {
		eventually(t, time.Minute, func() error {
			s.expectRunning(t)
			o := a.apply(t, available)
			if o.ExitCode == 1 {
				t.Fatal(o.Stderr)
			}
			if o.ExitCode != 0 {
				return fmt.Errorf("exit %d: %s%s", o.ExitCode, o.Stdout, o.Stderr)
			}
			return nil
		})
		s.stop()
		o := a.apply(t, available)
		if o.ExitCode != 3 || !strings.Contains(o.Stdout, "503") && !strings.Contains(o.Stdout, "stale") {
			t.Errorf("exit %d right after the kill, want 3 for a 503\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
		}
		// It may happen to look at that moment.
		if a.apply(t, plain).ExitCode == 0 {
			current++
			break
		}
		s.start(t)
	}
	if current == 0 {
		t.Error("the API server never called the API current once its process was dead: this was about nothing")
	}
	for declaration, exit := range map[string]int{
		`api "v1" { available = true }`:             0,
		`api "apps/v1" { available = true }`:        0,
		`api "example.com/v1" { available = true }`: 0,
		`api "policy/v1beta1" { available = true }`: 2,
		"api \"external.metrics.k8s.io/v1beta1\" {\n  available = true\n  resource \"externalmetrics\" {}\n}": 3,
	} {
		if o := a.apply(t, declaration); o.ExitCode != exit {
			t.Errorf("%s: exit %d, want %d\n%s%s", declaration, o.ExitCode, exit, o.Stdout, o.Stderr)
		}
	}
}

// rawResource is an entry of a plain list of resources.
type rawResource struct {
	Name       string
	Namespaced bool
	Kind       string
	Verbs      []string
}

// rawResources gives what kubectl get --raw shows of a group version.
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

// declareAll declares every resource of a list with all that it says, in each way in
// which the language names one.
func declareAll(api string, list []rawResource) string {
	var blocks, others strings.Builder
	for i, r := range list {
		parent, child, nested := strings.Cut(r.Name, "/")
		fmt.Fprintf(&blocks, "  resource %q {\n    kind  = %q\n    verbs = [\"%s\"]\n", r.Name, r.Kind, strings.Join(r.Verbs, `", "`))
		switch scope := map[bool]string{true: "Namespaced", false: "Cluster"}[r.Namespaced]; {
		case !nested:
			fmt.Fprintf(&blocks, "    scope = %q\n  }\n  kind %q {}\n", scope, r.Kind)
		case parent != "":
			fmt.Fprintf(&blocks, "  }\n  resource %q {\n    subresource %q {}\n  }\n", parent, child)
		default:
			blocks.WriteString("  }\n")
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
		entry("machines/start", "odd kind"),
		entry("UPPER", "UPPER"),
		entry("under_score", "lower"),
		entry("dotted.name", "Dotted.Name"),
	}, ",")+`]}`)
	b.register(t, c, "odd")
	// The server has its list once it calls the API available.
	eventually(t, time.Minute, func() error {
		_, err := c.Kubectl(t.Context(), "", "wait", "--for=condition=Available", "--timeout=1s", "apiservice", "v1.odd.example.org")
		return err
	})
	for _, r := range rawResources(t, c, api) {
		t.Run(r.Name, func(t *testing.T) {
			// It is in the aggregated documents a moment later.
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
}
