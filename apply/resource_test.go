package apply_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestResources(t *testing.T) {
	runCases(t, []diffCase{
		{
			name: "everything of a resource is served",
			declaration: `api "apps/v1" {
				preferred = true
				resource "deployments" {
					kind         = "Deployment"
					scope        = "Namespaced"
					verbs        = ["get", "create"]
					subresources = ["status"]
					subresource "scale" {
						kind  = "Scale"
						verbs = ["patch"]
					}
				}
			}`,
			want: []string{
				`api["apps/v1"] satisfied`,
				`api["apps/v1"].resource["deployments"] satisfied`,
				`api["apps/v1"].resource["deployments"].subresource["status"] satisfied`,
				`api["apps/v1"].resource["deployments"].subresource["scale"] satisfied`,
			},
		},
		{
			name:        "a resource is in another version of the group",
			declaration: `api "apps/v1beta1" { resource "daemonsets" {} }`,
			want: []string{
				`api["apps/v1beta1"] satisfied`,
				`api["apps/v1beta1"].resource["daemonsets"] drifted resource-not-served "daemonsets" -> "" (daemonsets is served in apps/v1)`,
			},
		},
		{
			name:        "a resource is misspelt",
			declaration: `api "apps/v1" { resource "deploymnts" {} }`,
			want: []string{
				`api["apps/v1"] satisfied`,
				`api["apps/v1"].resource["deploymnts"] drifted resource-not-served "deploymnts" -> "" (did you mean deployments)`,
			},
		},
		{
			name:        "a resource is called by its short name",
			declaration: `api "v1" { resource "po" {} }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["po"] drifted resource-not-served "po" -> "" (did you mean pods)`,
			},
		},
		{
			name:        "a resource is in another group",
			declaration: `api "v1" { resource "deployments" {} }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["deployments"] drifted resource-not-served "deployments" -> "" (deployments is served in apps/v1 and apps/v1beta1)`,
			},
		},
		{
			name: "every facet of a resource differs",
			declaration: `api "v1" { resource "nodes" {
				kind  = "Knot"
				scope = "Namespaced"
				verbs = ["get", "escape", "evict"]
			} }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["nodes"] drifted kind-mismatch kind "Knot" -> "Node"; scope-mismatch scope "Namespaced" -> "Cluster"; ` +
					`verb-not-served verbs "escape" -> "" (get and list are served); verb-not-served verbs "evict" -> "" (get and list are served)`,
			},
		},
		{
			name: "subresources are missing, unwanted, and different",
			declaration: `api "v1" { resource "pods" {
				subresources = ["logs", "proxy"]
				subresource "log" { served = false }
				subresource "exec" { served = false }
				subresource "eviction" {
					kind  = "Evict"
					verbs = ["get"]
				}
				subresource "silent" { kind = "Silence" }
			} }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["pods"] satisfied`,
				`api["v1"].resource["pods"].subresource["logs"] drifted subresource-not-served "logs" -> "" (did you mean log)`,
				`api["v1"].resource["pods"].subresource["proxy"] drifted subresource-not-served "proxy" -> "" (log, eviction and silent are served)`,
				`api["v1"].resource["pods"].subresource["log"] drifted subresource-served "" -> "log"`,
				`api["v1"].resource["pods"].subresource["exec"] satisfied`,
				`api["v1"].resource["pods"].subresource["eviction"] drifted kind-mismatch kind "Evict" -> "Eviction"; verb-not-served verbs "get" -> "" (create is served)`,
				`api["v1"].resource["pods"].subresource["silent"] undetermined invalid-response: the server does not say the kind of pods/silent`,
			},
		},
		{
			name: "the scope is missing or unreadable",
			declaration: `api "v1" {
				resource "nodes" { scope = "Cluster" }
				resource "pods" { scope = "Namespaced" }
				resource "twins" {}
			}`,
			change: func(s *discovery.Snapshot) {
				for i, scope := range []kubeapi.Scope{"", "Namespace", ""} {
					s.Core.Value.Versions[0].Resources.Value[[]int{0, 1, 3}[i]].Scope = scope
				}
			},
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["nodes"] undetermined invalid-response: the server does not say the scope of nodes`,
				`api["v1"].resource["pods"] undetermined invalid-response: the server does not say the scope of pods`,
				`api["v1"].resource["twins"] satisfied`,
			},
		},
		{
			name: "a difference is drift, whatever else is unknown",
			declaration: `api "v1" { resource "pods" {
				scope = "Namespaced"
				verbs = ["evict"]
				subresource "silent" {
					kind  = "Silence"
					verbs = ["evict"]
				}
			} }`,
			change: func(s *discovery.Snapshot) { s.Core.Value.Versions[0].Resources.Value[1].Scope = "" },
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["pods"] drifted verb-not-served verbs "evict" -> "" (get, list and watch are served)`,
				`api["v1"].resource["pods"].subresource["silent"] drifted verb-not-served verbs "evict" -> "" (get is served)`,
			},
		},
		{
			name:        "a resource has no subresources at all",
			declaration: `api "v1" { resource "nodes" { subresources = ["status"] } }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["nodes"] satisfied`,
				`api["v1"].resource["nodes"].subresource["status"] drifted subresource-not-served "status" -> "" (nodes has no subresources)`,
			},
		},
		{
			name: "a verb is misspelt",
			declaration: `api "v1" {
				resource "pods" { verbs = ["wach"] }
			}`,
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"].resource["pods"] drifted verb-not-served verbs "wach" -> "" (did you mean watch)`,
			},
		},
		{
			name: "what must not be served under an absent parent is satisfied",
			declaration: `api "apps/v2" {
				resource "deployments" { served = false }
				resource "daemonsets" {
					subresource "scale" { served = false }
				}
			}`,
			want: []string{
				`api["apps/v2"] drifted group-version-not-served "apps/v2" -> "" (v1 and v1beta1 are served)`,
				`api["apps/v2"].resource["deployments"] satisfied`,
				`api["apps/v2"].resource["daemonsets"] drifted because of api["apps/v2"]`,
				`api["apps/v2"].resource["daemonsets"].subresource["scale"] satisfied`,
			},
		},
		{
			name: "what must not be served under a stale parent is undetermined",
			declaration: `api "metrics.k8s.io/v1beta1" {
				resource "pods" { served = false }
			}`,
			want: []string{
				`api["metrics.k8s.io/v1beta1"] undetermined stale: metrics.k8s.io/v1beta1 is stale`,
				`api["metrics.k8s.io/v1beta1"].resource["pods"] undetermined because of api["metrics.k8s.io/v1beta1"]`,
			},
		},
	})
}
