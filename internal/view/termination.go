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
	return append(entries, terminationProblems(r)...)
}

// terminationProblems returns an entry for each problem, the severe ones first. Of several
// targets, what reads the same is one entry, which names them.
func terminationProblems(r *report.Report) []entry {
	var list []reason
	var on [][]*report.Target
	at := map[reason]int{}
	for _, severity := range config.Severities() {
		for _, t := range r.Judged() {
			p := words{report.Wording{Origin: t.Origin, Merged: len(r.Targets) > 1}}
			for _, b := range slices.Concat(p.drifted(t.Plan, severity, remedy), p.rejected(t, severity), p.reasons(t.Plan, severity)) {
				i, seen := at[b]
				if !seen {
					i = len(list)
					at[b], list, on = i, append(list, b), append(on, nil)
				}
				on[i] = append(on[i], t)
			}
		}
	}
	var entries []entry
	hinted := map[string]bool{}
	for i, b := range list {
		more := ""
		if len(r.Targets) > 1 {
			more = safe.Cut("\n  on "+report.Names(on[i], r), longestReason/4)
		}
		if b.hint != "" && !hinted[b.hint] {
			hinted[b.hint] = true
			more += safe.Cut("\n  hint: "+safe.Line(b.hint), longestReason/2)
		}
		longest := longestLine
		if b.unknown {
			longest = longestReason
		}
		entries = append(entries, entry{safe.Cut(b.text, longest-len(more)) + more, b.about})
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

// reason is a line about drifted or undetermined findings.
type reason struct {
	text, hint string
	unknown    bool
	// about is the number of findings.
	about int
}

// words are those of one line about a finding.
type words struct{ report.Wording }

// drifted returns a line for each drifted finding of a severity, with the text from
// remedy.
func (p words) drifted(plan *apply.Plan, severity config.Severity, remedy func(apply.Finding) string) []reason {
	var list []reason
	add := func(line string) { list = append(list, reason{text: line, about: 1}) }
	for _, f := range plan.Findings {
		switch {
		case f.Severity != severity || f.Cause != "" || f.Status != apply.Drifted:
		case f.Differences[0].Facet == "":
			add(p.Mark(f.Differences[0]) + " " + safe.Line(f.Address) + " " + p.Sentence(f.Differences[0]) + p.Severity(f) + remedy(f))
		default:
			var facets []string
			for _, d := range f.Differences {
				facets = append(facets, p.Facet(d))
			}
			add("~ " + safe.Line(f.Address) + " " + strings.Join(facets, "; ") + p.Severity(f) + remedy(f))
		}
	}
	return list
}

// rejected returns a line for each finding of a severity that holds by a deprecated API and
// fails the gate.
func (p words) rejected(t *report.Target, severity config.Severity) []reason {
	var list []reason
	for _, f := range t.Plan.Findings {
		if f.Severity == severity && f.Deprecation != nil && t.Verdict.Fails(f) {
			list = append(list, reason{text: "! " + report.Deprecated(f), about: 1})
		}
	}
	return list
}

func remedy(f apply.Finding) string {
	if strings.TrimSpace(f.Remedy) == "" {
		return ""
	}
	return ". " + safe.Line(f.Remedy)
}

// reasons returns a line for each reason why findings of a severity could not be
// determined. Many findings usually share one reason, so the first is named and the
// others are counted.
func (p words) reasons(plan *apply.Plan, severity config.Severity) []reason {
	var list []reason
	for _, findings := range report.ByReason(plan.Findings) {
		findings = slices.DeleteFunc(findings, func(f apply.Finding) bool { return f.Severity != severity })
		if len(findings) == 0 {
			continue
		}
		others := ""
		if more := len(findings) - 1; more > 0 {
			others = fmt.Sprintf(" and %d more", more)
		}
		list = append(list, reason{p.unknown(findings[0], others), findings[0].Undetermined.Hint, true, len(findings)})
	}
	return list
}

// unknown returns a line for a finding that could not be determined, and the number
// of others like it.
func (p words) unknown(f apply.Finding, others string) string {
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
