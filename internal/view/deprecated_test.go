package view_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// deprecated is a run over a cluster with three deprecated APIs, one of them required twice,
// and one only as a warning. Kubernetes 1.30 does not have the first and the third.
func deprecated(t *testing.T, policy apply.Policy) *report.Report {
	t.Helper()
	const source = `api "policy/v1beta1" {
  remedy = "Install version 2 of the chart."
  kind "PodDisruptionBudget" {}
}
api "v1" {
  resource "endpoints" {}
  kind "Endpoints" {}
}
api "batch/v1beta1" { severity = "warning" }
`
	sources := config.Sources{{Name: "web.hcl", Bytes: []byte(source)}}
	d, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	s := snapshot()
	core := &s.Core.Value.Versions[0].Resources.Value
	*core = append(*core, discovery.Resource{Name: "endpoints", Kind: "Endpoints"})
	for _, served := range []struct {
		group string
		discovery.Resource
	}{
		{"policy", discovery.Resource{Name: "poddisruptionbudgets", Kind: "PodDisruptionBudget"}},
		{"batch", discovery.Resource{Name: "cronjobs", Kind: "CronJob"}},
	} {
		s.Named.Value = append([]discovery.Group{{Name: served.group, Versions: []discovery.Version{
			{Name: "v1beta1", Resources: discovery.Known([]discovery.Resource{served.Resource})},
		}}}, s.Named.Value...)
	}
	plan := apply.Diff(d, s)
	r := judged(plan, policy)
	r.Command, r.Version, r.Diagnostics, r.Sources = "apply", "v0.1.0", diags, sources
	if r.Targets[0].Verdict.Status == apply.Drifted {
		r.ExitCode = 2
	}
	return r
}

func TestGoldenDeprecated(t *testing.T) {
	before := apply.Policy{FailOnDeprecated: true, RemovedBy: kubeapi.Version{Major: 1, Minor: 30, PatchUnknown: true}}
	for _, f := range view.ReportFormats() {
		t.Run(f.Name, func(t *testing.T) {
			got := render(t, func(b *bytes.Buffer) error { return f.Report(b, deprecated(t, before), view.Options{}) })
			golden(t, "deprecated."+goldenEnding(f), got)
		})
	}
	several := deprecated(t, before)
	several.Targets = append(several.Targets, deprecated(t, before).Targets...)
	var out bytes.Buffer
	for _, name := range []string{"text", "github", "markdown"} {
		for _, f := range view.ReportFormats() {
			if f.Name == name {
				out.WriteString("--- " + name + "\n")
				out.Write(render(t, func(b *bytes.Buffer) error { return f.Report(b, several, view.Options{}) }))
			}
		}
	}
	out.WriteString("--- termination\n")
	out.Write(render(t, func(b *bytes.Buffer) error { return view.Termination(b, several) }))
	golden(t, "deprecated-targets.txt", out.Bytes())
}

// TestDeprecatedOrder checks that what fails comes first, and the definite before the unknown.
func TestDeprecatedOrder(t *testing.T) {
	drift := apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{{Code: apply.GroupVersionNotServed}}}
	unknown := apply.Finding{Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{Code: discovery.Timeout}}
	warned := func(f apply.Finding) apply.Finding { f.Severity = config.SeverityWarning; return f }
	old := apply.Finding{Status: apply.Satisfied, Deprecation: &apply.Deprecation{}}
	plan := &apply.Plan{Findings: []apply.Finding{warned(old), warned(unknown), warned(drift), unknown, old, drift}}
	r := judged(plan, apply.Policy{FailOnDeprecated: true})
	r.Diagnostics = hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Worth knowing"}}
	var got []string
	for _, b := range report.Problems(r) {
		got = append(got, b.Code)
	}
	want := []string{
		"group-version-not-served", "deprecated", "timeout", "group-version-not-served", "timeout", "deprecated", "notice",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestDeprecatedColours checks that what fails is red, and a warning yellow.
func TestDeprecatedColours(t *testing.T) {
	got := string(text(t, deprecated(t, apply.Policy{FailOnDeprecated: true}), view.Options{Color: true}))
	red, yellow := safe.Style(true).Red("!"), safe.Style(true).Yellow("!")
	if strings.Count(got, red) != 2 || strings.Count(got, yellow) != 1 {
		t.Errorf("the colours are\n%q", got)
	}
}

// TestDeprecatedVerdicts checks the line with the verdict, and what says it in one line to other programs.
func TestDeprecatedVerdicts(t *testing.T) {
	every, none := apply.Policy{FailOnDeprecated: true}, apply.Policy{}
	drift := apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{{Code: apply.GroupVersionNotServed}}}
	unknown := apply.Finding{Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{}}
	for _, tt := range []struct {
		name   string
		policy apply.Policy
		more   []apply.Finding
		want   string
	}{
		{"a warning", none, nil, "No drift. The cluster serves what is declared: all 6 requirements hold."},
		{"it fails", every, nil, "Deprecated. Kubernetes has deprecated 2 APIs that the declaration needs, which --fail-on-deprecated does not let pass."},
		{"warnings count", apply.Policy{FailOnDeprecated: true, FailOnWarning: true}, nil, "Deprecated. Kubernetes has deprecated 3 APIs that the declaration needs, which --fail-on-deprecated does not let pass."},
		{"drift", every, []apply.Finding{drift}, "Drift. 1 of 7 requirements is not as declared. Kubernetes has deprecated 2 APIs that the declaration needs, which --fail-on-deprecated does not let pass."},
		{"drift, and a warning", none, []apply.Finding{drift}, "Drift. 1 of 7 requirements is not as declared."},
		{"something is undetermined", every, []apply.Finding{unknown}, "Deprecated. Kubernetes has deprecated 2 APIs that the declaration needs, which --fail-on-deprecated does not let pass. 1 of 7 requirements could not be determined."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := deprecated(t, tt.policy)
			target := r.Targets[0]
			target.Plan.Findings = append(tt.more, target.Plan.Findings...)
			target.Verdict = target.Plan.Verdict(tt.policy)
			if got := report.VerdictLine(target); got != tt.want {
				t.Errorf("the verdict is\n%s\nwant\n%s", got, tt.want)
			}
			var passes apply.Series
			passes.Add(target.Plan, tt.policy)
			summary := view.Summary(&passes, target.Verdict, 1)
			const want = `Kubernetes has deprecated 2 APIs that the declaration needs: api["policy/v1beta1"] is deprecated in Kubernetes 1.21, removed in 1.25; use policy/v1`
			if target.Verdict.Deprecated && !tt.policy.FailOnWarning && summary != want {
				t.Errorf("the summary is\n%s\nwant\n%s", summary, want)
			}
			if !target.Verdict.Deprecated && strings.Contains(summary, "deprecated") {
				t.Errorf("the summary is\n%s", summary)
			}
		})
	}
}

// TestDeprecatedAssert checks that each format names the API by which an assert holds. Its address does not.
func TestDeprecatedAssert(t *testing.T) {
	plan := &apply.Plan{Findings: []apply.Finding{{
		Requirement: config.Requirement{Type: config.TypeAssert, Address: `check["a"].assert`, Severity: config.SeverityError, Range: hcl.Range{Filename: "web.hcl"}},
		Status:      apply.Satisfied,
		Deprecation: &apply.Deprecation{
			GroupVersion: kubeapi.GroupVersion{Group: "policy", Version: "v1beta1"}, Kind: "PodDisruptionBudget",
			Deprecated: kubeapi.Version{Major: 1, Minor: 21, PatchUnknown: true},
		},
	}}}
	r := judged(plan, apply.Policy{FailOnDeprecated: true})
	const want = "policy/v1beta1 PodDisruptionBudget"
	for _, f := range view.ReportFormats() {
		got := string(render(t, func(b *bytes.Buffer) error { return f.Report(b, r, view.Options{}) }))
		if f.Name == "json" {
			got = strings.ReplaceAll(got, "\"api_version\": \"policy/v1beta1\",\n            \"kind\": \"PodDisruptionBudget\"", want)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s does not name %s:\n%s", f.Name, want, got)
		}
	}
	for name, got := range map[string]string{
		"termination": string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) })),
		"summary":     view.Summary(&apply.Series{Plan: plan}, r.Targets[0].Verdict, 1),
	} {
		if !strings.Contains(got, `check["a"].assert relies on `+want+", deprecated in Kubernetes 1.21") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
