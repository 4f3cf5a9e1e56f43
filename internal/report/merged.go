package report

import (
	"fmt"

	"github.com/kreconcile/kreconcile/apply"
)

// Merged lists the problems as [Problems] does, but what reads the same on several targets
// is one problem, which names them. Its key is that of the first target.
func Merged(r *Report) []Problem {
	targets := r.Judged()
	if len(r.Targets) < 2 || len(targets) == 0 {
		return Problems(r)
	}
	run := RunProblems(r)
	var list []Problem
	var on [][]*Target
	at := map[string]int{}
	under := map[*Target]map[string]int{}
	for _, t := range targets {
		under[t] = CountUnder(t.Plan)
	}
	// All plans are of one declaration, so each has a finding for each requirement.
	for i := range targets[0].Plan.Findings {
		for _, t := range targets {
			f := t.Plan.Findings[i]
			if f.Cause != "" {
				continue
			}
			for _, b := range findingProblems(f, t, r, under[t][f.Address], Wording{Origin: t.Origin, Merged: true}, nil) {
				id := fmt.Sprint(b.Code, b.Fails, b.At, b.Text, b.Notes)
				k, seen := at[id]
				if !seen {
					k = len(list)
					at[id], list, on = k, append(list, b), append(on, nil)
				} else {
					list[k].Differences = alsoFound(list[k].Differences, b.Differences)
				}
				on[k] = append(on[k], t)
			}
		}
	}
	for k := range list {
		list[k].Notes = append([]Note{{Label: "on ", Text: inRanges(on[k], r)}}, list[k].Notes...)
	}
	list = append(run, list...)
	sortWorst(list)
	return list
}

// alsoFound adds what else was found, such as the version of another release.
func alsoFound(differences, others []apply.Difference) []apply.Difference {
	var all []apply.Difference
	for i, d := range differences {
		if found := others[i].Found; found != d.Found {
			d.Found += ", " + found
		}
		all = append(all, d)
	}
	return all
}
