package view

import (
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// rest lists what is satisfied and what is skipped.
func (p *printer) rest(plan *apply.Plan, sources config.Sources) {
	p.Line("")
	for _, f := range plan.Findings {
		switch f.Status {
		case apply.Satisfied:
			p.Line("  " + p.Green("=") + " " + safe.Line(f.Address) + p.held(f, sources))
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
func (p *printer) held(f apply.Finding, sources config.Sources) string {
	h := f.Held
	switch {
	case h == nil:
		return ""
	case h.Absent:
		return " is not served"
	case h.Condition != nil:
		e, ok := report.NewExcerpt(*h.Condition, sources)
		if !ok {
			return ""
		}
		code := strings.TrimSpace(e.Code[e.Start:e.End])
		switch {
		case code == "(":
			return ""
		case h.Condition.End.Line > h.Condition.Start.Line:
			code += safe.Ellipsis
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
