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
			p.Line("  " + p.Green("=") + " " + safe.Line(f.Address) + p.held(f, excerpts))
		case apply.Skipped:
			p.Line("  " + p.Faint("/ "+safe.Line(f.Address)+" is skipped"))
		case apply.Drifted, apply.StatusUndetermined:
		default:
			panic("view: unknown status " + string(f.Status))
		}
	}
}

// held returns the value of a requirement that holds. For an assert it is the
// condition.
func (p *printer) held(f apply.Finding, excerpts report.Excerpts) string {
	h := f.Held
	switch {
	case h == nil:
		return ""
	case h.Absent:
		return " is not served"
	case h.Condition != nil:
		code := report.Condition(*h.Condition, excerpts)
		if code == "" {
			return ""
		}
		return " " + safe.Line(code)
	}
	s := ""
	if h.Declared != "" {
		s = " " + safe.Line(h.Declared)
	}
	if h.Found != "" && h.Found != h.Declared {
		s += p.Faint(" (" + safe.Line(h.Found) + ")")
	}
	return s
}
