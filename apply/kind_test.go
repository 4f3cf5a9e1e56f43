package apply_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestKinds covers kind blocks, and resources whose kinds the server omits.
func TestKinds(t *testing.T) {
	runCases(t, []diffCase{
		{
			name:        "a resource without a kind of its own only carries subresources",
			declaration: `api "v1" { resource "shadows" { subresources = ["log"] } }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["shadows"] drifted resource-not-served "shadows" -> "" ` +
					`(only its subresources are served; require one by itself, as in resource "shadows/log")`,
				`api["v1"].resource["shadows"].subresource["log"] satisfied`,
			},
		},
		{
			name: "a resource with verbs is served, even without a kind",
			declaration: `api "v1" {
				resource "shadows" { verbs = ["get"] }
				kind "Shadow" { subresources = ["log"] }
				kind "Ghost" { served = false }
				kind "Pod" {}
			}
			api "v1" { resource "shadows" { kind = "Shadow" } }
			api "apps/v1" { resource "shadow" {} }`,
			change: func(s *discovery.Snapshot) {
				s.Core.Value.Versions[0].Resources.Value[2].Verbs = []string{"get"}
			},
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["shadows"] satisfied`,
				`api["v1"].kind["Shadow"] undetermined invalid-response: the server does not say the kind of shadows`,
				`api["v1"].kind["Shadow"].subresource["log"] undetermined because of api["v1"].kind["Shadow"]`,
				`api["v1"].kind["Ghost"] undetermined invalid-response: the server does not say the kind of shadows`,
				`api["v1"].kind["Pod"] satisfied`,
				`api["v1"]#2 satisfied`,
				`api["v1"]#2.resource["shadows"] undetermined invalid-response: the server does not say the kind of shadows`,
				`api["apps/v1"] satisfied`,
				`api["apps/v1"].resource["shadow"] drifted resource-not-served "shadow" -> ""`,
			},
		},
		{
			name:        "a resource that has verbs and no kind is there, though it must not be",
			declaration: `api "v1" { resource "shadows" { served = false } }`,
			change: func(s *discovery.Snapshot) {
				s.Core.Value.Versions[0].Resources.Value[2].Verbs = []string{"get"}
			},
			want: []string{`api["v1"] satisfied`, `api["v1"].resource["shadows"] drifted resource-served "" -> "shadows"`},
		},
		{
			name:        "of several resources of a kind that are equally near, the first is shown",
			declaration: `api "v1" { kind "Twin" { verbs = ["evict"] } }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].kind["Twin"] drifted verb-not-served verbs "evict" -> "" (get is served)`,
			},
		},
		{
			name:        "one resource of the kind meets all, and another lacks a facet",
			declaration: `api "v1" { kind "Twin" { scope = "Namespaced" } }`,
			change:      func(s *discovery.Snapshot) { s.Core.Value.Versions[0].Resources.Value[3].Scope = "" },
			want:        []string{`api["v1"] satisfied`, `api["v1"].kind["Twin"] satisfied`},
		},
		{
			name:        "of several resources of a kind, one differs, and another may meet all",
			declaration: `api "v1" { kind "Twin" { scope = "Namespaced" } }`,
			change: func(s *discovery.Snapshot) {
				resources := s.Core.Value.Versions[0].Resources.Value
				resources[3].Scope, resources[4].Scope = kubeapi.ScopeCluster, ""
			},
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].kind["Twin"] undetermined invalid-response: the server does not say the scope of othertwins`,
			},
		},
		{
			name:        "a kind is found whatever its plural is",
			declaration: `api "apps/v1" { kind "Deployment" { scope = "Namespaced" } }`,
			want:        []string{`api["apps/v1"] satisfied`, `api["apps/v1"].kind["Deployment"] satisfied`},
		},
		{
			name:        "a kind is missing here and served elsewhere",
			declaration: `api "apps/v1beta1" { kind "DaemonSet" { subresources = ["status"] } }`,
			want: []string{
				`api["apps/v1beta1"] satisfied`,
				`api["apps/v1beta1"].kind["DaemonSet"] drifted kind-not-served "DaemonSet" -> "" (DaemonSet is served in apps/v1)`,
				`api["apps/v1beta1"].kind["DaemonSet"].subresource["status"] drifted because of api["apps/v1beta1"].kind["DaemonSet"]`,
			},
		},
		{
			name:        "of several resources of a kind, one meets all",
			declaration: `api "v1" { kind "Twin" { scope = "Cluster" } }`,
			want:        []string{`api["v1"] satisfied`, `api["v1"].kind["Twin"] satisfied`},
		},
		{
			name: "of several resources of a kind, none meets all, and the nearest is shown",
			declaration: `api "v1" { kind "Twin" {
				scope        = "Cluster"
				verbs        = ["watch"]
				subresources = ["status"]
			} }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].kind["Twin"] drifted scope-mismatch scope "Cluster" -> "Namespaced"`,
				`api["v1"].kind["Twin"].subresource["status"] satisfied`,
			},
		},
		{
			name: "resources and kinds must not be served",
			declaration: `api "v1" {
				resource "pods" { served = false }
				resource "gone" { served = false }
				kind "Node" { served = false }
				kind "Gone" { served = false }
			}`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["pods"] drifted resource-served "" -> "pods"`,
				`api["v1"].resource["gone"] satisfied`,
				`api["v1"].kind["Node"] drifted kind-served "" -> "nodes"`,
				`api["v1"].kind["Gone"] satisfied`,
			},
		},
	})
}
