package console

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Diagnostics writes diagnostics for people: what is wrong, the line of the
// declaration, and how to fix it.
func Diagnostics(w io.Writer, diags hcl.Diagnostics, sources config.Sources, color bool) error {
	p := New(w, color)
	for i, d := range diags {
		if i > 0 {
			p.Line("")
		}
		p.Diagnostic(d, sources)
	}
	return p.Err
}

// Diagnostic writes one diagnostic.
func (p *Printer) Diagnostic(d *hcl.Diagnostic, sources config.Sources) {
	label := p.Red(p.Bold("Error: "))
	if d.Severity == hcl.DiagWarning {
		label = p.Yellow(p.Bold("Warning: "))
	}
	p.Line(label + p.Bold(safe.Line(d.Summary)))
	if d.Subject != nil && d.Subject.Filename != "" {
		p.Line("")
		p.snippet(d, sources)
	}
	if d.Detail != "" {
		p.Line("")
		for _, line := range safe.Lines(d.Detail) {
			p.Line(line)
		}
	}
}

// snippet shows where a diagnostic is, with its line if that may be shown.
func (p *Printer) snippet(d *hcl.Diagnostic, sources config.Sources) {
	rng := d.Subject
	place := "  on " + safe.Line(rng.Filename)
	if rng.Start.Line > 0 {
		place += " line " + strconv.Itoa(rng.Start.Line)
	}
	e, ok := report.ExcerptOf(d, sources)
	if !ok || strings.TrimSpace(e.Code) == "" {
		p.Line(place)
		return
	}
	p.Line(place + ":")
	number := "    " + strconv.Itoa(rng.Start.Line) + ": "
	p.Line(p.Faint(number) + safe.Line(e.Code))
	if marks := underscore(e); marks != "" {
		p.Line(strings.Repeat(" ", len(number)) + p.Red(marks))
	}
}

// underscore marks the part of the line that the range covers. It returns nothing if
// a character may not be one column wide, or is not printed as it is, so that it
// never marks the wrong place.
func underscore(e report.Excerpt) string {
	pointed := e.Code[:e.End]
	if safe.Line(pointed) != pointed || strings.ContainsFunc(strings.TrimPrefix(pointed, safe.Ellipsis), func(r rune) bool { return r > '~' }) {
		return ""
	}
	return strings.Repeat(" ", utf8.RuneCountInString(e.Code[:e.Start])) + strings.Repeat("^", e.End-e.Start)
}
