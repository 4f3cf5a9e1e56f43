package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Text writes a report for people. For each target it has the verdict, then what
// drifted, then what could not be determined and why, then how many requirements hold
// and which server was asked. A target without a plan has no verdict, which is left out if
// it is the only target: the diagnostics say why. Unless o.Verbose, the problems of
// several targets are merged.
func Text(w io.Writer, r *Report, o Options) error {
	p := printer{w: w, Style: safe.Style(o.Color)}
	if len(r.Targets) > 1 && !o.Verbose {
		p.matrix(r)
		return p.err
	}
	for i, t := range r.Targets {
		title := r.title(t)
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
			p.line(noVerdict)
		}
	}
	return p.err
}

// noVerdict is what there is to say of one of several targets that has no plan.
const noVerdict = "No verdict."

func (p *printer) target(t *Target, r *Report, verbose bool) {
	p.origin = t.Origin
	p.line(p.verdict(t))
	under := countUnder(t.Plan)
	p.drift(t.Plan, r.Sources, under)
	p.undetermined(t.Plan, under)
	if verbose {
		p.rest(t.Plan, r.Sources)
	}
	p.line("")
	p.line(counts(t.Verdict.Counts))
	if t.Origin != nil {
		p.line(p.Faint(t.Origin.line()))
	}
	if t.Wait != nil {
		p.line(p.Faint(waitLine(t.Wait)))
		if len(t.Wait.Mixed) > 0 {
			p.line(p.Yellow(mixedLine(t.Wait)))
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
			p.line("  " + p.mark(d) + " " + p.Bold(header) + " " + p.sentence(d) + p.severity(f))
			p.declared(d.Range, sources)
		} else {
			p.line("  " + p.Yellow("~") + " " + p.Bold(header) + p.severity(f))
			p.differences(f, sources)
		}
		if n := under[f.Address]; n > 0 {
			p.line("      " + p.Faint(fmt.Sprintf("and %s under it", requirements(n))))
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
		p.line("      " + p.mark(d) + " " + p.facet(d))
	}
}

// declared shows the line of the declaration on which a range begins.
func (p *printer) declared(rng hcl.Range, sources config.Sources) {
	place := fmt.Sprintf("%s:%d:", safe.Line(rng.Filename), rng.Start.Line)
	e, _ := newExcerpt(rng, sources)
	p.line(strings.TrimRight("      "+p.Faint(place)+" "+strings.TrimSpace(safe.Line(e.code)), " "))
}

// mark returns a sign for the change that the cluster would need: missing, present
// though it must not be, or different.
func (p *printer) mark(d apply.Difference) string {
	switch {
	case d.Found == "", d.Code == apply.FieldNotServed:
		return p.Red("-")
	case d.Declared == "":
		return p.Red("+")
	}
	return p.Yellow("~")
}

// sentence says what is wrong with a requirement as a whole.
func (p *printer) sentence(d apply.Difference) string {
	var s string
	switch d.Code {
	case apply.GroupVersionServed, apply.ResourceServed, apply.KindServed, apply.SubresourceServed, apply.FieldServed:
		s = "is served, and must not be"
	case apply.GroupVersionNotServed, apply.ResourceNotServed, apply.KindNotServed, apply.SubresourceNotServed:
		s = "is not served"
	case apply.PermissionDenied:
		s = "is not allowed: " + safe.Line(d.Declared)
	case apply.AssertFailed:
		s = "does not hold"
		if d.Hint != "" {
			return s + ": " + safe.Line(d.Hint)
		}
	case apply.FieldNotServed:
		s = "is not in the schema"
	case apply.EndpointMismatch:
		s = fmt.Sprintf("is %s, but the connection is to %s", safe.Line(d.Declared), safe.Line(d.Found))
		if p.origin.recorded() {
			s = fmt.Sprintf("is %s, but the snapshot is of %s", safe.Line(d.Declared), safe.Line(d.Found))
		}
	case apply.ServerAddressMismatch:
		s = fmt.Sprintf("is %s, but the server publishes %s", safe.Line(d.Declared), orNone(safe.Line(d.Found)))
	case apply.KubernetesMismatch:
		switch {
		case p.origin.released() && p.merged:
			s = fmt.Sprintf("must be %s, and the release is not", safe.Line(d.Declared))
		case p.origin.released():
			s = fmt.Sprintf("is %s, but the release is %s", safe.Line(d.Declared), safe.Line(d.Found))
		default:
			s = fmt.Sprintf("is %s, but the server is %s", safe.Line(d.Declared), safe.Line(d.Found))
		}
	case apply.PreferredMismatch, apply.KindMismatch, apply.ScopeMismatch, apply.VerbNotServed,
		apply.FieldTypeMismatch, apply.FieldEnumMismatch, apply.FieldRequiredMismatch:
		panic("view: " + string(d.Code) + " is about a facet")
	default:
		panic("view: unknown code " + string(d.Code))
	}
	return s + p.hint(d.Hint)
}

func (p *printer) facet(d apply.Difference) string {
	if d.Found == "" {
		return d.Facet + ": " + safe.Line(d.Declared) + p.hint(d.Hint)
	}
	return d.Facet + ": " + safe.Line(d.Declared) + " -> " + safe.Line(d.Found) + p.hint(d.Hint)
}

func (p *printer) hint(text string) string {
	if text == "" {
		return ""
	}
	return p.Faint(" (" + safe.Line(text) + ")")
}

func (p *printer) severity(f apply.Finding) string {
	if f.Severity == config.SeverityWarning {
		return p.Yellow(" (warning)")
	}
	return ""
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
	for _, findings := range byReason(plan.Findings) {
		why := findings[0].Undetermined
		p.line("")
		p.line("  " + p.Yellow("?") + " could not be determined: " + safe.Line(why.Message))
		p.labelled("      ", "hint: ", why.Hint)
		for _, f := range findings {
			more := ""
			if n := under[f.Address]; n > 0 {
				more = p.Faint(fmt.Sprintf(" and %s under it", requirements(n)))
			}
			p.line("      " + p.Bold(safe.Line(f.Address)) + p.place(f) + p.severity(f) + more)
			p.advice("        ", f.Requirement)
		}
	}
}

// byReason returns what could not be determined itself, in groups with one reason and hint.
func byReason(findings []apply.Finding) [][]apply.Finding {
	type reason struct{ message, hint string }
	var groups [][]apply.Finding
	at := map[reason]int{}
	for _, f := range findings {
		if f.Status != apply.StatusUndetermined || f.Cause != "" {
			continue
		}
		why := reason{f.Undetermined.Message, f.Undetermined.Hint}
		i, seen := at[why]
		if !seen {
			i = len(groups)
			at[why], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

func (p *printer) place(f apply.Finding) string {
	return p.Faint(fmt.Sprintf(" (%s:%d)", safe.Line(f.Range.Filename), f.Range.Start.Line))
}

// countUnder returns how many findings have each address as their cause.
func countUnder(plan *apply.Plan) map[string]int {
	n := map[string]int{}
	for _, f := range plan.Findings {
		if f.Cause != "" {
			n[f.Cause]++
		}
	}
	return n
}
