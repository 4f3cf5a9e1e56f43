package apply_test

import (
	"fmt"
	"slices"

	"github.com/kreconcile/kreconcile/apply"
)

// world is one cluster that fits a snapshot: whatever the snapshot leaves open is
// chosen. In one world, the same question always gets the same answer.
type world struct {
	chosen map[string]bool
	// plan has the answers to the first questions. Any other answer is no, and is
	// appended.
	plan []bool
	next int
}

// may answers a question that the snapshot leaves open.
func (w *world) may(question string, args ...any) bool {
	question = fmt.Sprintf(question, args...)
	if answer, found := w.chosen[question]; found {
		return answer
	}
	if w.next == len(w.plan) {
		w.plan = append(w.plan, false)
	}
	answer := w.plan[w.next]
	w.next++
	w.chosen[question] = answer
	return answer
}

// outcome is the result for a requirement in one world.
type outcome int

const (
	fails outcome = iota
	holds
	// breaks is an expression that cannot be evaluated.
	breaks
)

func truth(b bool) outcome {
	if b {
		return holds
	}
	return fails
}

// inEveryWorld judges in every possible world. An outcome that is the same in all of
// them is certain; everything else is undetermined.
func inEveryWorld(judge func(*world) outcome) apply.Status {
	seen := map[outcome]bool{}
	for plan, more := []bool(nil), true; more && len(seen) < 2; plan, more = nextPlan(plan) {
		w := &world{chosen: map[string]bool{}, plan: plan}
		seen[judge(w)] = true
		plan = w.plan
	}
	switch {
	case len(seen) == 1 && seen[holds]:
		return apply.Satisfied
	case len(seen) == 1 && seen[fails]:
		return apply.Drifted
	}
	return apply.StatusUndetermined
}

// nextPlan counts up. It drops the answers after the one that changes, because other
// questions may follow.
func nextPlan(plan []bool) ([]bool, bool) {
	last := len(plan) - 1
	for last >= 0 && plan[last] {
		last--
	}
	if last < 0 {
		return nil, false
	}
	next := slices.Clone(plan[:last+1])
	next[last] = true
	return next, true
}
