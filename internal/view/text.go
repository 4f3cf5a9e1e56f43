package view

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

// TextOptions says how text is laid out.
type TextOptions struct {
	Color bool
	// Verbose also lists what holds and what is skipped.
	Verbose bool
}

// Text writes a report for people: the verdict, then what drifted, then what
// could not be determined and why, then how much holds and who was asked. It writes
// nothing where there is no plan: the diagnostics say why.
func Text(w io.Writer, r *Report, o TextOptions) error {
	if r.Plan == nil {
		return nil
	}
	p := printer{w: w, style: style(o.Color), recorded: r.recorded()}
	p.verdict(r)
	beneath := countBeneath(r.Plan)
	p.drift(r, beneath)
	p.undetermined(r, beneath)
	if o.Verbose {
		p.rest(r)
	}
	p.line("")
	p.line(counts(r.Verdict.Counts))
	p.origin(r.Origin)
	p.wait(r.Wait)
	return p.err
}

// verdictLine is the verdict as text without paint.
func verdictLine(r *Report) string {
	var b strings.Builder
	(&printer{w: &b}).verdict(r)
	return strings.TrimRight(b.String(), "\n")
}

func (p *printer) verdict(r *Report) {
	c := r.Verdict.Counts
	judged := c.Total - c.Skipped
	switch {
	case r.Verdict.UndeterminedAllowed:
		p.line(p.yellow(p.bold("Allowed.")) + fmt.Sprintf(" %s could not be determined, which --allow-undetermined lets pass.",
			ofRequirements(c.Undetermined, judged)))
	case r.Verdict.Status == apply.Drifted:
		line := fmt.Sprintf(" %s not as declared", isOrAre(c.Drifted, judged))
		if c.Undetermined > 0 {
			line += fmt.Sprintf(", and %d could not be determined", c.Undetermined)
		}
		p.line(p.red(p.bold("Drift.")) + line + "." + notAllowed(r))
	case r.Verdict.Unsettled:
		p.line(p.yellow(p.bold("Undetermined.")) + fmt.Sprintf(" It takes %d passes in a row that are satisfied, and %s.",
			r.Wait.Consecutive, lastWere(r.Wait.Streak)) + notAllowed(r))
	case r.Verdict.Status == apply.StatusUndetermined:
		p.line(p.yellow(p.bold("Undetermined.")) + fmt.Sprintf(" %s could not be determined.", ofRequirements(c.Undetermined, judged)) + notAllowed(r))
	case c.Warnings > 0 && c.Undetermined > 0:
		p.line(p.yellow(p.bold("No drift that counts.")) + fmt.Sprintf(" %s not hold or could not be determined, as a warning only.",
			doOrDoes(c.Warnings, judged)))
	case c.Warnings > 0:
		p.line(p.yellow(p.bold("No drift that counts.")) + fmt.Sprintf(" %s not hold, as a warning only.", doOrDoes(c.Warnings, judged)))
	case c.Total == 0:
		p.line(p.yellow(p.bold("Nothing to check.")) + " The declaration requires nothing.")
	case judged == 0:
		p.line(p.yellow(p.bold("Nothing to check.")) + " Every requirement is skipped.")
	default:
		p.line(p.green(p.bold("No drift.")) + fmt.Sprintf(" The cluster serves what is declared: %s.", holds(judged)))
	}
}

// notAllowed says why --allow-undetermined let nothing pass, and is empty where it was not
// given or changed the verdict.
func notAllowed(r *Report) string {
	const flag = " --allow-undetermined changed nothing: "
	switch v := r.Verdict; {
	case !v.Policy.AllowUndetermined:
		return ""
	case v.Unsettled:
		return flag + "--consecutive counts passes that are satisfied, and no others."
	case v.Undetermined && r.Plan.Unanswered && r.recorded():
		return flag + "the snapshot holds no answer of the cluster."
	case v.Undetermined && r.Plan.Unanswered:
		return flag + "the cluster answered nothing."
	case v.Undetermined:
		return flag + "it needs at least one requirement that could be determined, besides cluster.endpoint."
	case v.Status == apply.Drifted && v.Counts.Undetermined > 0:
		return " --allow-undetermined does not apply to drift."
	}
	return ""
}

func (p *printer) drift(r *Report, beneath map[string]int) {
	for _, f := range r.Plan.Findings {
		if f.Status != apply.Drifted || f.Cause != "" {
			continue
		}
		p.line("")
		header := clean(f.Address)
		if len(f.Differences) == 1 && f.Differences[0].Facet == "" {
			d := f.Differences[0]
			p.line("  " + p.mark(d) + " " + p.bold(header) + " " + p.sentence(d) + p.severity(f))
			p.declared(d.Range, r.Sources)
		} else {
			p.line("  " + p.yellow("~") + " " + p.bold(header) + p.severity(f))
			p.differences(f, r.Sources)
		}
		if n := beneath[f.Address]; n > 0 {
			p.line("      " + p.faint(fmt.Sprintf("and %s under it", requirements(n))))
		}
		p.advice("      ", f.Requirement)
	}
}

// differences lists the facets of a finding, each with its line of the
// declaration, once for those that share it.
func (p *printer) differences(f apply.Finding, sources config.Sources) {
	for i, d := range f.Differences {
		if i == 0 || d.Range.Filename != f.Differences[i-1].Range.Filename || d.Range.Start.Line != f.Differences[i-1].Range.Start.Line {
			p.declared(d.Range, sources)
		}
		p.line("      " + p.mark(d) + " " + p.facet(d))
	}
}

// declared shows the line of the declaration that a range begins on.
func (p *printer) declared(rng hcl.Range, sources config.Sources) {
	place := fmt.Sprintf("%s:%d:", clean(rng.Filename), rng.Start.Line)
	e, _ := newExcerpt(rng, sources)
	p.line(strings.TrimRight("      "+p.faint(place)+" "+strings.TrimSpace(clean(e.code)), " "))
}

// mark tells at a glance what the cluster would have to change: lacking, there
// although it must not be, or different.
func (p *printer) mark(d apply.Difference) string {
	switch {
	case d.Found == "", d.Code == apply.FieldNotServed:
		return p.red("-")
	case d.Declared == "":
		return p.red("+")
	}
	return p.yellow("~")
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
		s = "is not allowed: " + clean(d.Declared)
	case apply.AssertFailed:
		s = "does not hold"
		if d.Hint != "" {
			return s + ": " + clean(d.Hint)
		}
	case apply.FieldNotServed:
		s = "is not in the schema"
	case apply.EndpointMismatch:
		s = fmt.Sprintf("is %s, but the connection is to %s", clean(d.Declared), clean(d.Found))
		if p.recorded {
			s = fmt.Sprintf("is %s, but the snapshot is of %s", clean(d.Declared), clean(d.Found))
		}
	case apply.ServerAddressMismatch:
		s = fmt.Sprintf("is %s, but the server publishes %s", clean(d.Declared), orNone(clean(d.Found)))
	case apply.KubernetesMismatch:
		s = fmt.Sprintf("is %s, but the server is %s", clean(d.Declared), clean(d.Found))
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
		return d.Facet + ": " + clean(d.Declared) + p.hint(d.Hint)
	}
	return d.Facet + ": " + clean(d.Declared) + " -> " + clean(d.Found) + p.hint(d.Hint)
}

func (p *printer) hint(text string) string {
	if text == "" {
		return ""
	}
	return p.faint(" (" + clean(text) + ")")
}

func (p *printer) severity(f apply.Finding) string {
	if f.Severity == config.SeverityWarning {
		return p.yellow(" (warning)")
	}
	return ""
}

func (p *printer) advice(indent string, r config.Requirement) {
	p.labelled(indent, "reason: ", r.Reason)
	p.labelled(indent, "remedy: ", r.Remedy)
}

// labelled writes a text of one or more lines behind a label.
func (p *printer) labelled(indent, label, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	for i, line := range cleanLines(text) {
		if i == 0 {
			p.line(indent + p.faint(label) + line)
		} else {
			p.line(indent + strings.Repeat(" ", len(label)) + line)
		}
	}
}

// undetermined lists what could not be determined under the reason for it, because one
// reason mostly stands behind many requirements.
func (p *printer) undetermined(r *Report, beneath map[string]int) {
	type reason struct{ message, hint string }
	var reasons []reason
	findings := map[reason][]apply.Finding{}
	for _, f := range r.Plan.Findings {
		if f.Status != apply.StatusUndetermined || f.Cause != "" {
			continue
		}
		why := reason{f.Undetermined.Message, f.Undetermined.Hint}
		if _, seen := findings[why]; !seen {
			reasons = append(reasons, why)
		}
		findings[why] = append(findings[why], f)
	}
	for _, why := range reasons {
		p.line("")
		p.line("  " + p.yellow("?") + " could not be determined: " + clean(why.message))
		p.labelled("      ", "hint: ", why.hint)
		for _, f := range findings[why] {
			more := ""
			if n := beneath[f.Address]; n > 0 {
				more = p.faint(fmt.Sprintf(" and %s under it", requirements(n)))
			}
			p.line("      " + p.bold(clean(f.Address)) + p.place(f) + p.severity(f) + more)
			p.advice("        ", f.Requirement)
		}
	}
}

func (p *printer) place(f apply.Finding) string {
	return p.faint(fmt.Sprintf(" (%s:%d)", clean(f.Range.Filename), f.Range.Start.Line))
}

func (p *printer) origin(o *Origin) {
	if o == nil {
		return
	}
	version := ""
	if o.ServerVersion != "" {
		version = clean(o.ServerVersion)
		if o.Emulates != "" {
			version += ", emulating " + clean(o.Emulates)
		}
		version = " (" + version + ")"
	}
	switch {
	case o.SnapshotFile != "" && o.Endpoint == "":
		p.line(p.faint("Read the snapshot " + clean(o.SnapshotFile) + version + "."))
	case o.SnapshotFile != "":
		p.line(p.faint(fmt.Sprintf("Read the snapshot %s of %s%s, taken %s.", clean(o.SnapshotFile), clean(o.Endpoint), version,
			o.SnapshotTime.UTC().Format("2006-01-02 15:04:05 UTC"))))
	case o.Requests == 0:
		p.line(p.faint("Asked nothing of " + clean(o.Endpoint) + "."))
	default:
		p.line(p.faint(fmt.Sprintf("Asked %s%s: %s, %s, %s.", clean(o.Endpoint), version, plural(o.Requests, "request"),
			byteCount(o.Bytes), o.Duration.Round(time.Millisecond))))
	}
}

// countBeneath says for each address how many findings have it as their cause.
func countBeneath(plan *apply.Plan) map[string]int {
	n := map[string]int{}
	for _, f := range plan.Findings {
		if f.Cause != "" {
			n[f.Cause]++
		}
	}
	return n
}

// wait says how the plan was waited for.
func (p *printer) wait(w *Wait) {
	if w == nil {
		return
	}
	p.line(p.faint(waitLine(w)))
	if len(w.Mixed) > 0 {
		p.line(p.yellow(mixedLine(w)))
	}
}

func waitLine(w *Wait) string {
	line := fmt.Sprintf("Waited %s of %s: %s", Span(w.Elapsed), Span(w.Limit), passes(w.Passes))
	if w.Consecutive > 1 {
		line += ", of which " + lastWere(w.Streak) + " satisfied"
	}
	if w.Ended != "" {
		line += ", " + w.Ended
	}
	return line + "."
}

// lastWere says how many of the last passes were satisfied.
func lastWere(streak int) string {
	switch streak {
	case 0:
		return "the last was not"
	case 1:
		return "the last was"
	}
	return fmt.Sprintf("the last %d were", streak)
}

func mixedLine(w *Wait) string {
	const shown = 3
	addresses := strings.Join(w.Mixed[:min(len(w.Mixed), shown)], ", ")
	if more := len(w.Mixed) - shown; more > 0 {
		addresses += fmt.Sprintf(" and %d more", more)
	}
	return "Mixed answers: " + clean(addresses) +
		" held in one pass and drifted in a later one. The API servers behind the address may differ, as in the middle of an upgrade."
}
