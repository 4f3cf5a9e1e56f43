package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Text writes a report for people. For each target it has the verdict, then what
// drifted, then what could not be determined and why, then which APIs are deprecated, then how
// many requirements hold and which server was asked. A target without a plan has no verdict, which is left out if
// it is the only target: the diagnostics say why. Unless o.Verbose, the problems of
// several targets are merged.
func Text(w io.Writer, r *report.Report, o Options) error {
	p := printer{w: w, Wording: report.Wording{Style: safe.Style(o.Color)}}
	if len(r.Targets) > 1 && !o.Verbose {
		p.matrix(r)
		return p.err
	}
	for i, t := range r.Targets {
		title := r.Title(t)
		if title != "" {
			if i > 0 {
				p.line("")
			}
			p.line(p.Bold("Target: " + title))
		}
		switch {
		case t.Plan != nil:
			p.target(t, r, o.Verbose)
		case title != "":
			p.line(report.NoVerdict)
		}
	}
	return p.err
}

func (p *printer) target(t *report.Target, r *report.Report, verbose bool) {
	p.Origin = t.Origin
	p.line(p.Verdict(t))
	under := report.CountUnder(t.Plan)
	p.drift(t.Plan, r.Sources, under)
	p.undetermined(t.Plan, under)
	p.deprecated(report.ByDeprecation(t.Plan.Findings), t.Verdict)
	if verbose {
		p.rest(t.Plan, r.Sources)
	}
	p.line("")
	p.line(report.Counts(t.Verdict.Counts))
	if t.Origin != nil {
		p.line(p.Faint(t.Origin.Line()))
	}
	if t.Wait != nil {
		p.line(p.Faint(report.WaitLine(t.Wait)))
		if len(t.Wait.Mixed) > 0 {
			p.line(p.Yellow(report.MixedLine(t.Wait)))
		}
	}
}

func (p *printer) drift(plan *apply.Plan, sources config.Sources, under map[string]int) {
	for _, f := range plan.Findings {
		if f.Status != apply.Drifted || f.Cause != "" {
			continue
		}
		p.line("")
		header := safe.Line(f.Address)
		if len(f.Differences) == 1 && f.Differences[0].Facet == "" {
			d := f.Differences[0]
			p.line("  " + p.Mark(d) + " " + p.Bold(header) + " " + p.Sentence(d) + p.Severity(f))
			p.declared(d.Range, sources)
		} else {
			p.line("  " + p.Yellow("~") + " " + p.Bold(header) + p.Severity(f))
			p.differences(f, sources)
		}
		if n := under[f.Address]; n > 0 {
			p.line("      " + p.Faint(fmt.Sprintf("and %s under it", report.Requirements(n))))
		}
		p.advice("      ", f.Requirement)
	}
}

// differences lists the facets of a finding, each with its line of the declaration.
// Facets on one line share it.
func (p *printer) differences(f apply.Finding, sources config.Sources) {
	for i, d := range f.Differences {
		if i == 0 || d.Range.Filename != f.Differences[i-1].Range.Filename || d.Range.Start.Line != f.Differences[i-1].Range.Start.Line {
			p.declared(d.Range, sources)
		}
		p.line("      " + p.Mark(d) + " " + p.Facet(d))
	}
}

// declared shows the line of the declaration on which a range begins.
func (p *printer) declared(rng hcl.Range, sources config.Sources) {
	place := fmt.Sprintf("%s:%d:", safe.Line(rng.Filename), rng.Start.Line)
	e, _ := report.NewExcerpt(rng, sources)
	p.line(strings.TrimRight("      "+p.Faint(place)+" "+strings.TrimSpace(safe.Line(e.Code)), " "))
}

func (p *printer) advice(indent string, r config.Requirement) {
	p.labelled(indent, "reason: ", r.Reason)
	p.labelled(indent, "remedy: ", r.Remedy)
}

// labelled writes a text of one or more lines after a label.
func (p *printer) labelled(indent, label, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	for i, line := range safe.Lines(text) {
		if i == 0 {
			p.line(indent + p.Faint(label) + line)
		} else {
			p.line(indent + strings.Repeat(" ", len(label)) + line)
		}
	}
}

// undetermined groups what could not be determined by reason, because many
// requirements usually share one.
func (p *printer) undetermined(plan *apply.Plan, under map[string]int) {
	for _, findings := range report.ByReason(plan.Findings) {
		why := findings[0].Undetermined
		p.line("")
		p.line("  " + p.Yellow("?") + " could not be determined: " + safe.Line(why.Message))
		p.labelled("      ", "hint: ", why.Hint)
		for _, f := range findings {
			more := ""
			if n := under[f.Address]; n > 0 {
				more = p.Faint(fmt.Sprintf(" and %s under it", report.Requirements(n)))
			}
			p.line("      " + p.Bold(safe.Line(f.Address)) + p.place(f, "") + p.Severity(f) + more)
			p.advice("        ", f.Requirement)
		}
	}
}

// deprecated writes a line for each deprecated API, with the requirements that hold by it.
func (p *printer) deprecated(groups [][]apply.Finding, verdict apply.Verdict) {
	for i, findings := range groups {
		if i == 0 {
			p.line("")
		}
		mark := p.Yellow("!")
		if slices.ContainsFunc(findings, verdict.Fails) {
			mark = p.Red("!")
		}
		more := ""
		if n := len(findings) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		d := findings[0].Deprecation
		p.line("  " + mark + " " + p.Bold(safe.Line(d.API())) + p.place(findings[0], more) + " is " + d.String())
	}
}

func (p *printer) place(f apply.Finding, more string) string {
	return p.Faint(fmt.Sprintf(" (%s:%d%s)", safe.Line(f.Range.Filename), f.Range.Start.Line, more))
}
