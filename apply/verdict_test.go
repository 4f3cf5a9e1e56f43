package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
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
			"drift outweighs what could not be determined", []apply.Finding{unknown, drift, unknown}, apply.Policy{},
			apply.Verdict{Status: apply.Drifted, Undetermined: true, Counts: apply.Counts{Total: 3, Drifted: 1, Undetermined: 2}},
		},
		{
			"what could not be determined outweighs what holds", []apply.Finding{holds, unknown}, apply.Policy{},
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
			"what could not be determined may be allowed", []apply.Finding{holds, unknown}, apply.Policy{AllowUndetermined: true},
			apply.Verdict{
				Status: apply.Satisfied, UndeterminedAllowed: true,
				Counts: apply.Counts{Total: 2, Satisfied: 1, Undetermined: 1},
			},
		},
		{
			"but not where nothing could be determined", []apply.Finding{skipped, unknown}, apply.Policy{AllowUndetermined: true},
			apply.Verdict{Status: apply.StatusUndetermined, Undetermined: true, Counts: apply.Counts{Total: 2, Undetermined: 1, Skipped: 1}},
		},
		{
			"nor if only the endpoint is known, which needs no request", []apply.Finding{endpoint, unknown},
			apply.Policy{AllowUndetermined: true},
			apply.Verdict{Status: apply.StatusUndetermined, Undetermined: true, Counts: apply.Counts{Total: 2, Satisfied: 1, Undetermined: 1}},
		},
		{
			"and drift is never allowed", []apply.Finding{drift, unknown}, apply.Policy{AllowUndetermined: true},
			apply.Verdict{Status: apply.Drifted, Counts: apply.Counts{Total: 2, Drifted: 1, Undetermined: 1}},
		},
		{
			"a mild drift counts as something that could be determined", []apply.Finding{mildDrift, unknown},
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

// TestSkippedDoesNotFail tests that what is switched off fails no gate, under the strictest policy.
func TestSkippedDoesNotFail(t *testing.T) {
	plan := &apply.Plan{Findings: []apply.Finding{{Status: apply.Skipped}, {Status: apply.Drifted}}}
	v := plan.Verdict(apply.Policy{FailOnWarning: true, FailOnDeprecated: true})
	if v.Fails(plan.Findings[0]) || !v.Fails(plan.Findings[1]) {
		t.Errorf("skipped fails: %t, drift fails: %t", v.Fails(plan.Findings[0]), v.Fails(plan.Findings[1]))
	}
}

// TestUnknownStatus tests that no gate passes because of a status that nobody knows.
func TestUnknownStatus(t *testing.T) {
	plan := &apply.Plan{Findings: []apply.Finding{{Status: "odd"}}}
	for name, judge := range map[string]func(){
		"verdict": func() { plan.Verdict(apply.Policy{}) },
		"fails":   func() { (apply.Verdict{}).Fails(plan.Findings[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if p := recover(); p != "apply: unknown status odd" {
					t.Errorf("it panics with %v", p)
				}
			}()
			judge()
		})
	}
}

// TestUnanswered tests that nothing passes if the cluster answered nothing, even if a
// condition about variables is determined.
func TestUnanswered(t *testing.T) {
	const declared = `
cluster {
  endpoint   = "https://10.96.0.1:443"
  kubernetes = ">= 1.30"
}
api "v1" {}
check "variables" {
  assert {
    condition     = 1 < 2
    error_message = "no"
  }
}
`
	failure := &discovery.Failure{Code: discovery.Unreachable, Message: "connection refused"}
	failed := func() *discovery.Snapshot {
		return &discovery.Snapshot{
			Endpoint: "https://10.96.0.1:443", Core: discovery.Failed[discovery.Group](failure), Named: discovery.Failed[[]discovery.Group](failure),
			Version: discovery.Failed[discovery.ServerVersion](failure), ServerAddresses: discovery.Failed[[]string](failure),
			Confirmed: discovery.Failed[struct{}](failure),
			Fields:    map[discovery.FieldQuery]discovery.Fact[discovery.Field]{{Path: "spec"}: discovery.Failed[discovery.Field](failure)},
			Reviews:   map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{{Verb: "get"}: discovery.Failed[discovery.ReviewAnswer](failure)},
		}
	}
	tests := []struct {
		name       string
		answer     func(*discovery.Snapshot)
		unanswered bool
	}{
		{"nothing", func(*discovery.Snapshot) {}, true},
		{"the core group", func(s *discovery.Snapshot) { s.Core = discovery.Known(discovery.Group{}) }, false},
		{"the named groups", func(s *discovery.Snapshot) { s.Named = discovery.Known([]discovery.Group{}) }, false},
		{"the version", func(s *discovery.Snapshot) {
			s.Version = discovery.Known(discovery.ServerVersion{Major: "1", Minor: "36"})
		}, false},
		{"the addresses", func(s *discovery.Snapshot) { s.ServerAddresses = discovery.Known([]string{}) }, false},
		{"a field", func(s *discovery.Snapshot) {
			s.Fields[discovery.FieldQuery{Path: "status"}] = discovery.Known(discovery.Field{})
		}, false},
		{"a review", func(s *discovery.Snapshot) {
			s.Reviews[discovery.Review{Verb: "list"}] = discovery.Known(discovery.ReviewAnswer{})
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := failed()
			tt.answer(s)
			plan := apply.Diff(parse(t, declared), s)
			if plan.Unanswered != tt.unanswered {
				t.Errorf("unanswered: %t", plan.Unanswered)
			}
			want := apply.Satisfied
			if tt.unanswered {
				want = apply.StatusUndetermined
			}
			v := plan.Verdict(apply.Policy{AllowUndetermined: true})
			if v.Status != want || v.Undetermined != tt.unanswered || v.UndeterminedAllowed == tt.unanswered {
				t.Errorf("the verdict is %+v", v)
			}
			var series apply.Series
			series.Add(plan, apply.Policy{AllowUndetermined: true})
			if got := series.Verdict(apply.Policy{AllowUndetermined: true}, 1); got.Status != want {
				t.Errorf("in a series, the verdict is %+v", got)
			}
			if got := plan.Verdict(apply.Policy{WarnOnly: true}); got.Status != apply.Satisfied {
				t.Errorf("with warnings only, the verdict is %+v", got)
			}
		})
	}
}
