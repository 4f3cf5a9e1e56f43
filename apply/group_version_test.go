package apply_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestGroupVersions(t *testing.T) {
	runCases(t, []diffCase{
		{
			name:        "a group version is served",
			declaration: `api "apps/v1" {}`,
			want:        []string{`api["apps/v1"] satisfied`},
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
			name:        "a group that the snapshot does not cover",
			declaration: "api \"example.com/v1\" {}\napi \"example.com/v2\" { served = false }\napi \"gone.k8s.io/v1\" {}\napi \"apps/v9\" { served = false }",
			change: func(s *discovery.Snapshot) {
				s.Missing = func(group string) *discovery.Failure {
					if group == "gone.k8s.io" {
						return nil
					}
					return &discovery.Failure{Code: discovery.NotRecorded, Message: "nothing is known of " + group}
				}
			},
			want: []string{
				`api["example.com/v1"] undetermined not-recorded: nothing is known of example.com`,
				`api["example.com/v2"] undetermined not-recorded: nothing is known of example.com`,
				`api["gone.k8s.io/v1"] drifted group-version-not-served "gone.k8s.io/v1" -> ""`,
				`api["apps/v9"] satisfied`,
			},
		},
		{
			name: "the server does not say which version it prefers",
			declaration: "api \"apps/v1\" {\n preferred = true\n resource \"deployments\" {}\n}\n" +
				"api \"apps/v1beta1\" {\n preferred = false\n}\napi \"apps/v1\" {}",
			change: func(s *discovery.Snapshot) { s.Named.Value[0].Preferred = "" },
			want: []string{
				`api["apps/v1"] undetermined invalid-response: the server does not say which version of the group it prefers`,
				`api["apps/v1"].resource["deployments"] satisfied`,
				`api["apps/v1beta1"] undetermined invalid-response: the server does not say which version of the group it prefers`,
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
			name:        "it was not asked for",
			declaration: "cluster {\n kubernetes = \">= 1.30\"\n server_address = \"10.0.0.1:443\"\n endpoint = \"https://10.0.0.1\"\n}\napi \"v1\" {}",
			change:      func(s *discovery.Snapshot) { *s = discovery.Snapshot{} },
			want: []string{
				`cluster.kubernetes undetermined not-recorded: it was not asked for`,
				`cluster.server_address undetermined not-recorded: it was not asked for`,
				`cluster.endpoint undetermined not-recorded: the snapshot does not say which endpoint it was taken from`,
				`api["v1"] undetermined not-recorded: it was not asked for`,
			},
		},
	})
}
