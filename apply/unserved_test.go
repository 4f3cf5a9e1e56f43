package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestAllowedVerbNotServed tests that it is a warning, and no drift, if access
// control allows what no server does.
func TestAllowedVerbNotServed(t *testing.T) {
	tests := []struct {
		name, ask string
		more      resource
		policy    func(discovery.Review) discovery.ReviewAnswer
		want      []string
	}{
		{"a verb that is served", "get pods", resource{}, allow, nil},
		{"a verb that is not", "update pods/log", resource{}, allow, []string{
			`The server allows "update pods/log in all namespaces", but pods/log has no verb update, so that such a request fails in spite of it. It has get.`,
		}},
		{"a verb that is not, and is refused", "update pods/log", resource{}, refuse, nil},
		{"a verb of access control", "impersonate pods", resource{}, allow, nil},
		{"every verb", "* pods", resource{}, allow, nil},
		{"a virtual name", "list pods/log", resource{Virtual: true}, allow, nil},
		{"finalizers", "list pods/finalizers", resource{}, allow, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			s.Core.Value = discovery.Group{Versions: []discovery.Version{{Name: "v1", Resources: discovery.Known([]discovery.Resource{{
				Name: "pods", Kind: "Pod", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get", "list"},
				Subresources: []discovery.Subresource{{Name: "log", Kind: "Pod", Verbs: []string{"get"}}},
			}})}}}
			tt.more.Namespace = "*"
			d := permitting(may(tt.ask, tt.more))
			withPolicy(t, d, s, tt.policy)
			plan := apply.Diff(d, s)
			var got []string
			for _, w := range plan.Warnings {
				got = append(got, w.Detail)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tt.policy(discovery.Review{}).Allowed && plan.Findings[0].Status != apply.Satisfied {
				t.Errorf("it is %s", plan.Findings[0].Status)
			}
		})
	}
}
