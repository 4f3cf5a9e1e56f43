package view_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

func TestTektonResults(t *testing.T) {
	r := driftReport(t)
	want := []view.TektonResult{{"verdict", "drifted"}, {"satisfied", "2"}, {"drifted", "10"}, {"undetermined", "2"}, {"skipped", "1"}, {"deprecated", "0"}}
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
	if diff := cmp.Diff(want, view.TektonResults(&report.Report{})); diff != "" {
		t.Errorf("no plan (-want +got):\n%s", diff)
	}
}
