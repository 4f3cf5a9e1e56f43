package view_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

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
			r := judged(plan, tt.policy)
			first, _, _ := strings.Cut(string(text(t, r, view.Options{})), "\n")
			if first != tt.want {
				t.Errorf("got  %s\nwant %s", first, tt.want)
			}
		})
	}
}

func TestOriginThatWasNotAsked(t *testing.T) {
	plan := &apply.Plan{}
	r := judged(plan, apply.Policy{})
	r.Targets[0].Origin = &report.Origin{Endpoint: "https://10.0.0.1:443"}
	if got := string(text(t, r, view.Options{})); !strings.HasSuffix(got, "\nAsked nothing of https://10.0.0.1:443.\n") {
		t.Errorf("got %q", got)
	}
}

func TestOriginOfASnapshot(t *testing.T) {
	plan := &apply.Plan{}
	r := judged(plan, apply.Policy{})
	r.Targets[0].Origin = &report.Origin{Snapshot: &report.SnapshotFile{Path: "a.json"}}
	if got := string(text(t, r, view.Options{})); !strings.HasSuffix(got, "\nRead the snapshot a.json.\n") {
		t.Errorf("got %q", got)
	}
	r.Targets[0].Origin.Endpoint, r.Targets[0].Origin.ServerVersion = "https://10.0.0.1:443", "v1.36.3"
	r.Targets[0].Origin.Snapshot.Time = time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600))
	if got := string(text(t, r, view.Options{})); !strings.HasSuffix(got, "\nRead the snapshot a.json of https://10.0.0.1:443 (v1.36.3), taken 2026-01-02 03:04:05 UTC.\n") {
		t.Errorf("got %q", got)
	}
}

// Each code has its words: a view panics on a code that it does not know.
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
		r := judged(plan, apply.Policy{})
		shown := "~ a"
		if code == apply.FieldNotServed {
			shown = "- a" // what is found is how far the schema goes
		}
		if got := string(text(t, r, view.Options{})); !strings.Contains(got, "\n  "+shown) {
			t.Errorf("%s is shown as\n%s", code, got)
		}
		if got := render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }); !strings.Contains(string(got), shown) {
			t.Errorf("%s is shown as\n%s", code, got)
		}
	}
}

func TestNoPlanIsNoText(t *testing.T) {
	if got := text(t, &report.Report{}, view.Options{}); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}
