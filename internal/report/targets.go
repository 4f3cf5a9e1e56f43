package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Judged returns the targets that have a verdict.
func (r *Report) Judged() []*Target {
	var list []*Target
	for _, t := range r.Targets {
		if t.Plan != nil {
			list = append(list, t)
		}
	}
	return list
}

// EachFinding calls visit for each finding of targets that have a verdict: for each requirement, in the order of
// the declaration, with that of each target. Merged targets may be of different declarations.
func EachFinding(targets []*Target, visit func(t *Target, i int)) {
	type place struct {
		t *Target
		i int
	}
	var order []string
	places := map[string][]place{}
	for _, t := range targets {
		for i, f := range t.Plan.Findings {
			if places[f.Address] == nil {
				order = append(order, f.Address)
			}
			places[f.Address] = append(places[f.Address], place{t, i})
		}
	}
	for _, address := range order {
		for _, p := range places[address] {
			visit(p.t, p.i)
		}
	}
}

// Worst returns the worst verdict of all targets. It is false if one target has none.
func (r *Report) Worst() (apply.Status, bool) {
	judged := r.Judged()
	worst := apply.Satisfied
	for _, t := range judged {
		if t.Verdict.Status == apply.Drifted || worst == apply.Satisfied {
			worst = t.Verdict.Status
		}
	}
	return worst, len(judged) > 0 && len(judged) == len(r.Targets)
}

// Title names a target. It is empty for a single target.
func (r *Report) Title(t *Target) string {
	if len(r.Targets) < 2 {
		return ""
	}
	return r.Name(t)
}

// Name names a target by its kind too, such as "release 1.34".
func (r *Report) Name(t *Target) string {
	switch {
	case t.Origin != nil:
		return t.Origin.Kind() + " " + t.label()
	case t.Result != "":
		return "result " + safe.Line(t.Result)
	}
	return fmt.Sprintf("target %d", 1+slices.Index(r.Targets, t))
}

// label names a target without its kind.
func (t *Target) label() string {
	if t.Among == "" {
		return safe.Line(t.Origin.Name())
	}
	return safe.Line(t.Origin.Name()) + " (" + safe.Line(t.Among) + ")"
}

// Names names targets beside a list of all, such as "release 1.28 to 1.33".
func Names(targets []*Target, r *Report) string {
	if len(targets) == len(r.Targets) {
		return fmt.Sprintf("all %d targets", len(targets))
	}
	return inRanges(targets, r)
}

// inRanges names targets. Three or more releases that follow one another are a range.
func inRanges(targets []*Target, r *Report) string {
	var parts []string
	kind := ""
	name := func(t *Target) string {
		if t.Origin == nil || t.Origin.Kind() != kind {
			if t.Origin != nil {
				kind = t.Origin.Kind()
			}
			return r.Name(t)
		}
		return t.label()
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
	if !a.Origin.Released() || !b.Origin.Released() || a.Among+b.Among != "" {
		return false
	}
	first, err := kubeapi.ParseVersion("v" + a.Origin.Release.Version)
	second, err2 := kubeapi.ParseVersion("v" + b.Origin.Release.Version)
	return err == nil && err2 == nil && first.PatchUnknown && second.PatchUnknown && first.Major == second.Major && first.Minor+1 == second.Minor
}
