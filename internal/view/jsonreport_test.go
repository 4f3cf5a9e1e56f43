package view_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/result"
)

// TestJSONTargets reads the targets and their verdicts.
func TestJSONTargets(t *testing.T) {
	plan := &apply.Plan{}
	verdict := plan.Verdict(apply.Policy{})
	const server, file = "https://10.0.0.1:443", "a/cluster.json"
	of := func(targets ...report.Target) *report.Report {
		r := &report.Report{}
		for _, target := range targets {
			r.Targets = append(r.Targets, &target)
		}
		return r
	}
	tests := []struct {
		name   string
		report *report.Report
		want   string
	}{
		{"a server", of(report.Target{Plan: plan, Verdict: verdict, Origin: &report.Origin{Endpoint: server}}),
			`satisfied: [server https://10.0.0.1:443 satisfied]`},
		{"a snapshot", of(report.Target{Plan: plan, Verdict: verdict, Origin: &report.Origin{Endpoint: server, Snapshot: &report.SnapshotFile{Path: file}}}),
			`satisfied: [snapshot a/cluster.json satisfied]`},
		{"a server that was asked, and no plan", of(report.Target{Origin: &report.Origin{Endpoint: server}}),
			`none: [server https://10.0.0.1:443 none]`},
		{"nothing was asked", &report.Report{Diagnostics: declarationError().Diagnostics}, `none: []`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := render(t, func(b *bytes.Buffer) error { return result.Write(b, tt.report) })
			var doc struct {
				Format  string `json:"format_version"`
				Verdict *string
				Targets []struct {
					Type, Name string
					Verdict    *string
					Findings   []any
				}
			}
			if err := json.Unmarshal(got, &doc); err != nil {
				t.Fatal(err)
			}
			orNone := func(s *string) string {
				if s == nil {
					return "none"
				}
				return *s
			}
			list := ""
			for _, target := range doc.Targets {
				list += target.Type + " " + target.Name + " " + orNone(target.Verdict)
				if target.Findings == nil {
					t.Error("findings is null")
				}
			}
			if diff := cmp.Diff(tt.want, orNone(doc.Verdict)+": ["+list+"]"); diff != "" || doc.Format != result.FormatVersion || doc.Targets == nil {
				t.Errorf("format %s (-want +got)\n%s\n%s", doc.Format, diff, got)
			}
		})
	}
}
