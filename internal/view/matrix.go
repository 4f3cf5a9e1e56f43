package view

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
)

// matrix writes the verdict on each of several targets, and then each problem once, with the targets that have it.
func (p *printer) matrix(r *report.Report) {
	width := 0
	for _, t := range r.Targets {
		width = max(width, len([]rune(r.Title(t))))
	}
	for _, t := range r.Targets {
		title, verdict := r.Title(t), report.NoVerdict
		if t.Plan != nil {
			verdict = p.Verdict(t)
		}
		p.Line(p.Bold(title) + strings.Repeat(" ", width-len([]rune(title))) + "  " + verdict)
	}
	for _, problem := range p.problems(r) {
		p.Lines(problem.text)
		p.Line("      " + p.Faint("on "+report.Names(problem.targets, r)))
	}
	var unverified []*report.Target
	for _, t := range r.Targets {
		if t.Origin != nil && t.Origin.Insecure && t.Origin.Requests > 0 {
			unverified = append(unverified, t)
		}
	}
	if len(unverified) > 0 {
		p.Line("\n" + p.Yellow("Asked without verifying the certificate: "+report.Names(unverified, r)+"."))
	}
	applied := r.Targets[0].Origin.Applied()
	other := func(t *report.Target) bool { return t.Origin.Applied() != applied }
	if applied != "" && !slices.ContainsFunc(r.Targets, other) {
		p.Line("\n" + p.Faint("Judged with "+applied+" applied."))
	}
	for _, t := range r.Targets {
		if t.Wait != nil && len(t.Wait.Mixed) > 0 {
			p.Line(p.Yellow(report.MixedLine(t.Wait)))
		}
	}
}

// targetProblem is what is written about something that is wrong on some targets.
type targetProblem struct {
	text    string
	targets []*report.Target
}

// problems returns what drifted, what could not be determined and what is deprecated on any target, in this order. What
// reads the same on several targets is one problem.
func (p *printer) problems(r *report.Report) []targetProblem {
	var list []targetProblem
	at := map[string]int{}
	var b bytes.Buffer
	add := func(t *report.Target, write func(*printer)) {
		b.Reset()
		write(&printer{console.Printer{W: &b, Wording: report.Wording{Style: p.Style, Origin: t.Origin, Merged: true}}})
		if b.Len() == 0 {
			return
		}
		i, seen := at[string(b.Bytes())]
		if !seen {
			i = len(list)
			text := b.String()
			at[text] = i
			list = append(list, targetProblem{text: text})
		}
		list[i].targets = append(list[i].targets, t)
	}
	targets := r.Judged()
	if len(targets) == 0 {
		return nil
	}
	under := map[*report.Target]map[string]int{}
	for _, t := range targets {
		under[t] = report.CountUnder(t.Plan)
	}
	report.EachFinding(targets, func(t *report.Target, i int) {
		add(t, func(one *printer) {
			one.Drift(&apply.Plan{Findings: t.Plan.Findings[i : i+1]}, r.Excerpts(t), under[t])
		})
	})
	for _, t := range targets {
		for _, findings := range report.ByReason(t.Plan.Findings) {
			add(t, func(one *printer) { one.undetermined(&apply.Plan{Findings: findings}, under[t]) })
		}
	}
	for _, t := range targets {
		for _, findings := range report.ByDeprecation(t.Plan.Findings) {
			add(t, func(one *printer) { one.deprecated([][]apply.Finding{findings}, t.Verdict) })
		}
	}
	return list
}
