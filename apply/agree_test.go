package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// TestAgree tests what two looks conclude, each from one finding.
func TestAgree(t *testing.T) {
	drift := apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{{Code: apply.ResourceNotServed}}}
	holds := apply.Finding{Status: apply.Satisfied, Held: &apply.Held{Found: "v1"}}
	unknown := apply.Finding{Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{Code: discovery.Stale}}
	below := apply.Finding{Status: apply.Drifted, Cause: "api"}
	unsettled := func(how string) apply.Finding {
		return apply.Finding{Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{
			Code: discovery.Unsettled, Message: "the answers differ: it is " + how + " another",
		}}
	}
	// Every finding is of the same requirement.
	sameRequirement := cmpopts.IgnoreFields(apply.Finding{}, "Requirement")
	for _, tt := range []struct {
		name                 string
		earlier, later, want apply.Finding
	}{
		{"they agree", drift, drift, drift},
		{"the later one knows more", unknown, drift, unknown},
		{"the earlier one knows more", holds, unknown, unknown},
		{"it came to drift", holds, drift, unsettled("satisfied over one connection, and drifted over")},
		{"it came to hold", drift, holds, unsettled("drifted over one connection, and satisfied over")},
		{"a requirement under another", below, holds, apply.Finding{Status: apply.StatusUndetermined, Cause: "api"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := func(f apply.Finding) *apply.Plan { return &apply.Plan{Findings: []apply.Finding{f}} }
			earlier, later := plan(tt.earlier), plan(tt.later)
			if diff := cmp.Diff(plan(tt.want), apply.Agree(earlier, later), sameRequirement); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(plan(tt.later), later, sameRequirement); diff != "" {
				t.Errorf("the plan itself (-want +got):\n%s", diff)
			}
		})
	}
}

// TestProvisionalOfAnotherEndpoint tests that there is no other look at an endpoint that is not the
// declared one.
func TestProvisionalOfAnotherEndpoint(t *testing.T) {
	for endpoint, want := range map[string]bool{"https://10.0.0.2": false, "https://10.0.0.1": true} {
		d := parse(t, "cluster {\n endpoint = \""+endpoint+"\"\n}\napi \"v2\" {}")
		plan, again := apply.Provisional(d, snapshot())
		if again != want || plan.Verdict(apply.Policy{}).Status != apply.Drifted {
			t.Errorf("%s: another look: %t, %q", endpoint, again, outcomes(plan))
		}
	}
}
