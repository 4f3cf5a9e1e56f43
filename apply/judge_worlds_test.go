package apply_test

import (
	"fmt"
	"slices"

	"github.com/kreconcile/kreconcile/apply"
)

// world is one cluster that may be the one behind a snapshot: whatever the snapshot
// leaves open is chosen. The same question gets the same answer in one world.
type world struct {
	chosen map[string]bool
	// plan is how the first questions are answered. The answer to any other is no,
	// and is appended.
	plan []bool
	next int
}

// may answers what nobody knows.
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

// outcome is what a requirement comes to in one world.
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

// inEveryWorld judges in every world that there may be: what comes out the same in
// all of them is sure, and everything else is undetermined.
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

// nextPlan counts up, and forgets what follows the answer that changes: other
// questions may be asked then.
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
