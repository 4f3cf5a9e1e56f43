package view_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view"
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

// report is a run that came to everything that a run can come to.
func report(t *testing.T) *view.Report {
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
	return &view.Report{
		Command: "apply", Version: "v0.1.0", Plan: plan, Verdict: plan.Verdict(apply.Policy{}), ExitCode: 2,
		Diagnostics: diags, Sources: sources,
		Origin: &view.Origin{
			Endpoint: "https://10.0.0.1:443", ServerVersion: "v1.31.4-gke.1183000", EmulationVersion: "1.31", Requests: 7, Bytes: 123456,
			Duration: 41234 * time.Microsecond,
		},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
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

func text(t *testing.T, r *view.Report, o view.TextOptions) []byte {
	t.Helper()
	return render(t, func(b *bytes.Buffer) error { return view.Text(b, r, o) })
}

func TestGolden(t *testing.T) {
	r := report(t)
	golden(t, "drift.txt", text(t, r, view.TextOptions{}))
	golden(t, "drift-verbose.txt", text(t, r, view.TextOptions{Verbose: true}))
	golden(t, "drift-color.txt", text(t, r, view.TextOptions{Color: true}))
	golden(t, "drift.json", render(t, func(b *bytes.Buffer) error { return view.JSON(b, r) }))
	golden(t, "drift-termination.txt", render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
}

func TestGoldenWait(t *testing.T) {
	r := report(t)
	r.Wait = &view.Wait{
		Limit: 5 * time.Minute, Elapsed: 299_512 * time.Millisecond, Passes: 61, Consecutive: 3,
		Mixed: []string{"cluster.kubernetes", "api[\"v1\"].resource[\"pods\"]", "api[\"\u202e\"]", "four", "five"},
	}
	r.Origin.NotModified = 5
	golden(t, "wait.txt", text(t, r, view.TextOptions{}))
	golden(t, "wait.json", render(t, func(b *bytes.Buffer) error { return view.JSON(b, r) }))
	golden(t, "wait-termination.txt", render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
}

// TestFit: what may be two columns wide counts as two, so that no line takes more
// than one row of a terminal.
func TestFit(t *testing.T) {
	for _, test := range []struct {
		line    string
		columns int
		want    string
	}{
		{"", 10, ""},
		{"123456789", 10, "123456789"},
		{"1234567890", 10, "12345678…"},
		{"漢字漢字", 10, "漢字漢字"},
		{"漢字漢字漢", 10, "漢字漢字…"},
		{"1漢字漢字漢", 10, "1漢字漢…"},
		{"ééééééééé", 10, "ééééééééé"},
		{"ab", 1, "…"},
	} {
		if got := view.Fit(test.line, test.columns); got != test.want {
			t.Errorf("%q in %d columns is %q, want %q", test.line, test.columns, got, test.want)
		}
	}
}

func TestTektonResults(t *testing.T) {
	r := report(t)
	want := []view.TektonResult{{"verdict", "drifted"}, {"satisfied", "2"}, {"drifted", "10"}, {"undetermined", "2"}, {"skipped", "1"}}
	if diff := cmp.Diff(want, view.TektonResults(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, name := range view.TektonResultNames() {
		if want[i].Name != name {
			t.Errorf("the result %s is named %s", want[i].Name, name)
		}
	}
	r.Diagnostics = hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Operation failed"}}
	want = []view.TektonResult{{"verdict", "error"}}
	if diff := cmp.Diff(want, view.TektonResults(r)); diff != "" {
		t.Errorf("a result that could not be written (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, view.TektonResults(&view.Report{})); diff != "" {
		t.Errorf("no plan (-want +got):\n%s", diff)
	}
}

func TestGoldenDiagnostics(t *testing.T) {
	source := "api \"v1\" {\n  servd = false\n}\n\nvariable \"token\" {\n  sensitive = true\n  default   = hidden\n}\n" +
		"api \"v2\" {\n\treason = \"\u202e\" + 1\n}\napi \"v3\" { reason = /* ä日 */ nul }\n"
	sources := config.Sources{{Name: "web.hcl", Bytes: []byte(source)}}
	at := func(line, column int, text string) *hcl.Range {
		start := strings.Index(source, text)
		return &hcl.Range{
			Filename: "web.hcl", Start: hcl.Pos{Line: line, Column: column, Byte: start},
			End: hcl.Pos{Line: line, Column: column + len(text), Byte: start + len(text)},
		}
	}
	diags := hcl.Diagnostics{
		{Severity: hcl.DiagError, Summary: "Unsupported argument", Detail: "Did you mean \"served\"?", Subject: at(2, 3, "servd")},
		{Severity: hcl.DiagError, Summary: "Variables not allowed", Detail: "Nothing of this block is shown.", Subject: at(7, 15, "hidden")},
		{Severity: hcl.DiagError, Summary: "Invalid operand", Detail: "A line that is not printed as it is has no marks.", Subject: at(10, 11, "\"\u202e\"")},
		{Severity: hcl.DiagError, Summary: "Unknown name", Detail: "Offsets count bytes.", Subject: at(12, 30, "nul ")},
		{Severity: hcl.DiagError, Summary: "No declaration found", Detail: "A place without a line.", Subject: &hcl.Range{Filename: "folder"}},
		{Severity: hcl.DiagWarning, Summary: "Absence not confirmed", Detail: "Line one.\nLine two."},
		{Severity: hcl.DiagError, Summary: "Operation failed", Detail: "\x1b[2Jgone"},
	}
	golden(t, "diagnostics.txt", render(t, func(b *bytes.Buffer) error { return view.Diagnostics(b, diags, sources, false) }))
	v := &view.Validation{Diagnostics: diags, Sources: sources}
	golden(t, "validate.json", render(t, func(b *bytes.Buffer) error { return view.ValidateJSON(b, v) }))
	if got := render(t, func(b *bytes.Buffer) error { return view.ValidateText(b, v, false) }); len(got) > 0 {
		t.Errorf("an invalid declaration gets the result %q", got)
	}
}

func TestVerdictLines(t *testing.T) {
	requirement := func(status apply.Status, severity config.Severity) apply.Finding {
		f := apply.Finding{Requirement: config.Requirement{Address: `api["v1"]`, Severity: severity}, Status: status}
		switch status {
		case apply.Drifted:
			f.Differences = []apply.Difference{{Code: apply.GroupVersionNotServed, Declared: "v1"}}
		case apply.StatusUndetermined:
			f.Undetermined = &apply.Undetermined{Code: discovery.Timeout, Message: "too late"}
		case apply.Satisfied, apply.Skipped:
		}
		return f
	}
	holds := requirement(apply.Satisfied, config.SeverityError)
	tests := []struct {
		name     string
		findings []apply.Finding
		policy   apply.Policy
		want     string
	}{
		{"one holds", []apply.Finding{holds}, apply.Policy{}, "No drift. The cluster serves what is declared: its 1 requirement holds."},
		{"two hold", []apply.Finding{holds, holds}, apply.Policy{}, "No drift. The cluster serves what is declared: all 2 requirements hold."},
		{"one drifted", []apply.Finding{holds, requirement(apply.Drifted, config.SeverityError)}, apply.Policy{}, "Drift. 1 of 2 requirements is not as declared."},
		{"one unknown", []apply.Finding{holds, requirement(apply.StatusUndetermined, config.SeverityError)}, apply.Policy{}, "Undetermined. 1 of 2 requirements could not be determined."},
		{
			"one unknown and allowed", []apply.Finding{holds, requirement(apply.StatusUndetermined, config.SeverityError)},
			apply.Policy{AllowUndetermined: true}, "Allowed. 1 of 2 requirements could not be determined, which --allow-undetermined lets pass.",
		},
		{
			"nothing known, and allowed", []apply.Finding{requirement(apply.StatusUndetermined, config.SeverityError)}, apply.Policy{AllowUndetermined: true},
			"Undetermined. 1 of 1 requirement could not be determined. --allow-undetermined changed nothing: it needs at least one requirement that could be determined, besides cluster.endpoint.",
		},
		{
			"drift beside what is allowed", []apply.Finding{requirement(apply.Drifted, config.SeverityError), requirement(apply.StatusUndetermined, config.SeverityError)},
			apply.Policy{AllowUndetermined: true}, "Drift. 1 of 2 requirements is not as declared, and 1 could not be determined. --allow-undetermined does not apply to drift.",
		},
		{"allowed for nothing", []apply.Finding{holds}, apply.Policy{AllowUndetermined: true}, "No drift. The cluster serves what is declared: its 1 requirement holds."},
		{"a warning", []apply.Finding{holds, requirement(apply.Drifted, config.SeverityWarning)}, apply.Policy{}, "No drift that counts. 1 of 2 requirements does not hold, as a warning only."},
		{
			"warnings of both kinds",
			[]apply.Finding{requirement(apply.Drifted, config.SeverityWarning), requirement(apply.StatusUndetermined, config.SeverityWarning)},
			apply.Policy{}, "No drift that counts. 2 of 2 requirements do not hold or could not be determined, as a warning only.",
		},
		{"no requirement", nil, apply.Policy{}, "Nothing to check. The declaration requires nothing."},
		{"nothing", []apply.Finding{requirement(apply.Skipped, config.SeverityError)}, apply.Policy{}, "Nothing to check. Every requirement is skipped."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := &apply.Plan{Findings: tt.findings}
			r := &view.Report{Plan: plan, Verdict: plan.Verdict(tt.policy)}
			first, _, _ := strings.Cut(string(text(t, r, view.TextOptions{})), "\n")
			if first != tt.want {
				t.Errorf("got  %s\nwant %s", first, tt.want)
			}
		})
	}
}

func TestOriginThatWasNotAsked(t *testing.T) {
	plan := &apply.Plan{}
	r := &view.Report{Plan: plan, Verdict: plan.Verdict(apply.Policy{}), Origin: &view.Origin{Endpoint: "https://10.0.0.1:443"}}
	if got := string(text(t, r, view.TextOptions{})); !strings.HasSuffix(got, "\nAsked nothing of https://10.0.0.1:443.\n") {
		t.Errorf("got %q", got)
	}
}

func TestOriginOfASnapshot(t *testing.T) {
	plan := &apply.Plan{}
	r := &view.Report{Plan: plan, Verdict: plan.Verdict(apply.Policy{}), Origin: &view.Origin{SnapshotFile: "a.json"}}
	if got := string(text(t, r, view.TextOptions{})); !strings.HasSuffix(got, "\nRead the snapshot a.json.\n") {
		t.Errorf("got %q", got)
	}
	r.Origin.Endpoint, r.Origin.ServerVersion = "https://10.0.0.1:443", "v1.36.3"
	r.Origin.SnapshotTime = time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600))
	if got := string(text(t, r, view.TextOptions{})); !strings.HasSuffix(got, "\nRead the snapshot a.json of https://10.0.0.1:443 (v1.36.3), taken 2026-01-02 03:04:05 UTC.\n") {
		t.Errorf("got %q", got)
	}
}

// Each code has its words: a view that meets one it does not know panics.
func TestEveryCodeIsRendered(t *testing.T) {
	facets := map[apply.Code]string{
		apply.PreferredMismatch: "preferred", apply.KindMismatch: "kind", apply.ScopeMismatch: "scope", apply.VerbNotServed: "verbs",
		apply.FieldTypeMismatch: "type", apply.FieldEnumMismatch: "enum", apply.FieldRequiredMismatch: "required",
	}
	for _, code := range apply.Codes() {
		f := apply.Finding{
			Requirement: config.Requirement{Address: "a", Severity: config.SeverityError}, Status: apply.Drifted,
			Differences: []apply.Difference{{Code: code, Facet: facets[code], Declared: "x", Found: "y"}},
		}
		plan := &apply.Plan{Findings: []apply.Finding{f}}
		r := &view.Report{Plan: plan, Verdict: plan.Verdict(apply.Policy{})}
		shown := "~ a"
		if code == apply.FieldNotServed {
			shown = "- a" // what is found is how far the schema goes
		}
		if got := string(text(t, r, view.TextOptions{})); !strings.Contains(got, "\n  "+shown) {
			t.Errorf("%s is shown as\n%s", code, got)
		}
		if got := render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }); !strings.Contains(string(got), shown) {
			t.Errorf("%s is shown as\n%s", code, got)
		}
	}
}

func TestNoPlanIsNoText(t *testing.T) {
	if got := text(t, &view.Report{}, view.TextOptions{}); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestWriteErrorsAreReturned(t *testing.T) {
	r := report(t)
	full := failingWriter{}
	for name, err := range map[string]error{
		"text":        view.Text(full, r, view.TextOptions{}),
		"json":        view.JSON(full, r),
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

// A declaration that a program wrote may stand on one line.
func TestLongLinesAreCut(t *testing.T) {
	line := strings.Repeat("ä", 5000) + "HERE" + strings.Repeat("ö", 5000)
	sources := config.Sources{{Name: "web.hcl", Bytes: []byte("\n" + line + "\n")}}
	start := 1 + 5000*len("ä")
	diags := hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Long", Detail: "It is cut.",
		Subject: &hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: 2, Column: 5001, Byte: start}, End: hcl.Pos{Line: 2, Column: 5005, Byte: start + 4}},
	}}
	want := "Error: Long\n\n  on web.hcl line 2:\n    2: …" + strings.Repeat("ä", 30) + "HERE" + strings.Repeat("ö", 68) + "…\n\nIt is cut.\n"
	if diff := cmp.Diff(want, string(render(t, func(b *bytes.Buffer) error { return view.Diagnostics(b, diags, sources, false) }))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var doc struct {
		Diagnostics []struct {
			Snippet struct {
				Code  string `json:"code"`
				Start int    `json:"highlight_start_offset"`
				End   int    `json:"highlight_end_offset"`
			} `json:"snippet"`
		} `json:"diagnostics"`
	}
	b := render(t, func(b *bytes.Buffer) error {
		return view.ValidateJSON(b, &view.Validation{Diagnostics: diags, Sources: sources})
	})
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	snippet := doc.Diagnostics[0].Snippet
	if got := snippet.Code[snippet.Start:snippet.End]; got != "HERE" || len(snippet.Code) > 210 {
		t.Errorf("%q of %d bytes is highlighted", got, len(snippet.Code))
	}
}
