package e2e

import (
	"strings"
	"testing"
)

func TestInSync(t *testing.T) {
	c := stock(t)
	a := newAccount(t, c)
	declaration := strings.NewReplacer("ADDRESS", c.Address, "VERSION", newest(), "NEXT", minor(newest(), 1)).Replace(`
cluster {
  endpoint       = "https://ADDRESS"
  server_address = ["10.0.0.1:443", "ADDRESS"]
  kubernetes     = ">= VERSION, < NEXT"
}

api "v1" {
  preferred = true
  resource "pods" {
    kind         = "Pod"
    scope        = "Namespaced"
    verbs        = ["get", "list", "watch", "create"]
    subresources = ["log", "ephemeralcontainers"]
    subresource "eviction" {
      kind  = "Eviction"
      verbs = ["create"]
    }
  }
  kind "Namespace" {
    scope = "Cluster"
  }
}

api "apps/v1" {
  kind "Deployment" {
    subresources = ["scale", "status"]
  }
}

api "autoscaling/v1" {
  preferred = false
}

api "gateway.networking.k8s.io/v1" {
  enabled = false
}
`)
	satisfied := map[string]string{
		`cluster.endpoint`: "satisfied", `cluster.server_address`: "satisfied", `cluster.kubernetes`: "satisfied",
		`api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: "satisfied",
		`api["v1"].resource["pods"].subresource["log"]`:                 "satisfied",
		`api["v1"].resource["pods"].subresource["ephemeralcontainers"]`: "satisfied",
		`api["v1"].resource["pods"].subresource["eviction"]`:            "satisfied",
		`api["v1"].kind["Namespace"]`:                                   "satisfied",
		`api["apps/v1"]`:                                                "satisfied",
		`api["apps/v1"].kind["Deployment"]`:                             "satisfied",
		`api["apps/v1"].kind["Deployment"].subresource["scale"]`:        "satisfied",
		`api["apps/v1"].kind["Deployment"].subresource["status"]`:       "satisfied",
		`api["autoscaling/v1"]`:                                         "satisfied",
		`api["gateway.networking.k8s.io/v1"]`:                           "skipped",
	}
	o := a.apply(t, declaration)
	o.expect(t, want{
		exit:     0,
		findings: satisfied,
		text:     []string{"No drift.", "14 satisfied", "1 skipped", "Asked " + c.URL() + " (v" + newest() + "): 9 requests"},
		// /api and /apis, /version, /api again for its addresses, and three to
		// confirm that no version is better than the preferred one.
		requests: 9,
	})
	if o.Stderr != "" {
		t.Errorf("standard error is not empty:\n%s", o.Stderr)
	}
	if got := o.report.Connection; got.Server != c.URL() || got.ServerVersion != "v"+newest() {
		t.Errorf("asked %q, version %q, want %q, v%s", got.Server, got.ServerVersion, c.URL(), newest())
	}
}

func TestRequests(t *testing.T) {
	c := stock(t)
	a := newAccount(t, c)
	for name, test := range map[string]struct {
		declaration string
		requests    int
	}{
		"presence": {`api "v1" {
  resource "pods" { verbs = ["get"] }
}`, 2},
		"absence":                  {`api "policy/v1beta1" { served = false }`, 5},
		"kubernetes":               {`cluster { kubernetes = ">= 1.36" }`, 1},
		"presence and kubernetes":  {"api \"v1\" {}\ncluster { kubernetes = \">= 1.36\" }", 3},
		"presence, server_address": {"api \"v1\" {}\ncluster { server_address = \"" + c.Address + "\" }", 3},
	} {
		t.Run(name, func(t *testing.T) {
			o := a.apply(t, test.declaration)
			if o.ExitCode != 0 || o.report.Connection.Requests != test.requests {
				t.Errorf("exit %d after %d requests, want 0 after %d\n%s%s",
					o.ExitCode, o.report.Connection.Requests, test.requests, o.Stdout, o.Stderr)
			}
		})
	}
}

func TestDrift(t *testing.T) {
	c := stock(t)
	a := newAccount(t, c)
	for name, test := range map[string]struct {
		declaration string
		findings    map[string]string
		text        []string
		requests    int
	}{
		"version": {
			declaration: `api "policy/v1beta1" {
  reason = "templates/pdb.yaml"
  remedy = "Render policy/v1."
  resource "poddisruptionbudgets" {
    subresources = ["status"]
  }
}`,
			findings: map[string]string{
				`api["policy/v1beta1"]`:                                                        `drifted group-version-not-served`,
				`api["policy/v1beta1"].resource["poddisruptionbudgets"]`:                       `drifted under api["policy/v1beta1"]`,
				`api["policy/v1beta1"].resource["poddisruptionbudgets"].subresource["status"]`: `drifted under api["policy/v1beta1"]`,
			},
			text:     []string{`api["policy/v1beta1"] is not served`, "Kubernetes 1.25 removed it; use policy/v1", "templates/pdb.yaml", "Render policy/v1."},
			requests: 5,
		},
		"group": {
			declaration: `api "gateway.networking.k8s.io/v1" {}`,
			findings:    map[string]string{`api["gateway.networking.k8s.io/v1"]`: `drifted group-version-not-served`},
			text:        []string{`api["gateway.networking.k8s.io/v1"] is not served`},
			requests:    5,
		},
		"resource": {
			declaration: `api "apps/v1" {
  resource "deployment" {}
}`,
			findings: map[string]string{
				`api["apps/v1"]`: "satisfied", `api["apps/v1"].resource["deployment"]`: `drifted resource-not-served`,
			},
			text:     []string{`api["apps/v1"].resource["deployment"] is not served`, "deployments"},
			requests: 5,
		},
		"verb": {
			declaration: `api "v1" {
  resource "componentstatuses" { verbs = ["get", "delete"] }
}`,
			findings: map[string]string{
				`api["v1"]`: "satisfied", `api["v1"].resource["componentstatuses"]`: `drifted verb-not-served verbs: delete -> `,
			},
			text:     []string{`api["v1"].resource["componentstatuses"]`, "verbs: delete"},
			requests: 5,
		},
		"scope": {
			declaration: `api "v1" {
  resource "namespaces" { scope = "Namespaced" }
}`,
			findings: map[string]string{
				`api["v1"]`: "satisfied", `api["v1"].resource["namespaces"]`: `drifted scope-mismatch scope: Namespaced -> Cluster`,
			},
			text:     []string{`api["v1"].resource["namespaces"]`, "scope: Namespaced -> Cluster"},
			requests: 5,
		},
		"subresource": {
			declaration: `api "v1" {
  resource "pods" { subresources = ["logs"] }
}`,
			findings: map[string]string{
				`api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: "satisfied",
				`api["v1"].resource["pods"].subresource["logs"]`: `drifted subresource-not-served`,
			},
			text:     []string{`subresource["logs"] is not served`, "log"},
			requests: 5,
		},
		"kind of a resource": {
			declaration: `api "v1" {
  resource "pods" { kind = "Container" }
}`,
			findings: map[string]string{
				`api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: `drifted kind-mismatch kind: Container -> Pod`,
			},
			text:     []string{"kind: Container -> Pod"},
			requests: 5,
		},
		"kind": {
			declaration: `api "networking.k8s.io/v1" {
  kind "HTTPRoute" {}
}`,
			findings: map[string]string{
				`api["networking.k8s.io/v1"]`:                   "satisfied",
				`api["networking.k8s.io/v1"].kind["HTTPRoute"]`: `drifted kind-not-served`,
			},
			text:     []string{`kind["HTTPRoute"] is not served`},
			requests: 5,
		},
		"preferred": {
			declaration: `api "autoscaling/v1" { preferred = true }`,
			findings: map[string]string{
				`api["autoscaling/v1"]`: `drifted preferred-version-mismatch preferred: true -> false`,
			},
			text:     []string{`api["autoscaling/v1"]`, "preferred: true -> false", "v2"},
			requests: 5,
		},
		"served = false of a version": {
			declaration: `api "autoscaling/v1" { served = false }`,
			findings:    map[string]string{`api["autoscaling/v1"]`: `drifted group-version-served`},
			text:        []string{`api["autoscaling/v1"] is served, and must not be`},
			requests:    5,
		},
		"served = false of a resource": {
			declaration: `api "v1" {
  resource "endpoints" { served = false }
}`,
			findings: map[string]string{
				`api["v1"]`: "satisfied", `api["v1"].resource["endpoints"]`: `drifted resource-served`,
			},
			text:     []string{`api["v1"].resource["endpoints"] is served, and must not be`},
			requests: 5,
		},
		"kubernetes": {
			declaration: `cluster { kubernetes = ">= ` + minor(newest(), 1) + `" }`,
			findings:    map[string]string{`cluster.kubernetes`: `drifted kubernetes-version-mismatch`},
			text:        []string{"cluster.kubernetes is >= " + minor(newest(), 1) + ", but the server is v" + newest()},
			requests:    3,
		},
		"server_address": {
			declaration: `cluster { server_address = "10.0.0.1:6443" }`,
			findings:    map[string]string{`cluster.server_address`: `drifted server-address-mismatch`},
			text:        []string{`cluster.server_address is 10.0.0.1:6443, but the server publishes ` + c.Address},
			requests:    3,
		},
		"endpoint": {
			// No request: the token goes only to the declared server.
			declaration: "cluster { endpoint = \"https://10.0.0.1:6443\" }\napi \"v1\" {}",
			findings: map[string]string{
				`cluster.endpoint`: `drifted endpoint-mismatch`, `api["v1"]`: `undetermined other-endpoint`,
			},
			text:     []string{`cluster.endpoint is https://10.0.0.1:6443, but the connection is to ` + c.URL()},
			requests: 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := append([]string{"Drift."}, test.text...)
			a.apply(t, test.declaration).expect(t, want{exit: 2, findings: test.findings, text: text, requests: test.requests})
		})
	}
}
