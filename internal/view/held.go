package view

import (
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

// rest lists what holds and what is skipped.
func (p *printer) rest(r *Report) {
	p.line("")
	for _, f := range r.Plan.Findings {
		switch f.Status {
		case apply.Satisfied:
			p.line("  " + p.green("=") + " " + clean(f.Address) + p.held(f, r.Sources))
		case apply.Skipped:
			p.line("  " + p.faint("/ "+clean(f.Address)+" is skipped"))
		case apply.Drifted, apply.StatusUndetermined:
		default:
			panic("view: unknown status " + string(f.Status))
		}
	}
}

// held gives the value of what holds. That of an assert is its condition.
func (p *printer) held(f apply.Finding, sources config.Sources) string {
	h := f.Held
	switch {
	case h == nil:
		return ""
	case h.Absent:
		return " is not served"
	case h.Condition != nil:
		e, ok := newExcerpt(*h.Condition, sources)
		if !ok {
			return ""
		}
		code := strings.TrimSpace(e.code[e.start:e.end])
		switch {
		case code == "(":
			return ""
		case h.Condition.End.Line > h.Condition.Start.Line:
			code += ellipsis
		}
		return " " + clean(code)
	}
	s := ""
	if h.Declared != "" {
		s = " " + clean(h.Declared)
	}
	if h.Found != "" && h.Found != h.Declared {
		s += p.faint(" (" + clean(h.Found) + ")")
	}
	return s
}
