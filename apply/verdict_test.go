package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

func TestVerdict(t *testing.T) {
	finding := func(status apply.Status, severity config.Severity) apply.Finding {
		return apply.Finding{Status: status, Requirement: config.Requirement{Severity: severity}}
	}
	holds := finding(apply.Satisfied, config.SeverityError)
	drift := finding(apply.Drifted, config.SeverityError)
	mildDrift := finding(apply.Drifted, config.SeverityWarning)
	unknown := finding(apply.StatusUndetermined, config.SeverityError)
	mildUnknown := finding(apply.StatusUndetermined, config.SeverityWarning)
	endpoint := finding(apply.Satisfied, config.SeverityError)
	endpoint.Type = config.TypeEndpoint
	skipped := finding(apply.Skipped, config.SeverityError)
	tests := []struct {
		name     string
		findings []apply.Finding
		policy   apply.Policy
		want     apply.Verdict
	}{
		{"nothing at all", nil, apply.Policy{}, apply.Verdict{Status: apply.Satisfied}},
		{
			"all hold", []apply.Finding{holds, skipped}, apply.Policy{},
			apply.Verdict{Status: apply.Satisfied, Counts: apply.Counts{Total: 2, Satisfied: 1, Skipped: 1}},
		},
		{
			"drift outweighs what could not be told", []apply.Finding{unknown, drift, unknown}, apply.Policy{},
			apply.Verdict{Status: apply.Drifted, Undetermined: true, Counts: apply.Counts{Total: 3, Drifted: 1, Undetermined: 2}},
		},
		{
			"what could not be told outweighs what holds", []apply.Finding{holds, unknown}, apply.Policy{},
			apply.Verdict{Status: apply.StatusUndetermined, Undetermined: true, Counts: apply.Counts{Total: 2, Satisfied: 1, Undetermined: 1}},
		},
		{
			"warnings do not gate", []apply.Finding{mildDrift, mildUnknown}, apply.Policy{},
			apply.Verdict{Status: apply.Satisfied, Counts: apply.Counts{Total: 2, Drifted: 1, Undetermined: 1, Warnings: 2}},
		},
		{
			"only what does not hold counts as a warning",
			[]apply.Finding{finding(apply.Satisfied, config.SeverityWarning), finding(apply.Skipped, config.SeverityWarning)}, apply.Policy{},
			apply.Verdict{Status: apply.Satisfied, Counts: apply.Counts{Total: 2, Satisfied: 1, Skipped: 1}},
		},
		{
			"unless they are promoted", []apply.Finding{mildUnknown, mildDrift}, apply.Policy{FailOnWarning: true},
			apply.Verdict{Status: apply.Drifted, Undetermined: true, Counts: apply.Counts{Total: 2, Drifted: 1, Undetermined: 1}},
		},
		{
			"nothing gates where all is a warning only", []apply.Finding{holds, drift, mildDrift, unknown}, apply.Policy{WarnOnly: true},
			apply.Verdict{Status: apply.Satisfied, Counts: apply.Counts{Total: 4, Satisfied: 1, Drifted: 2, Undetermined: 1, Warnings: 3}},
		},
		{
			"what could not be told may be allowed", []apply.Finding{holds, unknown}, apply.Policy{AllowUndetermined: true},
			apply.Verdict{
				Status: apply.Satisfied, UndeterminedAllowed: true,
				Counts: apply.Counts{Total: 2, Satisfied: 1, Undetermined: 1},
			},
		},
		{
			"but not where nothing could be told", []apply.Finding{skipped, unknown}, apply.Policy{AllowUndetermined: true},
			apply.Verdict{Status: apply.StatusUndetermined, Undetermined: true, Counts: apply.Counts{Total: 2, Undetermined: 1, Skipped: 1}},
		},
		{
			"nor where only the endpoint is known, which nobody was asked for", []apply.Finding{endpoint, unknown},
			apply.Policy{AllowUndetermined: true},
			apply.Verdict{Status: apply.StatusUndetermined, Undetermined: true, Counts: apply.Counts{Total: 2, Satisfied: 1, Undetermined: 1}},
		},
		{
			"and drift is never allowed", []apply.Finding{drift, unknown}, apply.Policy{AllowUndetermined: true},
			apply.Verdict{Status: apply.Drifted, Counts: apply.Counts{Total: 2, Drifted: 1, Undetermined: 1}},
		},
		{
			"a mild drift counts as something that could be told", []apply.Finding{mildDrift, unknown},
			apply.Policy{AllowUndetermined: true},
			apply.Verdict{
				Status: apply.Satisfied, UndeterminedAllowed: true,
				Counts: apply.Counts{Total: 2, Drifted: 1, Undetermined: 1, Warnings: 1},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := (&apply.Plan{Findings: tt.findings}).Verdict(tt.policy)
			tt.want.Policy = tt.policy
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
