package view

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// matrix writes the verdict on each of several targets, and then each problem once, with the targets that have it.
func (p *printer) matrix(r *Report) {
	width := 0
	for _, t := range r.Targets {
		width = max(width, len([]rune(r.title(t))))
	}
	for _, t := range r.Targets {
		title, verdict := r.title(t), noVerdict
		if t.Plan != nil {
			verdict = p.verdict(t)
		}
		p.line(p.Bold(title) + strings.Repeat(" ", width-len([]rune(title))) + "  " + verdict)
	}
	for _, problem := range p.problems(r) {
		p.lines(problem.text)
		p.line("      " + p.Faint("on "+targetsOf(problem.targets, r)))
	}
	for _, t := range r.Targets {
		if t.Wait != nil && len(t.Wait.Mixed) > 0 {
			p.line(p.Yellow(mixedLine(t.Wait)))
		}
	}
}

// targetProblem is what is written about something that is wrong on some targets.
type targetProblem struct {
	text    string
	targets []*Target
}

// problems returns what drifted and what could not be determined on any target, the drift first. What reads the same on
// several targets is one problem.
func (p *printer) problems(r *Report) []targetProblem {
	var list []targetProblem
	at := map[string]int{}
	add := func(t *Target, write func(*printer)) {
		var b bytes.Buffer
		write(&printer{w: &b, Style: p.Style, origin: t.Origin, merged: true})
		text := b.String()
		if text == "" {
			return
		}
		if _, seen := at[text]; !seen {
			at[text] = len(list)
			list = append(list, targetProblem{text: text})
		}
		list[at[text]].targets = append(list[at[text]].targets, t)
	}
	targets := r.judged()
	if len(targets) == 0 {
		return nil
	}
	under := map[*Target]map[string]int{}
	for _, t := range targets {
		under[t] = countUnder(t.Plan)
	}
	// All plans are of one declaration, so each has a finding for each requirement.
	for i := range targets[0].Plan.Findings {
		for _, t := range targets {
			add(t, func(one *printer) { one.drift(&apply.Plan{Findings: t.Plan.Findings[i : i+1]}, r.Sources, under[t]) })
		}
	}
	for _, t := range targets {
		for _, findings := range byReason(t.Plan.Findings) {
			add(t, func(one *printer) { one.undetermined(&apply.Plan{Findings: findings}, under[t]) })
		}
	}
	return list
}

// targetsOf names targets, such as "release 1.28 to 1.33". Three or more releases that follow one
// another are a range.
func targetsOf(targets []*Target, r *Report) string {
	if len(targets) == len(r.Targets) {
		return fmt.Sprintf("all %d targets", len(targets))
	}
	var parts []string
	kind := ""
	name := func(t *Target) string {
		if t.Origin == nil || t.Origin.kind() != kind {
			if t.Origin != nil {
				kind = t.Origin.kind()
			}
			return r.title(t)
		}
		return t.Origin.name()
	}
	for i := 0; i < len(targets); {
		end := i
		for end+1 < len(targets) && follows(targets[end], targets[end+1]) {
			end++
		}
		if end-i < 2 {
			end = i
		}
		text := name(targets[i])
		if end > i {
			text += " to " + name(targets[end])
		}
		parts = append(parts, text)
		i = end + 1
	}
	return safe.Line(strings.Join(parts, ", "))
}

// follows reports whether two targets are minor releases, and the second comes right after the first.
func follows(a, b *Target) bool {
	if !a.Origin.released() || !b.Origin.released() {
		return false
	}
	first, err := kubeapi.ParseVersion("v" + a.Origin.Release.Version)
	second, err2 := kubeapi.ParseVersion("v" + b.Origin.Release.Version)
	return err == nil && err2 == nil && first.PatchUnknown && second.PatchUnknown && first.Major == second.Major && first.Minor+1 == second.Minor
}
