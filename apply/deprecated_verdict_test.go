package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestDeprecatedVerdict(t *testing.T) {
	minor := func(n uint64) kubeapi.Version { return kubeapi.Version{Major: 1, Minor: n, PatchUnknown: true} }
	finding := func(removed kubeapi.Version, severity config.Severity) apply.Finding {
		return apply.Finding{
			Status: apply.Satisfied, Requirement: config.Requirement{Severity: severity}, Deprecation: &apply.Deprecation{Removed: removed},
		}
	}
	never, later := finding(kubeapi.Version{}, config.SeverityError), finding(minor(38), config.SeverityError)
	mild := finding(minor(38), config.SeverityWarning)
	holds, drift := apply.Finding{Status: apply.Satisfied}, apply.Finding{Status: apply.Drifted}
	unknown := apply.Finding{Status: apply.StatusUndetermined}
	for _, tt := range []struct {
		name     string
		findings []apply.Finding
		policy   apply.Policy
		// status and deprecated are those of the verdict, and fails lists the findings that fail.
		status     apply.Status
		deprecated bool
		fails      []int
	}{
		{"it passes", []apply.Finding{never, later}, apply.Policy{}, apply.Satisfied, false, nil},
		{"unless it must not", []apply.Finding{holds, never, later}, apply.Policy{FailOnDeprecated: true}, apply.Drifted, true, []int{1, 2}},
		{"of a release", []apply.Finding{never, later}, apply.Policy{FailOnDeprecated: true, RemovedBy: minor(38)}, apply.Drifted, true, []int{1}},
		{"of a later release", []apply.Finding{later}, apply.Policy{FailOnDeprecated: true, RemovedBy: minor(39)}, apply.Drifted, true, []int{0}},
		{"of an earlier release", []apply.Finding{never, later}, apply.Policy{FailOnDeprecated: true, RemovedBy: minor(37)}, apply.Satisfied, false, nil},
		{"a warning passes", []apply.Finding{mild}, apply.Policy{FailOnDeprecated: true}, apply.Satisfied, false, nil},
		{"unless it is promoted", []apply.Finding{mild}, apply.Policy{FailOnDeprecated: true, FailOnWarning: true}, apply.Drifted, true, []int{0}},
		{"all are warnings", []apply.Finding{later}, apply.Policy{FailOnDeprecated: true, WarnOnly: true}, apply.Satisfied, false, nil},
		{"drift is drift", []apply.Finding{later, drift}, apply.Policy{FailOnDeprecated: true}, apply.Drifted, false, []int{0, 1}},
		{"it outweighs undetermined", []apply.Finding{later, unknown}, apply.Policy{FailOnDeprecated: true}, apply.Drifted, true, []int{0, 1}},
		{
			"allowing undetermined does not change it", []apply.Finding{later, unknown},
			apply.Policy{FailOnDeprecated: true, AllowUndetermined: true}, apply.Drifted, true, []int{0},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := &apply.Plan{Findings: tt.findings}
			v := plan.Verdict(tt.policy)
			if v.Status != tt.status || v.Deprecated != tt.deprecated || v.UndeterminedAllowed {
				t.Errorf("the verdict is %+v", v)
			}
			var fails []int
			count := 0
			for i, f := range tt.findings {
				if v.Fails(f) {
					fails = append(fails, i)
				}
				if f.Deprecation != nil {
					count++
				}
			}
			if diff := cmp.Diff(tt.fails, fails); diff != "" {
				t.Errorf("what fails (-want +got):\n%s", diff)
			}
			if v.Counts.Deprecated != count {
				t.Errorf("%d are deprecated, want %d", v.Counts.Deprecated, count)
			}
		})
	}
}
