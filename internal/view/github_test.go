package view_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
)

// drifted is a run with so many findings of each severity.
func drifted(errors, warnings int) *report.Report {
	plan := &apply.Plan{}
	for i := range errors + warnings {
		f := apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{{
			Code: apply.GroupVersionNotServed, Declared: "x/v1", Range: hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: i + 1}, End: hcl.Pos{Line: i + 1}},
		}}}
		f.Requirement = config.Requirement{Address: fmt.Sprintf("a[%d]", i), Severity: config.SeverityWarning}
		// The worst are not first in the declaration.
		if i >= warnings {
			f.Severity = config.SeverityError
		}
		plan.Findings = append(plan.Findings, f)
	}
	return judged(plan, apply.Policy{})
}

func TestGitHubShowsTenOfAKind(t *testing.T) {
	tests := []struct {
		errors, warnings   int
		errLines, wrnLines int
		more               []string
	}{
		{0, 1, 0, 1, nil},
		{10, 10, 10, 10, nil},
		{11, 9, 10, 9, []string{"::error title=kreconcile::2 more are not annotated"}},
		{9, 30, 9, 10, []string{"::warning title=kreconcile::21 more are not annotated"}},
		{5000, 11, 10, 10, []string{"::error title=kreconcile::4991 more are not annotated", "::warning title=kreconcile::2 more are not annotated"}},
	}
	for _, tt := range tests {
		got := written(t, "github", drifted(tt.errors, tt.warnings))
		if n, m := strings.Count(got, "::error "), strings.Count(got, "::warning "); n != tt.errLines || m != tt.wrnLines {
			t.Errorf("%d errors and %d warnings give %d and %d commands", tt.errors, tt.warnings, n, m)
		}
		for _, more := range tt.more {
			if !strings.Contains(got, more) {
				t.Errorf("%d errors and %d warnings do not say %q:\n%s", tt.errors, tt.warnings, more, got)
			}
		}
		if len(tt.more) != strings.Count(got, "more are") {
			t.Errorf("%d errors and %d warnings give\n%s", tt.errors, tt.warnings, got)
		}
		if tt.errors > 0 && !strings.HasPrefix(got, "::error ") {
			t.Errorf("the worst does not come first:\n%s", got)
		}
	}
	r := drifted(20, 0)
	r.Diagnostics = hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Operation failed"}}
	if got := written(t, "github", r); !strings.HasPrefix(got, "::error title=Operation failed::") {
		t.Errorf("an error does not come first:\n%s", got)
	}
}

func TestGitHubEscapes(t *testing.T) {
	plan := &apply.Plan{Findings: []apply.Finding{{
		Requirement: config.Requirement{Address: "a,b:c%"}, Status: apply.Drifted,
		Differences: []apply.Difference{{
			Code: apply.KubernetesMismatch, Declared: "100%0A", Found: "x,y::z",
			Range: hcl.Range{Filename: "a,b:c%.hcl", Start: hcl.Pos{Line: 3, Column: 4}, End: hcl.Pos{Line: 5, Column: 2}},
		}},
	}}}
	want := "::error file=a%2Cb%3Ac%25.hcl,line=3,endLine=5,title=Drift%3A a%2Cb%3Ac%25::" +
		"a,b:c%25 is 100%250A, but the server is x,y::z\n"
	if got := written(t, "github", judged(plan, apply.Policy{})); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestGitHubHasOneNotice tests that a run over many satisfied targets takes one of the ten
// notices that GitHub shows.
func TestGitHubHasOneNotice(t *testing.T) {
	r := judged(&apply.Plan{}, apply.Policy{})
	first, second := *r.Targets[0], *r.Targets[0]
	first.Origin = &report.Origin{Release: &report.Release{Version: "1.33"}}
	second.Origin = &report.Origin{Release: &report.Release{Version: "1.34"}}
	r.Targets = []*report.Target{&first, &second}
	want := "::notice title=kreconcile::release 1.33: Nothing to check. The declaration requires nothing.%0A" +
		"release 1.34: Nothing to check. The declaration requires nothing.\n"
	if got := written(t, "github", r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
