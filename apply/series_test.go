package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

func TestSeries(t *testing.T) {
	// A plan has a letter for each requirement: satisfied, drifted, undetermined,
	// skipped, a warning that drifted, drifted because of the one before, answered by
	// several servers differently.
	plan := func(letters string) *apply.Plan {
		p := &apply.Plan{}
		for i, letter := range letters {
			f := apply.Finding{Requirement: config.Requirement{Index: i, Address: string(rune('a' + i)), Severity: config.SeverityError}}
			switch letter {
			case 's':
				f.Status = apply.Satisfied
			case 'd':
				f.Status = apply.Drifted
			case 'u':
				f.Status = apply.StatusUndetermined
			case '-':
				f.Status = apply.Skipped
			case 'w':
				f.Status, f.Severity = apply.Drifted, config.SeverityWarning
			case 'x':
				f.Status, f.Undetermined = apply.StatusUndetermined, &apply.Undetermined{Code: discovery.Unsettled}
			case 'b':
				f.Status, f.Cause = apply.Drifted, p.Findings[i-1].Address
			}
			p.Findings = append(p.Findings, f)
		}
		return p
	}
	type outcome struct {
		Status    apply.Status
		Unsettled bool
		Streak    int
		Mixed     []string
	}
	tests := []struct {
		name        string
		passes      []string
		policy      apply.Policy
		consecutive int
		want        outcome
	}{
		{"one pass", []string{"s"}, apply.Policy{}, 1, outcome{apply.Satisfied, false, 1, nil}},
		{"one pass with drift", []string{"d"}, apply.Policy{}, 1, outcome{apply.Drifted, false, 0, nil}},
		{"the last one counts", []string{"d", "u", "s"}, apply.Policy{}, 1, outcome{apply.Satisfied, false, 1, nil}},
		{"enough in a row", []string{"d", "s", "s"}, apply.Policy{}, 2, outcome{apply.Satisfied, false, 2, nil}},
		{"too few in a row", []string{"d", "s"}, apply.Policy{}, 2, outcome{apply.StatusUndetermined, true, 1, nil}},
		{"too few, whatever is allowed", []string{"ds", "ss"}, apply.Policy{AllowUndetermined: true}, 2, outcome{apply.StatusUndetermined, true, 1, nil}},
		{"too few, where nothing fails", []string{"d", "s"}, apply.Policy{WarnOnly: true}, 2, outcome{apply.Satisfied, false, 1, nil}},
		{"drift in the end", []string{"s", "d"}, apply.Policy{}, 1, outcome{apply.Drifted, false, 0, []string{"a"}}},
		{"drift that the pass before did not have", []string{"s", "d"}, apply.Policy{}, 2, outcome{apply.StatusUndetermined, false, 0, []string{"a"}}},
		{"drift in as many passes in a row", []string{"s", "d", "d"}, apply.Policy{}, 2, outcome{apply.Drifted, false, 0, []string{"a"}}},
		{"drift in all passes that there was time for", []string{"d", "d"}, apply.Policy{}, 3, outcome{apply.Drifted, false, 0, nil}},
		{"two that drift in turn", []string{"sd", "ds", "sd"}, apply.Policy{}, 2, outcome{apply.StatusUndetermined, false, 0, []string{"a", "b"}}},
		{"one that drifts in each, beside one in turn", []string{"dd", "ds", "dd"}, apply.Policy{}, 3, outcome{apply.Drifted, false, 0, []string{"b"}}},
		{"satisfied passes that differ in a warning", []string{"ss", "sw", "ss"}, apply.Policy{}, 2, outcome{apply.StatusUndetermined, true, 1, []string{"b"}}},
		{"what could not be determined breaks a row", []string{"s", "u", "s"}, apply.Policy{}, 2, outcome{apply.StatusUndetermined, true, 1, nil}},
		{"even where it is allowed", []string{"ss", "su"}, apply.Policy{AllowUndetermined: true}, 2, outcome{apply.StatusUndetermined, true, 0, nil}},
		{"one pass is no row", []string{"su"}, apply.Policy{AllowUndetermined: true}, 1, outcome{apply.Satisfied, false, 0, nil}},
		{"a warning does not", []string{"sw", "sw"}, apply.Policy{}, 2, outcome{apply.Satisfied, false, 2, nil}},
		{"unless it is promoted", []string{"sw", "sw"}, apply.Policy{FailOnWarning: true}, 2, outcome{apply.Drifted, false, 0, nil}},
		{"to begin with drift is not mixed", []string{"d", "s", "s"}, apply.Policy{}, 1, outcome{apply.Satisfied, false, 2, nil}},
		{"mixed, with something that could not be determined between", []string{"sd-", "us-", "ds-"}, apply.Policy{}, 1, outcome{apply.Drifted, false, 0, []string{"a"}}},
		{"mixed for good, in declaration order", []string{"ss", "sd", "ds", "ss"}, apply.Policy{}, 1, outcome{apply.Satisfied, false, 1, []string{"a", "b"}}},
		{"a pass that was unsettled itself", []string{"x", "s"}, apply.Policy{}, 2, outcome{apply.StatusUndetermined, false, 1, nil}},
		{"an unsettled pass that is over", []string{"x", "s", "s"}, apply.Policy{}, 2, outcome{apply.Satisfied, false, 2, nil}},
		{"nested requirements count with their parent", []string{"ss", "db"}, apply.Policy{}, 1, outcome{apply.Drifted, false, 0, []string{"a"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var passes apply.Series
			for _, letters := range test.passes {
				passes.Add(plan(letters), test.policy)
			}
			passes.Conclude(test.consecutive)
			v := passes.Verdict(test.policy, test.consecutive)
			got := outcome{v.Status, v.Unsettled, passes.Streak, passes.Mixed()}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if passes.Passes != len(test.passes) {
				t.Errorf("%d passes", passes.Passes)
			}
			if v.Unsettled && !v.Undetermined {
				t.Error("it is undetermined, and does not say so")
			}
		})
	}
}
