package cli

import (
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
)

// TestExitCodeOfTargets tests that the worst code of all targets wins: 1 is worse
// than 2, and 2 worse than 3. Only a gate counts drift.
func TestExitCodeOfTargets(t *testing.T) {
	of := func(status apply.Status) *report.Target {
		return &report.Target{Plan: &apply.Plan{}, Verdict: apply.Verdict{Status: status, Undetermined: status == apply.StatusUndetermined}}
	}
	satisfied, drifted, undetermined, none := of(apply.Satisfied), of(apply.Drifted), of(apply.StatusUndetermined), &report.Target{}
	for name, test := range map[string]struct {
		targets    []*report.Target
		gate, plan int
	}{
		"satisfied":              {[]*report.Target{satisfied, satisfied}, 0, 0},
		"drift":                  {[]*report.Target{satisfied, drifted}, 2, 0},
		"drift first":            {[]*report.Target{drifted, satisfied}, 2, 0},
		"undetermined":           {[]*report.Target{undetermined, satisfied}, 3, 3},
		"drift and undetermined": {[]*report.Target{drifted, undetermined}, 2, 3},
		"undetermined and drift": {[]*report.Target{undetermined, drifted}, 2, 3},
		"no plan":                {[]*report.Target{drifted, none, undetermined}, 1, 1},
	} {
		if gate, plan := exitCodeOf(test.targets, true), exitCodeOf(test.targets, false); gate != test.gate || plan != test.plan {
			t.Errorf("%s: the codes are %d and %d, want %d and %d", name, gate, plan, test.gate, test.plan)
		}
	}
}
