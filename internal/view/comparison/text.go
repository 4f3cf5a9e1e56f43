package comparison

import (
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
)

// Text writes a comparison for people: what came (+), went (-) and changed (~), by group
// version, and what was not compared. A change of an object that several kinds have is one line,
// unless o.Verbose. The diagnostics are written elsewhere.
func Text(w io.Writer, c *report.Comparison, o console.Options) error {
	if c.Result == nil {
		return nil
	}
	p := console.New(w, o.Color)
	p.Line(p.Bold(c.Verdict()))
	header := ""
	for _, g := range report.ChangeGroups(c.Result.Changes) {
		if of := report.GroupVersionOf(g.Change); of != header {
			header = of
			p.Line("")
			p.Line(p.Bold(header))
		}
		writeChange(&p, g, c.Breaking)
		switch {
		case o.Verbose:
			for _, place := range g.More {
				p.Line("      also in " + place)
			}
		case len(g.More) > 0:
			p.Line("      " + p.Faint(g.Places()))
		}
	}
	if len(c.Result.Unknown) > 0 {
		p.Line("")
		p.Line(p.Bold("Not compared"))
		for _, gap := range c.Result.Unknown {
			p.Line("  " + p.Yellow("?") + " " + report.GapText(gap))
			p.Line("      " + p.Faint(c.GapReason(gap)))
		}
	}
	p.Line("")
	for _, note := range c.Notes() {
		p.Line(note)
	}
	p.Line(p.Faint("Old: " + report.SideLine(c.Old)))
	p.Line(p.Faint("New: " + report.SideLine(c.New)))
	return p.Err
}

// writeChange writes a change. If all of them are breaking, none is marked.
func writeChange(p *console.Printer, g *report.ChangeGroup, all bool) {
	var mark string
	switch g.How {
	case compare.Added:
		mark = p.Green("+")
	case compare.Removed:
		mark = p.Red("-")
	case compare.Changed:
		mark = p.Yellow("~")
	default:
		panic("comparison: unknown change " + string(g.How))
	}
	line := "  " + mark + " " + strings.TrimSpace(report.SubjectOf(g.Change)+" "+report.ChangeText(g.Change))
	if g.Breaking && !all {
		line += p.Red(" (breaking)")
	}
	p.Line(line)
}
