package apply_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// An API server that has just started omits groups from its documents, so nothing
// follows from an unconfirmed absence.
func TestAbsenceIsConfirmed(t *testing.T) {
	const withheld = `what the documents lack could not be confirmed to be absent: GET /readyz: 500`
	tests := []struct {
		name, declaration string
		asks              bool
		want              []string
	}{
		{
			name:        "a group version",
			declaration: `api "apps/v2" { resource "deployments" {} }`,
			asks:        true,
			want: []string{
				`api["apps/v2"] undetermined not-ready: ` + withheld,
				`api["apps/v2"].resource["deployments"] undetermined because of api["apps/v2"]`,
			},
		},
		{
			name:        "a group version that must not be served",
			declaration: `api "apps/v2" { served = false }`,
			asks:        true,
			want:        []string{`api["apps/v2"] undetermined not-ready: ` + withheld},
		},
		{
			name:        "a resource that must not be served, under what is absent",
			declaration: `api "apps/v2" { resource "deployments" { served = false } }`,
			asks:        true,
			want: []string{
				`api["apps/v2"] undetermined not-ready: ` + withheld,
				`api["apps/v2"].resource["deployments"] undetermined because of api["apps/v2"]`,
			},
		},
		{
			name: "resources, kinds and subresources",
			declaration: `api "v1" {
				resource "gone" {}
				resource "lost" { served = false }
				kind "Gone" {}
				kind "Lost" { served = false }
				resource "pods" {
					subresources = ["gone"]
					subresource "lost" { served = false }
				}
			}`,
			asks: true,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["gone"] undetermined not-ready: ` + withheld,
				`api["v1"].resource["lost"] undetermined not-ready: ` + withheld,
				`api["v1"].kind["Gone"] undetermined not-ready: ` + withheld,
				`api["v1"].kind["Lost"] undetermined not-ready: ` + withheld,
				`api["v1"].resource["pods"] satisfied`,
				`api["v1"].resource["pods"].subresource["gone"] undetermined not-ready: ` + withheld,
				`api["v1"].resource["pods"].subresource["lost"] undetermined not-ready: ` + withheld,
			},
		},
		{
			name:        "that a version is preferred, because a better one may be missing",
			declaration: `api "apps/v1" { preferred = true }`,
			asks:        true,
			want:        []string{`api["apps/v1"] undetermined not-ready: ` + withheld},
		},
		{
			name:        "that another version is preferred, because a better one may be missing",
			declaration: `api "apps/v1beta1" { preferred = true }`,
			asks:        true,
			want:        []string{`api["apps/v1beta1"] undetermined not-ready: ` + withheld},
		},
		{
			name:        "a verb, and beside it a scope that is wrong for certain",
			declaration: `api "v1" { resource "nodes" { scope = "Namespaced", verbs = ["evict"] } }`,
			asks:        true,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["nodes"] drifted scope-mismatch scope "Namespaced" -> "Cluster"`,
			},
		},
		{
			name:        "a facet of a kind, because another resource of it may be missing",
			declaration: `api "v1" { kind "Node" { scope = "Namespaced", subresources = ["status"] } }`,
			asks:        true,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].kind["Node"] undetermined not-ready: ` + withheld,
				`api["v1"].kind["Node"].subresource["status"] undetermined not-ready: ` + withheld,
			},
		},
		{
			name:        "a subresource of a kind that must not be served, for the same reason",
			declaration: `api "v1" { kind "Pod" { subresource "log" { served = false } } }`,
			asks:        true,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].kind["Pod"] satisfied`,
				`api["v1"].kind["Pod"].subresource["log"] undetermined not-ready: ` + withheld,
			},
		},
		{
			name:        "not that a better version is there",
			declaration: `api "apps/v1beta1" { preferred = false }`,
			want:        []string{`api["apps/v1beta1"] satisfied`},
		},
		{
			name: "what is there needs no confirmation",
			declaration: `api "apps/v1" {}
			api "apps/v1beta1" { served = false }
			api "v1" {
				resource "nodes" { scope = "Namespaced" }
				resource "pods" { served = false }
				kind "Pod" { subresource "log" {} }
			}`,
			want: []string{
				`api["apps/v1"] satisfied`,
				`api["apps/v1beta1"] drifted group-version-served "" -> "apps/v1beta1"`,
				`api["v1"] satisfied`,
				`api["v1"].resource["nodes"] drifted scope-mismatch scope "Namespaced" -> "Cluster"`,
				`api["v1"].resource["pods"] drifted resource-served "" -> "pods"`,
				`api["v1"].kind["Pod"] satisfied`,
				`api["v1"].kind["Pod"].subresource["log"] satisfied`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, strings.ReplaceAll(tt.declaration, ", verbs", "\nverbs"))
			s := snapshot()
			s.Confirmed = discovery.Fact[struct{}]{}
			plan, again := apply.Provisional(d, s)
			drifts := slices.ContainsFunc(plan.Findings, func(f apply.Finding) bool { return f.Status == apply.Drifted })
			if again != (tt.asks || drifts) {
				t.Errorf("another look is needed: %t", again)
			}
			s.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady, Message: "GET /readyz: 500"})
			if needs := apply.Needs(d, s); !needs.Empty() {
				t.Errorf("after a failure it still needs %+v", needs)
			}
			if diff := cmp.Diff(tt.want, outcomes(apply.Diff(d, s))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
