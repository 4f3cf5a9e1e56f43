package view_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

// goldenEnding is that of the golden files of a format.
func goldenEnding(f view.Format) string {
	if f.Name == f.Ending || f.Name == "markdown" {
		return f.Ending
	}
	return f.Name + "." + f.Ending
}

// formats are the formats that CI systems read.
func formats() map[string]view.Format {
	list := map[string]view.Format{}
	for _, f := range view.ReportFormats() {
		if f.Validation == nil {
			list[f.Name] = f
		}
	}
	return list
}

func written(t *testing.T, name string, r *report.Report) string {
	t.Helper()
	return string(render(t, func(b *bytes.Buffer) error { return formats()[name].Report(b, r, view.Options{}) }))
}

// judge is a run over a declaration and the snapshot of these tests.
func judge(t *testing.T, filename, source string, policy apply.Policy) *report.Report {
	t.Helper()
	sources := config.Sources{{Name: filename, Bytes: []byte(source)}}
	d, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plan := apply.Diff(d, snapshot())
	r := judged(plan, policy)
	r.Command, r.Version, r.Diagnostics, r.Sources = "apply", "v0.1.0", diags, sources
	r.ExitCode = map[apply.Status]int{apply.Satisfied: 0, apply.Drifted: 2, apply.StatusUndetermined: 3}[r.Targets[0].Verdict.Status]
	return r
}

func declarationError() *report.Report {
	source := "api \"v1\" {\n  servd = false\n}\n"
	return &report.Report{
		Command: "apply", Version: "v0.1.0", ExitCode: 1, Sources: config.Sources{{Name: "web.hcl", Bytes: []byte(source)}},
		Diagnostics: hcl.Diagnostics{
			{
				Severity: hcl.DiagError, Summary: "Unsupported argument", Detail: "An argument named \"servd\" is not expected here.\nDid you mean \"served\"?",
				Subject: &hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: 2, Column: 3, Byte: 13}, End: hcl.Pos{Line: 2, Column: 8, Byte: 18}},
			},
			{Severity: hcl.DiagWarning, Summary: "Version not compared", Detail: "This is a development build."},
			{Severity: hcl.DiagError, Summary: "Undeclared variable", Detail: "There is no variable \"a\".", Subject: &hcl.Range{Filename: "--var"}},
			{Severity: hcl.DiagError, Summary: "Undeclared variable", Detail: "There is no variable \"b\".", Subject: &hcl.Range{Filename: "--var"}},
			{Severity: hcl.DiagError, Summary: "Operation failed", Detail: "\x1b[2J::error::gone"},
			{Severity: hcl.DiagError, Summary: "File not found", Detail: "There is no file or folder of this name.", Subject: &hcl.Range{Filename: "other folder/b%.hcl"}},
		},
	}
}

// unsettled is a run whose last pass is satisfied, but without that verdict.
func unsettled(t *testing.T) *report.Report {
	t.Helper()
	r := judge(t, "web.hcl", "api \"v1\" {}\n", apply.Policy{})
	var passes apply.Series
	passes.Add(r.Targets[0].Plan, apply.Policy{})
	r.Targets[0].Verdict, r.ExitCode = passes.Verdict(apply.Policy{}, 3), 3
	r.Targets[0].Wait = &report.Wait{
		Limit: time.Minute, Elapsed: 58 * time.Second, Passes: 12, Consecutive: 3, Streak: 1,
		Mixed: []string{"api[\"v1\"]", "api[\"`\u202e|\"]"},
	}
	return r
}

// reports are runs with every outcome, by the names of their golden files.
func reports(t *testing.T) map[string]*report.Report {
	t.Helper()
	const holds = "api \"v1\" {\n  resource \"pods\" { verbs = [\"get\"] }\n}\napi \"batch/v1\" { enabled = false }\n"
	const warns = "api \"policy/v1beta1\" {\n  served   = false\n  severity = \"warning\"\n}\n" +
		"api \"metrics.k8s.io/v1beta1\" {\n  severity = \"warning\"\n  resource \"pods\" {}\n}\napi \"v1\" {}\n"
	return map[string]*report.Report{
		"drift":     driftReport(t),
		"satisfied": judge(t, "web.hcl", holds, apply.Policy{}),
		"error":     declarationError(),
		"stdin":     judge(t, config.Stdin, "api \"example.com/v1\" {}\napi \"metrics.k8s.io/v1beta1\" {\n  resource \"pods\" {}\n}\n", apply.Policy{}),
		"warnings":  judge(t, "/srv/web app/web.hcl", warns, apply.Policy{}),
		"allowed":   judge(t, "./deploy/web.hcl", "api \"metrics.k8s.io/v1beta1\" {\n  resource \"pods\" {}\n}\napi \"v1\" {}\n", apply.Policy{AllowUndetermined: true}),
		"warn-only": judge(t, "web.hcl", "api \"example.com/v1\" {}\napi \"metrics.k8s.io/v1beta1\" {}\napi \"v1\" {}\n", apply.Policy{WarnOnly: true}),
		"unsettled": unsettled(t),
	}
}

func TestGoldenFormats(t *testing.T) {
	for name, r := range reports(t) {
		for f := range formats() {
			t.Run(name+" as "+f, func(t *testing.T) {
				golden(t, name+"."+goldenEnding(formats()[f]), []byte(written(t, f, r)))
			})
		}
	}
}

// Every format writes the same bytes each time, and returns the error of its writer.
func TestFormatsAreDeterministicAndReturnErrors(t *testing.T) {
	for name, f := range formats() {
		if first, second := written(t, name, driftReport(t)), written(t, name, driftReport(t)); first != second {
			t.Errorf("%s differs from run to run", name)
		}
		if err := f.Report(failingWriter{}, driftReport(t), view.Options{}); !errors.Is(err, errFull) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// facets maps codes about an attribute to that attribute.
func facets() map[apply.Code]string {
	return map[apply.Code]string{
		apply.PreferredMismatch: "preferred", apply.KindMismatch: "kind", apply.ScopeMismatch: "scope", apply.VerbNotServed: "verbs",
		apply.FieldTypeMismatch: "type", apply.FieldEnumMismatch: "enum", apply.FieldRequiredMismatch: "required",
	}
}

// everything is a plan with one finding for each code.
func everything(severity config.Severity) *apply.Plan {
	plan := &apply.Plan{}
	add := func(f apply.Finding) {
		f.Requirement = config.Requirement{
			Address: fmt.Sprintf("a[%d]", len(plan.Findings)), Severity: severity, Type: config.TypeAPI,
			Range: hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}},
		}
		plan.Findings = append(plan.Findings, f)
	}
	for _, code := range apply.Codes() {
		add(apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{{Code: code, Facet: facets()[code], Declared: "x", Found: "y"}}})
	}
	for _, code := range discovery.FailureCodes() {
		add(apply.Finding{Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{Code: code, Message: "it is so"}})
	}
	return plan
}

// In each format, what counts is an error, and what is allowed or only a warning is a
// warning.
func TestWhatGates(t *testing.T) {
	tests := []struct {
		name           string
		severity       config.Severity
		policy         apply.Policy
		drift, unknown bool
	}{
		{"errors", config.SeverityError, apply.Policy{}, true, true},
		{"errors, and unknown ones allowed", config.SeverityError, apply.Policy{AllowUndetermined: true}, true, false},
		{"warnings", config.SeverityWarning, apply.Policy{}, false, false},
		{"warnings that fail", config.SeverityWarning, apply.Policy{FailOnWarning: true}, true, true},
		{"warnings that fail, and unknown ones allowed", config.SeverityWarning, apply.Policy{FailOnWarning: true, AllowUndetermined: true}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := everything(tt.severity)
			// The endpoint of the connection says nothing about a cluster; any other
			// requirement does.
			r := judged(plan, tt.policy)
			drifts, unknowns := len(apply.Codes()), len(discovery.FailureCodes())
			run := readSARIF(t, r).Runs[0]
			if run.Invocations[0].Successful != !tt.unknown {
				t.Errorf("executionSuccessful is %t", run.Invocations[0].Successful)
			}
			level := map[bool]string{true: "error", false: "warning"}
			if got := run.Results[0].Level; got != level[tt.drift] {
				t.Errorf("SARIF's level of drift is %s", got)
			}
			if got := run.Invocations[0].Notifications[0].Level; got != level[tt.unknown] {
				t.Errorf("SARIF's level of what could not be determined is %s", got)
			}
			gitlab := map[string]int{}
			for _, issue := range readGitLab(t, r) {
				gitlab[issue.Severity]++
			}
			want := map[string]int{}
			want[map[bool]string{true: "critical", false: "minor"}[tt.drift]] += drifts
			want[map[bool]string{true: "major", false: "minor"}[tt.unknown]] += unknowns
			if diff := cmp.Diff(want, gitlab); diff != "" {
				t.Errorf("GitLab's severities (-want +got)\n%s", diff)
			}
			wantJUnit := junitCounts{Tests: drifts + unknowns}
			if tt.drift {
				wantJUnit.Failures = drifts
			}
			if tt.unknown {
				wantJUnit.Errors = unknowns
			} else {
				wantJUnit.Skipped = unknowns
			}
			if diff := cmp.Diff(wantJUnit, readJUnit(t, written(t, "junit", r))); diff != "" {
				t.Errorf("JUnit's counts (-want +got)\n%s", diff)
			}
			github := written(t, "github", r)
			if got := strings.Contains(github, "::error "); got != (tt.drift || tt.unknown) {
				t.Errorf("GitHub's errors are\n%s", github)
			}
			if got := strings.Contains(github, "::warning "); got != (!tt.drift || !tt.unknown) {
				t.Errorf("GitHub's warnings are\n%s", github)
			}
		})
	}
}

// A target without a plan has no verdict, and none is shown.
func TestNoVerdictIsNone(t *testing.T) {
	r := driftReport(t)
	r.Targets[0].Plan = nil
	r.Diagnostics = hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Internal error"}}
	r.ExitCode = 1
	for name := range formats() {
		got, failure := written(t, name, r), "Internal error"
		if name == "openmetrics" {
			failure = "kreconcile_exit_code 1\n" // It has no texts for people.
		}
		if strings.Contains(got, "api[") || strings.Contains(got, "No drift") || !strings.Contains(got, failure) {
			t.Errorf("%s says\n%s", name, got)
		}
	}
}
