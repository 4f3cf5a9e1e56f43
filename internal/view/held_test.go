package view_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view"
)

// TestHeldValues tests what -v shows for a requirement that holds.
func TestHeldValues(t *testing.T) {
	sources := config.Sources{{Name: "a.hcl", Bytes: []byte("  condition = served(\"v1\")\n  condition = served(\n  condition = (\n")}}
	condition := func(line, column, bytes, length, lines int) *hcl.Range {
		return &hcl.Range{
			Filename: "a.hcl", Start: hcl.Pos{Line: line, Column: column, Byte: bytes},
			End: hcl.Pos{Line: line + lines, Column: column + length, Byte: bytes + length},
		}
	}
	for _, tt := range []struct {
		name string
		held *apply.Held
		want string
	}{
		{"the address says everything", nil, `= a`},
		{"declared and found", &apply.Held{Declared: ">= 1.30", Found: "v1.36.3"}, `= a >= 1.30 (v1.36.3)`},
		{"found as declared", &apply.Held{Declared: "10.0.0.1:443", Found: "10.0.0.1:443"}, `= a 10.0.0.1:443`},
		{"found alone", &apply.Held{Found: "Deployment"}, `= a (Deployment)`},
		{"a hostile server", &apply.Held{Found: "\x1b[31m"}, `= a (\x1b[31m)`},
		{"absent", &apply.Held{Absent: true}, `= a is not served`},
		{"a condition", &apply.Held{Condition: condition(1, 15, 14, 12, 0)}, `= a served("v1")`},
		{"a condition of several lines", &apply.Held{Condition: condition(2, 15, 41, 12, 2)}, `= a served(…`},
		{"a condition in brackets", &apply.Held{Condition: condition(3, 15, 63, 12, 2)}, `= a`},
		{"a condition that is not shown", &apply.Held{Condition: &hcl.Range{Filename: "b.hcl"}}, `= a`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := &apply.Plan{Findings: []apply.Finding{{Requirement: config.Requirement{Address: "a"}, Status: apply.Satisfied, Held: tt.held}}}
			r := judged(plan, apply.Policy{})
			r.Sources = sources
			lines := strings.Split(string(text(t, r, view.Options{Verbose: true})), "\n")
			if got := strings.TrimSpace(lines[2]); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
