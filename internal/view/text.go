package view

import (
	"fmt"
	"io"
	"slices"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Text writes a report for people. For each target it has the verdict, then what
// drifted, then what could not be determined and why, then which APIs are deprecated, then how
// many requirements hold and which server was asked. A target without a plan has no verdict, which is left out if
// it is the only target: the diagnostics say why. Unless o.Verbose, the problems of
// several targets are merged.
func Text(w io.Writer, r *report.Report, o Options) error {
	p := printer{console.New(w, o.Color)}
	if len(r.Targets) > 1 && !o.Verbose {
		p.matrix(r)
		return p.Err
	}
	for i, t := range r.Targets {
		title := r.Title(t)
		if title != "" {
			if i > 0 {
				p.Line("")
			}
			p.Line(p.Bold("Target: " + title))
		}
		switch {
		case t.Plan != nil:
			p.target(t, r, o.Verbose)
		case title != "":
			p.Line(report.NoVerdict)
		}
	}
	return p.Err
}

// printer writes about targets.
type printer struct{ console.Printer }

func (p *printer) target(t *report.Target, r *report.Report, verbose bool) {
	p.Origin = t.Origin
	p.Line(p.Verdict(t))
	under := report.CountUnder(t.Plan)
	p.Drift(t.Plan, r.Excerpts(t), under)
	p.undetermined(t.Plan, under)
	p.deprecated(report.ByDeprecation(t.Plan.Findings), t.Verdict)
	if verbose {
		p.rest(t.Plan, r.Excerpts(t))
	}
	p.Line("")
	p.Line(report.Counts(t.Verdict.Counts))
	if t.Origin != nil {
		p.Line(p.Faint(t.Origin.Line()))
	}
	if t.Wait != nil {
		p.Line(p.Faint(report.WaitLine(t.Wait)))
		if len(t.Wait.Mixed) > 0 {
			p.Line(p.Yellow(report.MixedLine(t.Wait)))
		}
	}
}

// undetermined groups what could not be determined by reason, because many
// requirements usually share one.
func (p *printer) undetermined(plan *apply.Plan, under map[string]int) {
	for _, findings := range report.ByReason(plan.Findings) {
		why := findings[0].Undetermined
		p.Line("")
		p.Line("  " + p.Yellow("?") + " could not be determined: " + safe.Line(why.Message))
		p.Labelled("      ", "hint: ", why.Hint)
		for _, f := range findings {
			more := ""
			if n := under[f.Address]; n > 0 {
				more = p.Faint(fmt.Sprintf(" and %s under it", report.Requirements(n)))
			}
			p.Line("      " + p.Bold(safe.Line(f.Address)) + p.place(f, "") + p.Severity(f) + more)
			p.Advice("        ", f.Requirement)
		}
	}
}

// deprecated writes a line for each deprecated API, with the requirements that hold by it.
func (p *printer) deprecated(groups [][]apply.Finding, verdict apply.Verdict) {
	for i, findings := range groups {
		if i == 0 {
			p.Line("")
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
		p.Line("  " + mark + " " + p.Bold(safe.Line(d.API())) + p.place(findings[0], more) + " is " + d.String())
	}
}

func (p *printer) place(f apply.Finding, more string) string {
	return p.Faint(fmt.Sprintf(" (%s:%d%s)", safe.Line(f.Range.Filename), f.Range.Start.Line, more))
}
