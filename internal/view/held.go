package view

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// rest lists what is satisfied and what is skipped.
func (p *printer) rest(plan *apply.Plan, excerpts report.Excerpts) {
	p.Line("")
	for _, f := range plan.Findings {
		switch f.Status {
		case apply.Satisfied:
			p.Line("  " + p.Green("=") + " " + safe.Line(f.Address) + p.Held(f, excerpts))
		case apply.Skipped:
			p.Line("  " + p.Faint("/ "+safe.Line(f.Address)+" is skipped"))
		case apply.Drifted, apply.StatusUndetermined:
		default:
			panic("view: unknown status " + string(f.Status))
		}
	}
}
