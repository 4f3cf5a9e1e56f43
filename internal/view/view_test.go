package view_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/result"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const declaration = `cluster {
  endpoint       = "https://10.0.0.1"
  server_address = "10.0.0.9:443"
  kubernetes     = ">= 1.32"
}

api "v1" {
  resource "pods" {
    scope = "Cluster"
    verbs = ["get", "evict", "wach"]
    reason = "the agent evicts"

    subresource "log" { served = false }
  }
  kind "Knot" {
    severity = "warning"
  }
}

api "gateway.networking.k8s.io/v1" {
  reason = "templates/httproute.yaml"
  remedy = <<-EOT
    Install the Gateway API CRDs,
    v1.2 or newer.
  EOT
  resource "httproutes" { subresources = ["status"] }
}

api "policy/v1beta1" {
  served   = false
  severity = "warning"
}

api "metrics.k8s.io/v1beta1" {
  resource "pods" {}
}

api "batch/v1" {
  enabled = false
}

api "example.com/v1" {
  reason = "::error::title=pwned"
  remedy = "\u001b[31mred\u001b[0m ##vso[task.complete]"
}

`

func snapshot() *discovery.Snapshot {
	version := func(name string, resources ...discovery.Resource) discovery.Version {
		return discovery.Version{Name: name, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(resources)}
	}
	return &discovery.Snapshot{
		Endpoint:        "https://10.0.0.1:443",
		Confirmed:       discovery.Known(struct{}{}),
		Version:         discovery.Known(discovery.ServerVersion{GitVersion: "v1.31.4-gke.1183000"}),
		ServerAddresses: discovery.Known([]string{"10.0.0.1:6443"}),
		Core: discovery.Known(discovery.Group{Preferred: "v1", Versions: []discovery.Version{version("v1",
			discovery.Resource{
				Name: "pods", Kind: "Pod", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get", "watch"},
				Subresources: []discovery.Subresource{{Name: "log", Kind: "Pod", Verbs: []string{"get"}}},
			},
			discovery.Resource{Name: "nodes", Kind: "Node", Scope: kubeapi.ScopeCluster},
		)}}),
		Named: discovery.Known([]discovery.Group{
			{Name: "gateway.networking.k8s.io", Preferred: "v1beta1", Versions: []discovery.Version{version("v1beta1")}},
			{Name: "policy", Preferred: "v1", Versions: []discovery.Version{version("v1"), version("v1beta1")}},
			{Name: "metrics.k8s.io", Preferred: "v1beta1", Versions: []discovery.Version{{
				Name: "v1beta1", Freshness: kubeapi.FreshnessStale,
				Resources: discovery.Failed[[]discovery.Resource](&discovery.Failure{
					Code: discovery.Stale, Message: "metrics.k8s.io/v1beta1 is stale:\n\x1b]8;;http://evil\x07 says \u202ethe server",
				}),
			}}},
		}),
	}
}

// driftReport is a run with every outcome that a run can have.
func driftReport(t *testing.T) *report.Report {
	t.Helper()
	sources := config.Sources{{Name: "web.hcl", Bytes: []byte(declaration)}}
	d, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plan := apply.Diff(d, snapshot())
	for _, f := range plan.Findings {
		if f.Undetermined != nil {
			f.Undetermined.Hint = "kubectl get apiservices says why"
		}
	}
	r := judged(plan, apply.Policy{})
	r.Command, r.Version, r.ExitCode, r.Diagnostics, r.Sources = "apply", "v0.1.0", 2, diags, sources
	r.Targets[0].Origin = &report.Origin{
		Endpoint: "https://10.0.0.1:443", ServerVersion: "v1.31.4-gke.1183000", EmulationVersion: "1.31", Requests: 7, Bytes: 123456,
		Duration: 41234 * time.Microsecond,
	}
	return r
}

// judged is a report with one target.
func judged(plan *apply.Plan, policy apply.Policy) *report.Report {
	return &report.Report{Targets: []*report.Target{{Plan: plan, Verdict: plan.Verdict(policy)}}}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if filepath.Ext(name) == ".html" {
		got = body(got)
	}
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", name, diff)
	}
}

func render(t *testing.T, f func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(t *testing.T, r *report.Report, o view.Options) []byte {
	t.Helper()
	return render(t, func(b *bytes.Buffer) error { return view.Text(b, r, o) })
}

func TestGolden(t *testing.T) {
	r := driftReport(t)
	golden(t, "drift.txt", text(t, r, view.Options{}))
	golden(t, "drift-verbose.txt", text(t, r, view.Options{Verbose: true}))
	golden(t, "drift-color.txt", text(t, r, view.Options{Color: true}))
	golden(t, "drift.json", render(t, func(b *bytes.Buffer) error { return result.Write(b, r) }))
	golden(t, "drift-termination.txt", render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
}

func TestGoldenWait(t *testing.T) {
	r := driftReport(t)
	r.Targets[0].Wait = &report.Wait{
		Limit: 5 * time.Minute, Elapsed: 299_512 * time.Millisecond, Passes: 61, Consecutive: 3,
		Mixed: []string{"cluster.kubernetes", "api[\"v1\"].resource[\"pods\"]", "api[\"\u202e\"]", "four", "five"},
	}
	r.Targets[0].Origin.NotModified = 5
	golden(t, "wait.txt", text(t, r, view.Options{}))
	golden(t, "wait.json", render(t, func(b *bytes.Buffer) error { return result.Write(b, r) }))
	golden(t, "wait-termination.txt", render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
}

func TestWriteErrorsAreReturned(t *testing.T) {
	r := driftReport(t)
	full := failingWriter{}
	for name, err := range map[string]error{
		"text":        view.Text(full, r, view.Options{}),
		"json":        result.Write(full, r),
		"termination": view.Termination(full, r),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

var errFull = errors.New("no space left")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }
