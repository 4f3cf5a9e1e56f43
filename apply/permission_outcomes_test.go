package apply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

func TestPermissionOutcomes(t *testing.T) {
	forbidden := &discovery.Failure{Code: discovery.Forbidden, Message: "POST /x: 403 Forbidden"}
	known := discovery.Known[discovery.ReviewAnswer]
	type answer = discovery.ReviewAnswer
	const denied = `p[0] drifted permission-denied "get pods in the namespace web" -> ""`
	tests := []struct {
		name   string
		answer discovery.Fact[answer]
		want   string
	}{
		{"allowed", known(answer{Allowed: true}), "p[0] satisfied"},
		{"allowed in spite of an error", known(answer{Allowed: true, EvaluationError: "webhook is down"}), "p[0] satisfied"},
		{"no opinion", known(answer{}), denied},
		{"a reason", known(answer{Reason: "RBAC: clusterrole \"x\" not found"}), denied + ` (RBAC: clusterrole "x" not found)`},
		{"denied", known(answer{Denied: true, Reason: "policy"}), denied + " (policy)"},
		{"an error", known(answer{EvaluationError: "webhook is down"}), "p[0] undetermined evaluation-failed: the server could not decide: webhook is down"},
		{"denied by an error", known(answer{Denied: true, Reason: "closed", EvaluationError: "webhook is down"}), "p[0] undetermined evaluation-failed: the server could not decide: webhook is down (closed)"},
		{"refused", discovery.Failed[answer](forbidden), "p[0] undetermined forbidden: POST /x: 403 Forbidden"},
		{"not asked", discovery.Fact[answer]{}, "p[0] undetermined not-recorded: it was not asked for"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			s.Reviews = map[discovery.Review]discovery.Fact[answer]{{Verb: "get", Resource: "pods", Namespace: "web"}: tt.answer}
			d := permitting(may("get pods", resource{Namespace: "web"}))
			if diff := cmp.Diff([]string{tt.want}, outcomes(apply.Diff(d, s))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !tt.answer.Asked() {
				return
			}
			if needs := apply.Needs(d, s); !needs.Empty() {
				t.Errorf("needs %+v", needs)
			}
			// Only a refusal must be confirmed.
			s.Confirmed = discovery.Fact[struct{}]{}
			if _, again := apply.Provisional(d, s); again != strings.Contains(tt.want, "drifted") {
				t.Errorf("another look is needed: %t", again)
			}
			s.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady, Message: "GET /readyz: 500"})
			if strings.Contains(tt.want, "drifted") {
				tt.want = "p[0] undetermined not-ready: what the server refuses could not be confirmed to be refused: GET /readyz: 500"
			}
			if diff := cmp.Diff([]string{tt.want}, outcomes(apply.Diff(d, s))); diff != "" {
				t.Errorf("not confirmed (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAuthorizerFailed: where an authorizer of the server failed, trying again may help.
// Whoever gives advice must not take it for a condition that cannot be evaluated.
func TestAuthorizerFailed(t *testing.T) {
	s := snapshot()
	s.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{
		{Verb: "get", Resource: "pods", Namespace: "web"}: discovery.Known(discovery.ReviewAnswer{EvaluationError: "webhook is down"}),
	}
	condition := "check \"c\" {\n  assert {\n    condition = allowed(\"get\", \"pods\", \"web\")\n    error_message = \"No.\"\n  }\n}\n"
	for name, d := range map[string]*config.Declaration{
		"permission": permitting(may("get pods", resource{Namespace: "web"})),
		"condition":  parse(t, condition),
	} {
		if u := apply.Diff(d, s).Findings[0].Undetermined; u == nil || u.Failure == nil || u.Failure.Cause != discovery.AuthorizerFailed {
			t.Errorf("%s: %+v", name, u)
		}
	}
}
