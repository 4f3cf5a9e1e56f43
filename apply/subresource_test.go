package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// oddNames is a server with KubeVirt, whose subresources are in a group of their own,
// and a metrics adapter.
func oddNames() *discovery.Snapshot {
	get := []string{"get"}
	metric := func(name, sub string) discovery.Resource {
		return discovery.Resource{Name: name, Scope: kubeapi.ScopeNamespaced, Subresources: []discovery.Subresource{{Name: sub, Kind: "MetricValueList", Verbs: get}}}
	}
	group := func(name string, resources ...discovery.Resource) discovery.Group {
		return discovery.Group{Name: name, Preferred: "v1", Versions: []discovery.Version{{Name: "v1", Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(resources)}}}
	}
	s := snapshot()
	s.Named.Value = append(s.Named.Value,
		group("kubevirt.io", discovery.Resource{Name: "virtualmachines", Kind: "VirtualMachine", Scope: kubeapi.ScopeNamespaced, Verbs: get}),
		group("subresources.kubevirt.io", discovery.Resource{
			Name: "virtualmachines", Scope: kubeapi.ScopeNamespaced,
			Subresources: []discovery.Subresource{{Name: "start", Verbs: []string{"update"}}, {Name: "sev/setup", Kind: "Setup", Verbs: get}},
		}),
		group("custom.metrics.k8s.io", metric("pods", "http_requests"), metric("jobs.batch", "Queue.Length"), metric("*", "x"), metric("", "custommetrics")),
	)
	return s
}

// TestSubresourceByItself requires subresources as RBAC writes them, and names that
// are no DNS labels.
func TestSubresourceByItself(t *testing.T) {
	const kubevirt, metrics = `api["subresources.kubevirt.io/v1"]`, `api["custom.metrics.k8s.io/v1"]`
	const carrier = kubevirt + `.resource["virtualmachines"] drifted resource-not-served "virtualmachines" -> "" ` +
		`(only its subresources are served; require one by itself, as in resource "virtualmachines/start"; virtualmachines is served in kubevirt.io/v1)`
	tests := []struct {
		name, api, declaration string
		want                   []string
	}{
		{"under a resource", "v1", `resource "pods/log" {}`, []string{`api["v1"].resource["pods/log"] satisfied`}},
		{
			"with facets", "v1", "resource \"pods/eviction\" {\n kind = \"Eviction\"\n verbs = [\"create\"]\n scope = \"Namespaced\"\n }",
			[]string{`api["v1"].resource["pods/eviction"] satisfied`},
		},
		{
			"with facets that differ", "v1", "resource \"pods/eviction\" {\n kind = \"Evict\"\n verbs = [\"get\"]\n scope = \"Cluster\"\n }",
			[]string{
				`api["v1"].resource["pods/eviction"] drifted kind-mismatch kind "Evict" -> "Eviction"; scope-mismatch scope "Cluster" -> "Namespaced"; ` +
					`verb-not-served verbs "get" -> "" (create is served)`,
			},
		},
		{"without a kind", "v1", `resource "pods/silent" { kind = "Silence" }`, []string{`api["v1"].resource["pods/silent"] undetermined invalid-response: the server does not say the kind of pods/silent`}},
		{"misspelt", "v1", `resource "pods/logs" {}`, []string{`api["v1"].resource["pods/logs"] drifted subresource-not-served "pods/logs" -> "" (did you mean pods/log)`}},
		{"of another name", "v1", `resource "nodes/proxy" {}`, []string{`api["v1"].resource["nodes/proxy"] drifted subresource-not-served "nodes/proxy" -> "" (nodes has no subresources)`}},
		{"in another group", "v1", `resource "deployments/scale" {}`, []string{`api["v1"].resource["deployments/scale"] drifted subresource-not-served "deployments/scale" -> "" (deployments/scale is served in apps/v1 and apps/v1beta1)`}},
		{"must not be served, and is", "v1", `resource "pods/log" { served = false }`, []string{`api["v1"].resource["pods/log"] drifted subresource-served "" -> "pods/log"`}},
		{"must not be served, and is not", "v1", `resource "pods/logs" { served = false }`, []string{`api["v1"].resource["pods/logs"] satisfied`}},
		{"without a parent", "subresources.kubevirt.io/v1", `resource "virtualmachines/start" { verbs = ["update"] }`, []string{kubevirt + `.resource["virtualmachines/start"] satisfied`}},
		{"with a slash in it", "subresources.kubevirt.io/v1", `resource "virtualmachines/sev/setup" { kind = "Setup" }`, []string{kubevirt + `.resource["virtualmachines/sev/setup"] satisfied`}},
		{
			"under one that is none itself", "subresources.kubevirt.io/v1", `resource "virtualmachines/sev" { subresources = ["setup"] }`,
			[]string{
				kubevirt + `.resource["virtualmachines/sev"] drifted subresource-not-served "virtualmachines/sev" -> "" (did you mean virtualmachines/sev/setup)`,
				kubevirt + `.resource["virtualmachines/sev"].subresource["setup"] satisfied`,
			},
		},
		{
			"under a parent that carries it", "subresources.kubevirt.io/v1",
			"resource \"virtualmachines\" {\n subresources = [\"start\", \"stop\", \"sev/setup\"]\n field \"spec\" {}\n }",
			[]string{
				carrier,
				kubevirt + `.resource["virtualmachines"].subresource["start"] satisfied`,
				kubevirt + `.resource["virtualmachines"].subresource["stop"] drifted subresource-not-served "stop" -> "" (start and sev/setup are served)`,
				kubevirt + `.resource["virtualmachines"].subresource["sev/setup"] satisfied`,
				kubevirt + `.resource["virtualmachines"].field["spec"] drifted because of ` + kubevirt + `.resource["virtualmachines"]`,
			},
		},
		{
			"must not be served, under a parent that carries it", "subresources.kubevirt.io/v1",
			"resource \"virtualmachines\" {\n subresource \"start\" { served = false }\n subresource \"stop\" { served = false }\n }",
			[]string{
				carrier,
				kubevirt + `.resource["virtualmachines"].subresource["start"] drifted subresource-served "" -> "start"`,
				kubevirt + `.resource["virtualmachines"].subresource["stop"] satisfied`,
			},
		},
		{"an underscore", "custom.metrics.k8s.io/v1", `resource "pods/http_requests" {}`, []string{metrics + `.resource["pods/http_requests"] satisfied`}},
		{"dots and upper case", "custom.metrics.k8s.io/v1", `resource "jobs.batch/Queue.Length" { kind = "MetricValueList" }`, []string{metrics + `.resource["jobs.batch/Queue.Length"] satisfied`}},
		{"a star", "custom.metrics.k8s.io/v1", `resource "*/x" {}`, []string{metrics + `.resource["*/x"] satisfied`}},
		{"no resource", "custom.metrics.k8s.io/v1", `resource "/custommetrics" {}`, []string{metrics + `.resource["/custommetrics"] satisfied`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := append([]string{`api["` + tt.api + `"] satisfied`}, tt.want...)
			d := parse(t, "api \""+tt.api+"\" {\n "+tt.declaration+"\n}")
			if diff := cmp.Diff(want, outcomes(apply.Diff(d, oddNames()))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSubresourceByItselfIsConfirmed tests that its absence must be confirmed like
// any other.
func TestSubresourceByItselfIsConfirmed(t *testing.T) {
	s := oddNames()
	s.Confirmed = discovery.Fact[struct{}]{}
	for declaration, asks := range map[string]bool{
		`resource "virtualmachines/start" {}`:                    false,
		`resource "virtualmachines/stop" {}`:                     true,
		`resource "virtualmachines/stop" { served = false }`:     true,
		`resource "virtualmachines/start" { verbs = ["get"] }`:   true,
		`resource "virtualmachines/start" { served = false }`:    true,
		`resource "virtualmachines" { subresources = ["stop"] }`: true,
	} {
		d := parse(t, "api \"subresources.kubevirt.io/v1\" {\n "+declaration+"\n}")
		if _, again := apply.Provisional(d, s); again != asks {
			t.Errorf("%s: another look is needed: %t", declaration, again)
		}
	}
}

// TestServedAgreesWithResource tests that a condition and a block agree on every
// name.
func TestServedAgreesWithResource(t *testing.T) {
	for _, name := range []string{
		"virtualmachines", "virtualmachines/start", "virtualmachines/sev/setup", "virtualmachines/sev", "virtualmachines/stop", "start", "Virtualmachines",
	} {
		d := parse(t, "api \"subresources.kubevirt.io/v1\" {\n resource \""+name+"\" {}\n}\ncheck \"c\" {\n assert {\n condition = served(\"subresources.kubevirt.io/v1\", \""+name+"\")\n error_message = \"No.\"\n }\n}")
		findings := apply.Diff(d, oddNames()).Findings
		if findings[1].Status != findings[2].Status {
			t.Errorf("%s: resource is %s, served %s", name, findings[1].Status, findings[2].Status)
		}
	}
}

// TestPermissionOfOddNames covers a metrics adapter, whose plurals may have dots.
func TestPermissionOfOddNames(t *testing.T) {
	const group = "custom.metrics.k8s.io"
	web := resource{Namespace: "web"}
	for text, want := range map[string]discovery.Review{
		"get pods.custom.metrics.k8s.io/http_requests":          {Verb: "get", Group: group, Resource: "pods", Subresource: "http_requests", Namespace: "web"},
		"get jobs.batch.custom.metrics.k8s.io/Queue.Length":     {Verb: "get", Group: group, Resource: "jobs.batch", Subresource: "Queue.Length", Namespace: "web"},
		"get .custom.metrics.k8s.io/custommetrics":              {Verb: "get", Group: group, Subresource: "custommetrics", Namespace: "web"},
		"update virtualmachines.subresources.kubevirt.io/start": {Verb: "update", Group: "subresources.kubevirt.io", Resource: "virtualmachines", Subresource: "start", Namespace: "web"},
	} {
		s := oddNames()
		d := permitting(may(text, web))
		asked := withPolicy(t, d, s, allow)
		if diff := cmp.Diff([]discovery.Review{want}, asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if got := apply.Diff(d, s).Findings[0]; got.Status != apply.Satisfied {
			t.Errorf("%s: %+v", text, got)
		}
	}
	for text, want := range map[string]string{
		"get jobs.batch.custom.metrics.k8s.io/Queue": `p[0] drifted subresource-not-served "jobs.batch.custom.metrics.k8s.io/Queue" -> "" ` +
			`(did you mean Queue.Length; if only access control knows this name, set virtual = true)`,
		// The unreadable part of a group might serve it.
		"get a.b.metrics.k8s.io": "p[0] undetermined stale: metrics.k8s.io/v1beta1 is stale",
	} {
		if diff := cmp.Diff([]string{want}, outcomes(apply.Diff(permitting(may(text, web)), oddNames()))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
