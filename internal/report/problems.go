package report

import (
	"fmt"
	"sort"
	"strconv"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/view/codes"
)

// Problems lists the problems, the worst first, without those that only follow from
// another. What reads the same on several targets is one problem, which names them.
func Problems(r *Report) []Problem {
	list := append(RunProblems(r), requirementProblems(r)...)
	rank := func(b Problem) int {
		switch {
		case b.Code == codes.Error:
			return 0
		case b.Code == codes.Notice:
			return 7
		case b.Fails && b.Deprecation != nil:
			return 2
		case b.Deprecation != nil:
			return 6
		case b.Fails && !b.Unknown:
			return 1
		case b.Fails:
			return 3
		case !b.Unknown:
			return 4
		}
		return 5
	}
	sort.SliceStable(list, func(i, j int) bool { return rank(list[i]) < rank(list[j]) })
	return list
}

// requirementProblems lists the problems of requirements in the order of the declaration.
func requirementProblems(r *Report) []Problem {
	targets := r.Judged()
	if len(targets) == 0 {
		return nil
	}
	under := map[*Target]map[string]int{}
	for _, t := range targets {
		under[t] = CountUnder(t.Plan)
	}
	m := merger{several: len(r.Targets) > 1, at: map[string]int{}, keys: map[string]int{}}
	EachFinding(targets, func(t *Target, i int) {
		if f := t.Plan.Findings[i]; f.Cause == "" {
			for _, b := range findingProblems(f, t, r, under[t][f.Address], Wording{Origin: t.Origin, Merged: m.several}) {
				m.add(b, t)
			}
		}
	})
	for i, targets := range m.on {
		b := &m.list[i]
		b.On = targets
		// A reader knows the cluster of a run, but maybe not its release.
		if !m.several && !targets[0].Origin.Released() {
			continue
		}
		b.Notes = append([]Note{{Label: "on ", Text: inRanges(targets, r)}}, b.Notes...)
	}
	return m.list
}

// merger makes one problem of those that read the same on several targets.
type merger struct {
	several bool
	list    []Problem
	// on has the targets of each problem.
	on [][]*Target
	// at has the index of a problem by what it reads like, and keys counts the problems
	// with a key.
	at, keys map[string]int
}

func (m *merger) add(b Problem, t *Target) {
	if m.several {
		id := key(b.Key, fmt.Sprint(b.Fails, b.At, b.Text, b.Notes))
		if i, seen := m.at[id]; seen {
			m.list[i].Differences = alsoFound(m.list[i].Differences, b.Differences)
			m.on[i] = append(m.on[i], t)
			return
		}
		m.at[id] = len(m.list)
		// A requirement may read differently on another target.
		n := m.keys[b.Key]
		m.keys[b.Key]++
		if n > 0 {
			b.Key = key(b.Key, strconv.Itoa(n))
		}
	}
	m.list, m.on = append(m.list, b), append(m.on, []*Target{t})
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
