package apply_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestDiff(t *testing.T) {
	tests := []struct {
		name        string
		declaration string
		change      func(*discovery.Snapshot)
		want        []string
	}{
		{
			name:        "a group version is served",
			declaration: `api "apps/v1" {}`,
			want:        []string{`api["apps/v1"] satisfied`},
		},
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
			name:        "a version of a served group is missing, and what is under it has it as cause",
			declaration: `api "apps/v2" { resource "deployments" { subresources = ["scale"] } }`,
			want: []string{
				`api["apps/v2"] drifted group-version-not-served "apps/v2" -> "" (v1 and v1beta1 are served)`,
				`api["apps/v2"].resource["deployments"] drifted because of api["apps/v2"]`,
				`api["apps/v2"].resource["deployments"].subresource["scale"] drifted because of api["apps/v2"]`,
			},
		},
		{
			name:        "a group is missing",
			declaration: `api "cert-manager.io/v1" {}`,
			want:        []string{`api["cert-manager.io/v1"] drifted group-version-not-served "cert-manager.io/v1" -> ""`},
		},
		{
			name:        "a group is misspelt",
			declaration: `api "app/v1" {}`,
			want:        []string{`api["app/v1"] drifted group-version-not-served "app/v1" -> "" (did you mean apps/v1)`},
		},
		{
			name:        "the core group is called by a name",
			declaration: `api "core/v1" {}`,
			want:        []string{`api["core/v1"] drifted group-version-not-served "core/v1" -> "" (the core group is written without a name: v1)`},
		},
		{
			name:        "a group lacks its domain",
			declaration: `api "metrics/v1" {}`,
			want:        []string{`api["metrics/v1"] drifted group-version-not-served "metrics/v1" -> "" (metrics.k8s.io/v1beta1 is served)`},
		},
		{
			name:        "a group has a domain that it lacks",
			declaration: `api "apps.k8s.io/v1" {}`,
			want:        []string{`api["apps.k8s.io/v1"] drifted group-version-not-served "apps.k8s.io/v1" -> "" (apps/v1 and apps/v1beta1 are served)`},
		},
		{
			name:        "a core version is missing",
			declaration: `api "v2" {}`,
			want:        []string{`api["v2"] drifted group-version-not-served "v2" -> "" (v1 is served)`},
		},
		{
			name:        "a group version must not be served, and is",
			declaration: `api "apps/v1beta1" { served = false }`,
			want:        []string{`api["apps/v1beta1"] drifted group-version-served "" -> "apps/v1beta1"`},
		},
		{
			name:        "a group version must not be served, and is not",
			declaration: `api "policy/v1beta1" { served = false }`,
			want:        []string{`api["policy/v1beta1"] satisfied`},
		},
		{
			name:        "preferred is another version",
			declaration: `api "apps/v1beta1" { preferred = true }`,
			want:        []string{`api["apps/v1beta1"] drifted preferred-version-mismatch preferred "true" -> "false" (apps/v1 is preferred)`},
		},
		{
			name:        "preferred must be another version",
			declaration: `api "v1" { preferred = false }`,
			want:        []string{`api["v1"] drifted preferred-version-mismatch preferred "false" -> "true" (v1 is preferred)`},
		},
		{
			name: "a drift of the group version does not hide its resources",
			declaration: `api "apps/v1beta1" {
				preferred = true
				resource "deployments" {}
			}`,
			want: []string{
				`api["apps/v1beta1"] drifted preferred-version-mismatch preferred "true" -> "false" (apps/v1 is preferred)`,
				`api["apps/v1beta1"].resource["deployments"] satisfied`,
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
				`api["v1"].resource["pods"].subresource["silent"] undetermined invalid-response: the server does not tell the kind of pods/silent`,
			},
		},
		{
			name: "the server does not tell which version it prefers",
			declaration: "api \"apps/v1\" {\n preferred = true\n resource \"deployments\" {}\n}\n" +
				"api \"apps/v1beta1\" {\n preferred = false\n}\napi \"apps/v1\" {}",
			change: func(s *discovery.Snapshot) { s.Named.Value[0].Preferred = "" },
			want: []string{
				`api["apps/v1"] undetermined invalid-response: the server does not tell which version of the group it prefers`,
				`api["apps/v1"].resource["deployments"] satisfied`,
				`api["apps/v1beta1"] undetermined invalid-response: the server does not tell which version of the group it prefers`,
				`api["apps/v1"]#2 satisfied`,
			},
		},
		{
			name:        "another version than the preferred one, which is stale",
			declaration: "api \"apps/v1beta1\" {\n preferred = true\n resource \"deployments\" {}\n}\napi \"apps/v1beta1\" {}",
			change: func(s *discovery.Snapshot) {
				v := &s.Named.Value[0].Versions[0]
				v.Freshness, v.Resources = kubeapi.FreshnessStale, discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale, Message: "apps/v1 is stale"})
			},
			want: []string{
				`api["apps/v1beta1"] undetermined stale: apps/v1 is preferred but stale, and clients use the next version until the API server reaches it again`,
				`api["apps/v1beta1"].resource["deployments"] satisfied`,
				`api["apps/v1beta1"]#2 satisfied`,
			},
		},
		{
			name:        "the preferred version is stale",
			declaration: "api \"apps/v1\" {\n preferred = true\n}\napi \"apps/v1beta1\" {\n preferred = false\n}",
			change: func(s *discovery.Snapshot) {
				v := &s.Named.Value[0].Versions[0]
				v.Freshness, v.Resources = kubeapi.FreshnessStale, discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale, Message: "apps/v1 is stale"})
			},
			want: []string{
				`api["apps/v1"] undetermined stale: apps/v1 is stale`,
				`api["apps/v1beta1"] undetermined stale: apps/v1 is preferred but stale, and clients use the next version until the API server reaches it again`,
			},
		},
		{
			name: "the server does not tell a scope, or none that can be read",
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
				`api["v1"].resource["nodes"] undetermined invalid-response: the server does not tell the scope of nodes`,
				`api["v1"].resource["pods"] undetermined invalid-response: the server does not tell the scope of pods`,
				`api["v1"].resource["twins"] satisfied`,
			},
		},
		{
			name: "what differs is drift, whatever is not told beside it",
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
			name: "a resource that has verbs is served, though its kind is not told",
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
				`api["v1"].kind["Shadow"] undetermined invalid-response: the server does not tell the kind of shadows`,
				`api["v1"].kind["Shadow"].subresource["log"] undetermined because of api["v1"].kind["Shadow"]`,
				`api["v1"].kind["Ghost"] undetermined invalid-response: the server does not tell the kind of shadows`,
				`api["v1"].kind["Pod"] satisfied`,
				`api["v1"]#2 satisfied`,
				`api["v1"]#2.resource["shadows"] undetermined invalid-response: the server does not tell the kind of shadows`,
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
			name:        "of several resources of a kind, one meets all, and of another a facet is not told",
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
				`api["v1"].kind["Twin"] undetermined invalid-response: the server does not tell the scope of othertwins`,
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
		{
			name:        "a stale group version that must not be served is undetermined",
			declaration: `api "metrics.k8s.io/v1beta1" { served = false }`,
			want:        []string{`api["metrics.k8s.io/v1beta1"] undetermined stale: metrics.k8s.io/v1beta1 is stale`},
		},
		{
			name: "what is switched off is skipped with all under it",
			declaration: `api "v1" {}
			api "apps/v2" {
				enabled = false
				resource "deployments" { subresources = ["scale"] }
			}
			api "apps/v1" {
				resource "gone" {
					enabled      = false
					subresources = ["status"]
				}
				resource "deployments" {
					subresource "gone" { enabled = false }
				}
			}
			api "apps/v3" { resource "deployments" {
				enabled = false
				subresources = ["scale"]
			} }`,
			want: []string{
				`api["v1"] satisfied`,
				`api["apps/v2"] skipped`,
				`api["apps/v2"].resource["deployments"] skipped because of api["apps/v2"]`,
				`api["apps/v2"].resource["deployments"].subresource["scale"] skipped because of api["apps/v2"]`,
				`api["apps/v1"] satisfied`,
				`api["apps/v1"].resource["gone"] skipped`,
				`api["apps/v1"].resource["gone"].subresource["status"] skipped because of api["apps/v1"].resource["gone"]`,
				`api["apps/v1"].resource["deployments"] satisfied`,
				`api["apps/v1"].resource["deployments"].subresource["gone"] skipped`,
				`api["apps/v3"] drifted group-version-not-served "apps/v3" -> "" (v1 and v1beta1 are served)`,
				`api["apps/v3"].resource["deployments"] skipped`,
				`api["apps/v3"].resource["deployments"].subresource["scale"] skipped because of api["apps/v3"].resource["deployments"]`,
			},
		},
		{
			name:        "the same group version twice gives findings of their own",
			declaration: "api \"v1\" {}\napi \"v1\" { resource \"gone\" {} }",
			want: []string{
				`api["v1"] satisfied`,
				`api["v1"]#2 satisfied`,
				`api["v1"]#2.resource["gone"] drifted resource-not-served "gone" -> ""`,
			},
		},
		{
			name:        "the documents could not be read",
			declaration: "api \"v1\" {}\napi \"apps/v1\" { resource \"deployments\" {} }",
			change: func(s *discovery.Snapshot) {
				s.Named = discovery.Failed[[]discovery.Group](&discovery.Failure{Code: discovery.Forbidden, Message: "GET /apis: 403 Forbidden"})
			},
			want: []string{
				`api["v1"] satisfied`,
				`api["apps/v1"] undetermined forbidden: GET /apis: 403 Forbidden`,
				`api["apps/v1"].resource["deployments"] undetermined because of api["apps/v1"]`,
			},
		},
		{
			name:        "nobody asked",
			declaration: "cluster {\n kubernetes = \">= 1.30\"\n server_address = \"10.0.0.1:443\"\n endpoint = \"https://10.0.0.1\"\n}\napi \"v1\" {}",
			change:      func(s *discovery.Snapshot) { *s = discovery.Snapshot{} },
			want: []string{
				`cluster.kubernetes undetermined not-recorded: it was not asked for`,
				`cluster.server_address undetermined not-recorded: it was not asked for`,
				`cluster.endpoint undetermined not-recorded: the snapshot does not say which endpoint it was taken from`,
				`api["v1"] undetermined not-recorded: it was not asked for`,
			},
		},
		{
			name:        "the cluster is as declared",
			declaration: "cluster {\n endpoint = \"https://10.0.0.1\"\n server_address = [\"10.0.0.9:443\", \"10.0.0.1:6443\"]\n kubernetes = \">= 1.30, < 1.38\"\n}",
			want: []string{
				`cluster.endpoint satisfied`,
				`cluster.server_address satisfied`,
				`cluster.kubernetes satisfied`,
			},
		},
		{
			name:        "a published host name differs in its case only",
			declaration: "cluster {\n server_address = \"api.example.com:443\"\n}",
			change:      func(s *discovery.Snapshot) { s.ServerAddresses.Value = []string{"API.example.com:443"} },
			want:        []string{`cluster.server_address satisfied`},
		},
		{
			name:        "published addresses are compared as addresses",
			declaration: "cluster {\n server_address = [\"[fd00:0::1]:6443\", \"[::ffff:10.0.0.7]:443\"]\n}",
			change: func(s *discovery.Snapshot) {
				s.ServerAddresses.Value = []string{"api.example.com.:443", "10.0.0.7:443"}
			},
			want: []string{`cluster.server_address satisfied`},
		},
		{
			name:        "a published address that cannot be read is another one",
			declaration: "cluster {\n server_address = \"10.0.0.7:443\"\n}",
			change:      func(s *discovery.Snapshot) { s.ServerAddresses.Value = []string{"https://10.0.0.7:443", "10.0.0.7"} },
			want:        []string{`cluster.server_address drifted server-address-mismatch "10.0.0.7:443" -> "https://10.0.0.7:443, 10.0.0.7"`},
		},
		{
			name:        "the patch version is not told, and decides",
			declaration: "cluster {\n kubernetes = \">= 1.27.3\"\n}",
			change: func(s *discovery.Snapshot) {
				s.Version.Value = discovery.ServerVersion{GitVersion: "custom", Major: "1", Minor: "27+"}
			},
			want: []string{
				`cluster.kubernetes undetermined invalid-response: GET /version: no patch version can be read from gitVersion "custom", and ">= 1.27.3" depends on it`,
			},
		},
		{
			name:        "major and minor are outside of the range",
			declaration: "cluster {\n kubernetes = \">= 1.28.3\"\n}",
			change: func(s *discovery.Snapshot) {
				s.Version.Value = discovery.ServerVersion{Major: "1", Minor: "27"}
			},
			want: []string{`cluster.kubernetes drifted kubernetes-version-mismatch ">= 1.28.3" -> "1.27"`},
		},
		{
			name:        "the cluster is another",
			declaration: "cluster {\n endpoint = \"https://10.0.0.2\"\n server_address = [\"10.0.0.9:443\", \"10.0.0.8:443\"]\n kubernetes = \"< 1.30\"\n}",
			want: []string{
				`cluster.endpoint drifted endpoint-mismatch "https://10.0.0.2:443" -> "https://10.0.0.1:443"`,
				`cluster.server_address drifted server-address-mismatch "10.0.0.9:443, 10.0.0.8:443" -> "10.96.0.1:443, 10.0.0.1:6443"`,
				`cluster.kubernetes drifted kubernetes-version-mismatch "< 1.30" -> "v1.31.4-gke.1183000"`,
			},
		},
		{
			name:        "the git version cannot be read, but major and minor can",
			declaration: "cluster {\n kubernetes = \">= 1.27\"\n}",
			change: func(s *discovery.Snapshot) {
				s.Version.Value = discovery.ServerVersion{GitVersion: "custom", Major: "1", Minor: "27+"}
			},
			want: []string{`cluster.kubernetes satisfied`},
		},
		{
			name:        "no version can be read",
			declaration: "cluster {\n kubernetes = \">= 1.27\"\n}",
			change:      func(s *discovery.Snapshot) { s.Version.Value = discovery.ServerVersion{GitVersion: "custom"} },
			want: []string{
				`cluster.kubernetes undetermined invalid-response: GET /version: no version can be read from gitVersion "custom", major "", minor ""`,
			},
		},
		{
			name:        "the cluster block is switched off",
			declaration: "api \"v1\" {}\ncluster {\n enabled = false\n endpoint = \"https://10.0.0.2\"\n server_address = \"x:1\"\n kubernetes = \"< 1.0\"\n}",
			want: []string{
				`api["v1"] satisfied`,
				`cluster.endpoint skipped`,
				`cluster.server_address skipped`,
				`cluster.kubernetes skipped`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			if tt.change != nil {
				tt.change(s)
			}
			if diff := cmp.Diff(tt.want, outcomes(apply.Diff(parse(t, tt.declaration), s))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDifferencesPointAtTheirFacet(t *testing.T) {
	d := parse(t, "api \"v1\" {\n  resource \"nodes\" {\n    scope = \"Namespaced\"\n    verbs = [\"get\",\n      \"evict\"]\n  }\n}\n")
	finding := apply.Diff(d, snapshot()).Findings[1]
	var lines []int
	for _, difference := range finding.Differences {
		lines = append(lines, difference.Range.Start.Line)
	}
	if diff := cmp.Diff([]int{3, 5}, lines); diff != "" {
		t.Errorf("lines (-want +got)\n%s", diff)
	}
	if finding.Range.Start.Line != 2 {
		t.Errorf("the finding points at line %d", finding.Range.Start.Line)
	}
}

// A plan of thousands of absences, of a server with thousands of names, does not
// compare them all.
func TestHintsHaveALimit(t *testing.T) {
	s := snapshot()
	for i := range 120_000 {
		s.Named.Value[0].Versions = append(s.Named.Value[0].Versions, discovery.Version{Name: fmt.Sprintf("v%da", i)})
	}
	d := parse(t, "api \"app/v1\" {}\napi \"app/v1beta1\" {}\napi \"apps/v1\" {\n resource \"po\" {}\n resource \"deploymnts\" {}\n resource \"deployment\" {}\n}")
	var hints []string
	for _, f := range apply.Diff(d, s).Findings {
		for _, difference := range f.Differences {
			hints = append(hints, difference.Hint)
		}
	}
	if diff := cmp.Diff([]string{"did you mean apps/v1", "", "", "", "did you mean deployments"}, hints); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// An API server that has just started leaves groups out of its documents, so
// that nothing may be concluded from an absence that is not confirmed.
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

// outcomes writes each finding in one line.
func outcomes(plan *apply.Plan) []string {
	var out []string
	for _, f := range plan.Findings {
		line := f.Address + " " + string(f.Status)
		if f.Cause != "" {
			line += " because of " + f.Cause
		}
		if u := f.Undetermined; u != nil {
			line += fmt.Sprintf(" %s: %s", u.Code, u.Message)
		}
		var differences []string
		for _, d := range f.Differences {
			text := string(d.Code)
			if d.Facet != "" {
				text += " " + d.Facet
			}
			text += fmt.Sprintf(" %q -> %q", d.Declared, d.Found)
			if d.Hint != "" {
				text += " (" + d.Hint + ")"
			}
			if d.Range.Filename == "" {
				text += " nowhere"
			}
			differences = append(differences, text)
		}
		if len(differences) > 0 {
			line += " " + strings.Join(differences, "; ")
		}
		out = append(out, line)
	}
	return out
}

func parse(t *testing.T, declaration string) *config.Declaration {
	t.Helper()
	d, diags := config.Parse([]config.Source{{Name: "test.hcl", Bytes: []byte(spread(declaration))}}, config.Inputs{})
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, spread(declaration))
	}
	return d
}

// spread puts the content of blocks that are written in one line on lines of
// their own, since native syntax allows one argument in such a block only.
func spread(declaration string) string {
	return strings.NewReplacer("{ ", "{\n", " }", "\n}", ", subresources", "\nsubresources").Replace(declaration)
}

func snapshot() *discovery.Snapshot {
	version := func(name string, resources ...discovery.Resource) discovery.Version {
		return discovery.Version{Name: name, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(resources)}
	}
	deployments := discovery.Resource{
		Name: "deployments", Singular: "deployment", Kind: "Deployment", Scope: kubeapi.ScopeNamespaced,
		Verbs: []string{"create", "get", "list"}, ShortNames: []string{"deploy"},
		Subresources: []discovery.Subresource{
			{Name: "scale", Kind: "Scale", Verbs: []string{"get", "patch"}},
			{Name: "status", Kind: "Deployment", Verbs: []string{"get", "patch"}},
		},
	}
	return &discovery.Snapshot{
		Endpoint:        "https://10.0.0.1:443",
		Confirmed:       discovery.Known(struct{}{}),
		Version:         discovery.Known(discovery.ServerVersion{GitVersion: "v1.31.4-gke.1183000", Major: "1", Minor: "31"}),
		ServerAddresses: discovery.Known([]string{"10.96.0.1:443", "10.0.0.1:6443"}),
		Core: discovery.Known(discovery.Group{Preferred: "v1", Versions: []discovery.Version{version("v1",
			discovery.Resource{Name: "nodes", Singular: "node", Kind: "Node", Scope: kubeapi.ScopeCluster, Verbs: []string{"get", "list"}},
			discovery.Resource{
				Name: "pods", Singular: "pod", Kind: "Pod", Scope: kubeapi.ScopeNamespaced, ShortNames: []string{"po"},
				Verbs: []string{"get", "list", "watch"},
				Subresources: []discovery.Subresource{
					{Name: "log", Kind: "Pod", Verbs: []string{"get"}},
					{Name: "eviction", Kind: "Eviction", Verbs: []string{"create"}},
					{Name: "silent", Verbs: []string{"get"}},
				},
			},
			discovery.Resource{Name: "shadows", Subresources: []discovery.Subresource{{Name: "log", Kind: "Pod"}}},
			discovery.Resource{Name: "twins", Kind: "Twin", Scope: kubeapi.ScopeCluster, Verbs: []string{"get"}},
			discovery.Resource{
				Name: "othertwins", Kind: "Twin", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get", "watch"},
				Subresources: []discovery.Subresource{{Name: "status", Kind: "Twin"}},
			},
		)}}),
		Named: discovery.Known([]discovery.Group{
			{Name: "apps", Preferred: "v1", Versions: []discovery.Version{
				version("v1", deployments,
					discovery.Resource{Name: "daemonsets", Singular: "daemonset", Kind: "DaemonSet", Scope: kubeapi.ScopeNamespaced}),
				version("v1beta1", deployments),
			}},
			{Name: "metrics.k8s.io", Preferred: "v1beta1", Versions: []discovery.Version{{
				Name: "v1beta1", Freshness: kubeapi.FreshnessStale,
				Resources: discovery.Failed[[]discovery.Resource](&discovery.Failure{
					Code: discovery.Stale, Message: "metrics.k8s.io/v1beta1 is stale",
				}),
			}}},
		}),
	}
}
