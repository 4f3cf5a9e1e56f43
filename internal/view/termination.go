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

// TerminationLimit is the number of bytes of a termination message that Kubernetes
// keeps.
//
// Source:
// https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
const TerminationLimit = 4096

// Termination writes the message that kubectl describe pod shows for a container that
// ended: the verdict, the worst findings, and what to do about undetermined ones, at
// most [TerminationLimit] bytes. What does not fit is counted.
func Termination(w io.Writer, r *report.Report) error {
	_, err := w.Write(fit(terminationEntries(r), TerminationLimit))
	return err
}

// entry is a line of the termination message, or a line with a hint under it.
type entry struct {
	text string
	// about is the number of findings that the entry is about. It is 1 for an entry
	// that is about none but counts, and 0 for a heading.
	about int
}

func terminationEntries(r *report.Report) []entry {
	var entries []entry
	add := func(lines ...string) {
		for _, line := range lines {
			entries = append(entries, entry{safe.Cut(line, longestLine), 1})
		}
	}
	for _, d := range r.Diagnostics {
		if d.Severity == hcl.DiagError {
			add(oneLineDiagnostic(d))
		}
	}
	of := func(t *report.Target) string {
		if title := r.Title(t); title != "" {
			return title + ": "
		}
		return ""
	}
	for _, t := range r.Targets {
		if t.Plan == nil {
			if of(t) != "" {
				add(of(t) + report.NoVerdict)
			}
			continue
		}
		add(of(t) + report.VerdictLine(t))
		if t.Wait != nil {
			add(of(t) + report.WaitLine(t.Wait))
			if len(t.Wait.Mixed) > 0 {
				add(of(t) + report.MixedLine(t.Wait))
			}
		}
	}
	hinted := map[string]bool{}
	for _, t := range r.Judged() {
		p := printer{Wording: report.Wording{Origin: t.Origin}}
		before := len(entries)
		for _, severity := range config.Severities() {
			add(p.drifted(t.Plan, severity, remedy)...)
			entries = append(entries, p.reasons(t.Plan, severity, hinted)...)
		}
		if title := r.Title(t); title != "" && len(entries) > before {
			entries = slices.Insert(entries, before, entry{safe.Cut(title+":", longestLine), 0})
		}
	}
	return entries
}

func oneLineDiagnostic(d *hcl.Diagnostic) string {
	place := ""
	if d.Subject != nil && d.Subject.Filename != "" {
		place = safe.Line(d.Subject.Filename) + ": "
	}
	if place != "" && d.Subject.Start.Line > 0 {
		place = fmt.Sprintf("%s line %d: ", safe.Line(d.Subject.Filename), d.Subject.Start.Line)
	}
	return "Error: " + place + safe.Line(d.Summary) + ": " + safe.Line(d.Detail)
}

// drifted returns a line for each drifted finding of a severity, with the text from
// remedy.
func (p *printer) drifted(plan *apply.Plan, severity config.Severity, remedy func(apply.Finding) string) []string {
	var lines []string
	for _, f := range plan.Findings {
		switch {
		case f.Severity != severity || f.Cause != "" || f.Status != apply.Drifted:
		case f.Differences[0].Facet == "":
			lines = append(lines, p.Mark(f.Differences[0])+" "+safe.Line(f.Address)+" "+p.Sentence(f.Differences[0])+p.Severity(f)+remedy(f))
		default:
			var facets []string
			for _, d := range f.Differences {
				facets = append(facets, p.Facet(d))
			}
			lines = append(lines, "~ "+safe.Line(f.Address)+" "+strings.Join(facets, "; ")+p.Severity(f)+remedy(f))
		}
	}
	return lines
}

func remedy(f apply.Finding) string {
	if strings.TrimSpace(f.Remedy) == "" {
		return ""
	}
	return ". " + safe.Line(f.Remedy)
}

// reasons returns an entry for each reason why findings of a severity could not be
// determined. Many findings usually share one reason, so the first is named and the
// others are counted. A hint is not repeated.
func (p *printer) reasons(plan *apply.Plan, severity config.Severity, hinted map[string]bool) []entry {
	var order []apply.Undetermined
	first := map[apply.Undetermined]apply.Finding{}
	count := map[apply.Undetermined]int{}
	for _, f := range plan.Findings {
		if f.Severity != severity || f.Cause != "" || f.Status != apply.StatusUndetermined {
			continue
		}
		why := apply.Undetermined{Message: f.Undetermined.Message, Hint: f.Undetermined.Hint}
		if count[why]++; count[why] == 1 {
			order = append(order, why)
			first[why] = f
		}
	}
	var entries []entry
	for _, why := range order {
		others := ""
		if more := count[why] - 1; more > 0 {
			others = fmt.Sprintf(" and %d more", more)
		}
		line := p.unknown(first[why], others)
		hint := ""
		if why.Hint != "" && !hinted[why.Hint] {
			hinted[why.Hint] = true
			hint = safe.Cut("\n  hint: "+safe.Line(why.Hint), longestReason/2)
		}
		entries = append(entries, entry{safe.Cut(line, longestReason-len(hint)) + hint, count[why]})
	}
	return entries
}

// unknown returns a line for a finding that could not be determined, and the number
// of others like it.
func (p *printer) unknown(f apply.Finding, others string) string {
	return "? " + safe.Line(f.Address) + others + p.Severity(f) + ": " + safe.Line(f.Undetermined.Message)
}

const (
	longestLine = 1000 // bytes
	// longestReason is the size of a reason with its hint in bytes. In a Pod with
	// twelve containers, the kubelet keeps the first 1024 bytes of each message, a
	// twelfth of 12 KiB. The verdict and the first reason fit into that.
	longestReason = 800
)

// fit joins entries up to a limit in bytes, and counts the rest.
func fit(entries []entry, limit int) []byte {
	left := 0
	for _, n := range entries {
		left += n.about
	}
	var out []byte
	for _, n := range entries {
		line := n.text + "\n"
		rest := fmt.Sprintf("and %d more\n", left)
		left -= n.about
		reserve := len(rest)
		if left == 0 {
			reserve = 0
		}
		if len(out)+len(line)+reserve > limit {
			return append(out, rest...)
		}
		out = append(out, line...)
	}
	return out
}
