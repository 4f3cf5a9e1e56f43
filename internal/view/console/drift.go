package console

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Drift writes what is not as declared, each with its line of the declaration. Under has how many
// requirements drifted under an address.
func (p *Printer) Drift(plan *apply.Plan, excerpts report.Excerpts, under map[string]int) {
	for _, f := range plan.Findings {
		if f.Status != apply.Drifted || f.Cause != "" {
			continue
		}
		p.Line("")
		header := safe.Line(f.Address)
		if len(f.Differences) == 1 && f.Differences[0].Facet == "" {
			d := f.Differences[0]
			p.Line("  " + p.Mark(d) + " " + p.Bold(header) + " " + p.Sentence(d) + p.Severity(f))
			p.declared(d.Range, excerpts)
		} else {
			p.Line("  " + p.Yellow("~") + " " + p.Bold(header) + p.Severity(f))
			p.differences(f, excerpts)
		}
		if n := under[f.Address]; n > 0 {
			p.Line("      " + p.Faint(fmt.Sprintf("and %s under it", report.Requirements(n))))
		}
		p.Advice("      ", f.Requirement)
	}
}

// differences lists the facets of a finding, each with its line of the declaration.
// Facets on one line share it.
func (p *Printer) differences(f apply.Finding, excerpts report.Excerpts) {
	for i, d := range f.Differences {
		if i == 0 || d.Range.Filename != f.Differences[i-1].Range.Filename || d.Range.Start.Line != f.Differences[i-1].Range.Start.Line {
			p.declared(d.Range, excerpts)
		}
		p.Line("      " + p.Mark(d) + " " + p.Facet(d))
	}
}

// declared shows the line of the declaration on which a range begins.
func (p *Printer) declared(rng hcl.Range, excerpts report.Excerpts) {
	place := fmt.Sprintf("%s:%d:", safe.Line(rng.Filename), rng.Start.Line)
	e, _ := excerpts(rng)
	p.Line(strings.TrimRight("      "+p.Faint(place)+" "+strings.TrimSpace(safe.Line(e.Code)), " "))
}

// Advice writes the reason and the remedy of a requirement, if it has them.
func (p *Printer) Advice(indent string, r config.Requirement) {
	p.Labelled(indent, "reason: ", r.Reason)
	p.Labelled(indent, "remedy: ", r.Remedy)
}

// Labelled writes a text of one or more lines after a label.
func (p *Printer) Labelled(indent, label, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	for i, line := range safe.Lines(text) {
		if i == 0 {
			p.Line(indent + p.Faint(label) + line)
		} else {
			p.Line(indent + strings.Repeat(" ", len(label)) + line)
		}
	}
}
