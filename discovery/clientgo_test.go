package discovery_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// told gives what a snapshot tells of a cluster's APIs, a line for each group version
// and for each of the two documents that failed.
func told(s *discovery.Snapshot) []string {
	var lines []string
	add := func(g discovery.Group) {
		for _, v := range g.Versions {
			line := strings.TrimPrefix(g.Name+"/"+v.Name, "/")
			if v.Name == g.Preferred {
				line += ", preferred"
			}
			if f := v.Resources.Failure; f != nil {
				lines = append(lines, line+": "+string(f.Code))
				continue
			}
			var names []string
			for _, r := range v.Resources.Value {
				names = append(names, strings.TrimSpace(r.Name+" "+r.Kind))
				for _, sub := range r.Subresources {
					names = append(names, r.Name+"/"+sub.Name+" "+sub.Kind)
				}
			}
			lines = append(lines, line+": "+strings.Join(names, ", "))
		}
	}
	if f := s.Core.Failure; f != nil {
		lines = append(lines, "GET /api: "+string(f.Code))
	}
	add(s.Core.Value)
	if f := s.Named.Failure; f != nil {
		lines = append(lines, "GET /apis: "+string(f.Code))
	}
	for _, g := range s.Named.Value {
		add(g)
	}
	return lines
}

// The documents of the rows below, each as small as its row allows.
const (
	coreVersions = `{"kind":"APIVersions","versions":["v1"]}`
	coreList     = `{"kind":"APIResourceList","groupVersion":"v1","resources":[` +
		`{"name":"pods","namespaced":true,"kind":"Pod"},{"name":"namespaces","namespaced":false,"kind":"Namespace"}]}`
	batchGroup = `{"name":"batch","versions":[{"groupVersion":"batch/v1","version":"v1"},{"groupVersion":"batch/v2alpha1","version":"v2alpha1"}],"preferredVersion":`
	coreItem   = `{"versions":[{"version":"v1","resources":[{"resource":"pods","responseKind":{"group":"","version":"v1","kind":"Pod"},"scope":"Namespaced"}]}]}`
)

func groupList(groups string) string { return `{"kind":"APIGroupList","groups":[` + groups + `]}` }

func resourceList(gv, name, kind string) string {
	return fmt.Sprintf(`{"kind":"APIResourceList","groupVersion":%q,"resources":[{"name":%q,"namespaced":true,"kind":%q}]}`, gv, name, kind)
}

func aggregatedList(items string) string {
	return `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[` + items + `]}`
}

func aggregatedGroup(name, versions string) string {
	return fmt.Sprintf(`{"metadata":{"name":%q},"versions":[%s]}`, name, versions)
}

// aggregatedVersion has one resource, unless its name is empty.
func aggregatedVersion(version, resource, kind string, more ...string) string {
	resources := ""
	if resource != "" {
		resources = fmt.Sprintf(`{"resource":%q,"responseKind":{"kind":%q},"scope":"Namespaced"}`, resource, kind)
	}
	return fmt.Sprintf(`{"version":%q,"resources":[%s]%s}`, version, resources, strings.Join(more, ""))
}

const staleVersion = `,"freshness":"Stale"`

// TestClientGoDiscovery has the cases of client-go's own tests of discovery, with what
// client-go 0.37 makes of each. Where kreconcile makes something else of it, differs
// says why.
//
// Source: https://github.com/kubernetes/client-go/blob/v0.37.1/discovery/discovery_client_test.go
func TestClientGoDiscovery(t *testing.T) {
	type answers map[string]apitest.Step
	document := func(body string) apitest.Step { return apitest.Reply(200, plainJSON, body) }
	aggregated := func(items string) apitest.Step { return apitest.Reply(200, v2JSON, aggregatedList(items)) }
	status := func(code int) apitest.Step { return apitest.Reply(code, "", "") }
	const (
		failClosed  = "what is not asked for again, or not understood, is told by no list: it stays undetermined"
		judgedAlone = "client-go gives an error in place of both documents; here the one that came is judged all the same"
		staysStale  = "client-go leaves the group version out beside an error; here it stays, and is undetermined"
	)
	apps := aggregatedGroup("apps", aggregatedVersion("v1", "deployments", "Deployment"))
	tests := []struct {
		// source is the test of client-go, and the case in it.
		source  string
		answers answers
		// theirs is what client-go makes of it.
		theirs  string
		want    []string
		differs string
	}{
		{
			source: "TestGetServerGroupsWithV1Server",
			answers: answers{
				"/api": document(coreVersions), "/api/v1": document(coreList),
				"/apis": document(groupList(`{"name":"extensions","versions":[{"groupVersion":"extensions/v1beta1","version":""}]}`)),
			},
			theirs:  "v1 and extensions/v1beta1",
			want:    []string{"v1, preferred: pods Pod, namespaces Namespace", "GET /apis: invalid-response"},
			differs: "an entry that has no version is not one that an API server writes; " + failClosed,
		},
		{
			source: "TestDiscoveryToleratesMissingCoreGroup",
			answers: answers{
				"/api": status(404), "/apis": document(groupList(`{"name":"extensions","versions":[{"groupVersion":"extensions/v1beta1","version":"v1beta1"}]}`)),
				"/apis/extensions/v1beta1": document(resourceList("extensions/v1beta1", "jobs", "Job")),
			},
			theirs: "extensions/v1beta1, and no error",
			want:   []string{"extensions/v1beta1: jobs Job"},
		},
		{
			source:  "TestDiscoveryFailsWhenNonCoreGroupsMissing",
			answers: answers{"/api": document(coreVersions), "/api/v1": document(coreList), "/apis": status(404)},
			theirs:  "an error",
			want:    []string{"v1, preferred: pods Pod, namespaces Namespace", "GET /apis: invalid-response"},
			differs: judgedAlone,
		},
		{
			source: "TestGetServerGroupsWithBrokenServer 404", answers: answers{"/api": status(404), "/apis": status(404)},
			theirs: "an error", want: []string{"GET /apis: invalid-response"},
		},
		{
			source: "TestGetServerGroupsWithBrokenServer 403", answers: answers{"/api": status(403), "/apis": status(403)},
			theirs: "an error", want: []string{"GET /api: forbidden", "GET /apis: forbidden"},
		},
		{
			source: "TestGetServerResourcesForGroupVersion",
			answers: answers{
				"/api": document(coreVersions), "/api/v1": document(coreList),
				"/apis":              document(groupList(`{"name":"apps","versions":[{"groupVersion":"apps/v1beta2","version":"v1beta2"},{"groupVersion":"apps/v1beta1","version":"v1beta1"}]}`)),
				"/apis/apps/v1beta1": document(resourceList("apps/v1beta1", "deployments", "Deployment")),
				"/apis/apps/v1beta2": document(resourceList("apps/v1beta2", "deployments", "Deployment")),
			},
			theirs: "the resources of each",
			want:   []string{"v1, preferred: pods Pod, namespaces Namespace", "apps/v1beta2: deployments Deployment", "apps/v1beta1: deployments Deployment"},
		},
		{
			source: "TestServerPreferredResources: one group version answers 500",
			answers: answers{
				"/api": document(coreVersions), "/api/v1": document(coreList),
				"/apis":                    document(groupList(`{"name":"extensions","versions":[{"groupVersion":"extensions/v1beta1","version":"v1beta1"}]}`)),
				"/apis/extensions/v1beta1": status(500),
			},
			theirs: "the resources of v1, and ErrGroupDiscoveryFailed",
			want:   []string{"v1, preferred: pods Pod, namespaces Namespace", "extensions/v1beta1: unavailable"},
		},
		{
			source: "TestServerPreferredResources: all group versions answer 500",
			answers: answers{
				"/api": document(coreVersions), "/api/v1": status(500),
				"/apis":                    document(groupList(`{"name":"extensions","versions":[{"groupVersion":"extensions/v1beta1","version":"v1beta1"}]}`)),
				"/apis/extensions/v1beta1": status(500),
			},
			theirs: "ErrGroupDiscoveryFailed",
			want:   []string{"v1, preferred: unavailable", "extensions/v1beta1: unavailable"},
		},
		{
			source: "TestServerPreferredResources: the group has no name",
			answers: answers{
				"/api": document(coreVersions), "/api/v1": document(coreList),
				"/apis": document(groupList(`{"versions":[{"groupVersion":"extensions/v1beta1"}]}`)),
			},
			theirs:  "the resources of v1, and ErrGroupDiscoveryFailed",
			want:    []string{"v1, preferred: pods Pod, namespaces Namespace", "GET /apis: invalid-response"},
			differs: "a group without a name is that of /api; " + failClosed,
		},
		{
			source: "TestServerPreferredNamespacedResources: /api and /apis",
			answers: answers{
				"/api": document(coreVersions), "/api/v1": document(coreList),
				"/apis":                document(groupList(batchGroup + `{"groupVersion":"batch/v1","version":"v1"}}`)),
				"/apis/batch/v1":       document(resourceList("batch/v1", "jobs", "Job")),
				"/apis/batch/v2alpha1": document(resourceList("batch/v2alpha1", "cronjobs", "CronJob")),
			},
			theirs: "pods, jobs of batch/v1 and cronjobs of batch/v2alpha1",
			want:   []string{"v1, preferred: pods Pod, namespaces Namespace", "batch/v1, preferred: jobs Job", "batch/v2alpha1: cronjobs CronJob"},
		},
		{
			source: "TestServerPreferredNamespacedResources: the preferred version is not the first, and /api is not found",
			answers: answers{
				"/apis":                document(groupList(batchGroup + `{"groupVersion":"batch/v2alpha","version":"v2alpha1"}}`)),
				"/apis/batch/v1":       document(resourceList("batch/v1", "jobs", "Job")),
				"/apis/batch/v2alpha1": document(resourceList("batch/v2alpha1", "cronjobs", "CronJob")),
			},
			theirs: "resources of batch/v2alpha1",
			want:   []string{"batch/v1: jobs Job", "batch/v2alpha1, preferred: cronjobs CronJob"},
		},
		{
			source:  "TestAggregatedServerGroups: one version at each",
			answers: answers{"/api": aggregated(coreItem), "/apis": aggregated(apps)},
			theirs:  "v1 and apps/v1, both preferred",
			want:    []string{"v1, preferred: pods Pod", "apps/v1, preferred: deployments Deployment"},
		},
		{
			source: "TestAggregatedServerGroups: two versions of one group",
			answers: answers{"/api": aggregated(coreItem), "/apis": aggregated(aggregatedGroup("apps",
				aggregatedVersion("v1", "deployments", "Deployment")+","+aggregatedVersion("v1beta1", "deployments", "Deployment")))},
			theirs: "v1, apps/v1 and apps/v1beta1, of which the first is preferred",
			want:   []string{"v1, preferred: pods Pod", "apps/v1, preferred: deployments Deployment", "apps/v1beta1: deployments Deployment"},
		},
		{
			source: "TestAggregatedServerGroups: /api returns nothing, 2 groups at /apis",
			answers: answers{"/api": aggregated(""), "/apis": aggregated(apps + "," +
				aggregatedGroup("batch", aggregatedVersion("v1", "jobs", "Job")))},
			theirs: "apps/v1 and batch/v1",
			want:   []string{"apps/v1, preferred: deployments Deployment", "batch/v1, preferred: jobs Job"},
		},
		{
			source: "TestAggregatedServerGroupsAndResources: a stale version beside a current one",
			answers: answers{"/api": aggregated(coreItem), "/apis": aggregated(apps + "," + aggregatedGroup("batch",
				aggregatedVersion("v1", "jobs", "Job", staleVersion)+","+aggregatedVersion("v1beta1", "jobs", "Job")))},
			theirs:  "v1, apps/v1 and batch/v1beta1, and batch/v1 failed",
			want:    []string{"v1, preferred: pods Pod", "apps/v1, preferred: deployments Deployment", "batch/v1, preferred: stale", "batch/v1beta1: jobs Job"},
			differs: staysStale,
		},
		{
			source:  "TestAggregatedServerGroupsAndResourcesWithErrors: 404 for core/v1 is tolerated",
			answers: answers{"/api": status(404), "/apis": aggregated(apps)},
			theirs:  "apps/v1", want: []string{"apps/v1, preferred: deployments Deployment"},
		},
		{
			source:  "TestAggregatedServerGroupsAndResourcesWithErrors: 403 for core/v1 causes error",
			answers: answers{"/api": status(403), "/apis": aggregated(apps)},
			theirs:  "an error", want: []string{"GET /api: forbidden", "apps/v1, preferred: deployments Deployment"}, differs: judgedAlone,
		},
		{
			source:  "TestAggregatedServerGroupsAndResourcesWithErrors: 404 for /apis causes error",
			answers: answers{"/api": aggregated(coreItem), "/apis": status(404)},
			theirs:  "an error", want: []string{"v1, preferred: pods Pod", "GET /apis: invalid-response"}, differs: judgedAlone,
		},
		{
			source:  "TestAggregatedServerGroupsAndResourcesWithErrors: 403 for /apis causes error",
			answers: answers{"/api": aggregated(coreItem), "/apis": status(403)},
			theirs:  "an error", want: []string{"v1, preferred: pods Pod", "GET /apis: forbidden"}, differs: judgedAlone,
		},
		{
			source: "TestAggregatedServerPreferredResources: only resources from the preferred version",
			answers: answers{"/api": aggregated(coreItem), "/apis": aggregated(aggregatedGroup("apps",
				aggregatedVersion("v2", "deployments", "Deployment")+","+aggregatedVersion("v1", "deployments", "Deployment")))},
			theirs: "apps/v2 is preferred",
			want:   []string{"v1, preferred: pods Pod", "apps/v2, preferred: deployments Deployment", "apps/v1: deployments Deployment"},
		},
		{
			source: "TestAggregatedServerPreferredResources: stale Group/Version can not produce preferred version",
			answers: answers{"/api": aggregated(coreItem), "/apis": aggregated(aggregatedGroup("apps",
				aggregatedVersion("v2", "deployments", "Deployment", staleVersion)+","+aggregatedVersion("v1", "deployments", "Deployment")))},
			theirs:  "apps/v1 is preferred, and apps/v2 failed",
			want:    []string{"v1, preferred: pods Pod", "apps/v2, preferred: stale", "apps/v1: deployments Deployment"},
			differs: "what is stale is preferred by the server all the same: the order is the server's, and does not change while it cannot reach a backend; whether another version is preferred is undetermined meanwhile",
		},
		{
			source: "TestSplitGroupsAndResources: multiple groups with cluster-scoped resources",
			answers: answers{"/api": aggregated(""), "/apis": aggregated(aggregatedGroup("rbac.authorization.k8s.io",
				`{"version":"v1","resources":[{"resource":"clusterroles","responseKind":{"kind":"ClusterRole"},"scope":"Cluster"}]}`))},
			theirs: "a resource that is not namespaced",
			want:   []string{"rbac.authorization.k8s.io/v1, preferred: clusterroles ClusterRole"},
		},
		{
			source: "TestSplitGroupsAndResources: single subresource",
			answers: answers{"/api": aggregated(""), "/apis": aggregated(aggregatedGroup("apps",
				`{"version":"v1","resources":[{"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced",`+
					`"subresources":[{"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"},"verbs":["get"]}]}]}`))},
			theirs: "deployments and deployments/scale",
			want:   []string{"apps/v1, preferred: deployments Deployment, deployments/scale Scale"},
		},
		{
			source: "TestSplitGroupsAndResources: single subresource and parent missing GVK",
			answers: answers{"/api": aggregated(""), "/apis": aggregated(aggregatedGroup("external.metrics.k8s.io",
				`{"version":"v1beta1","resources":[{"resource":"*","scope":"Namespaced",`+
					`"subresources":[{"subresource":"other-external-metric","responseKind":{"kind":"MetricValueList"},"verbs":["get"]}]}]}`))},
			theirs:  "the subresource alone",
			want:    []string{"external.metrics.k8s.io/v1beta1, preferred: *, */other-external-metric MetricValueList"},
			differs: "the parent is kept without a kind, so that the subresource has a place; a requirement of a kind never meets it",
		},
		{
			source: "TestSplitGroupsAndResources: single subresource and parent empty GVK",
			answers: answers{"/api": aggregated(""), "/apis": aggregated(aggregatedGroup("external.metrics.k8s.io",
				`{"version":"v1beta1","resources":[{"resource":"*","responseKind":{"group":"","version":"","kind":""},"scope":"Namespaced",`+
					`"subresources":[{"subresource":"other-external-metric","responseKind":{"kind":"MetricValueList"},"verbs":["get"]}]}]}`))},
			theirs:  "the subresource alone",
			want:    []string{"external.metrics.k8s.io/v1beta1, preferred: *, */other-external-metric MetricValueList"},
			differs: "the parent is kept without a kind, so that the subresource has a place; a requirement of a kind never meets it",
		},
		{
			source: "TestSplitGroupsAndResources: multiple subresources",
			answers: answers{"/api": aggregated(""), "/apis": aggregated(aggregatedGroup("apps",
				`{"version":"v1","resources":[{"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced","subresources":[`+
					`{"subresource":"scale","responseKind":{"kind":"Scale"}},{"subresource":"status","responseKind":{"kind":"Deployment"}}]}]}`))},
			theirs: "deployments, deployments/scale and deployments/status",
			want:   []string{"apps/v1, preferred: deployments Deployment, deployments/scale Scale, deployments/status Deployment"},
		},
		{
			source: "TestSplitGroupsAndResources: single failed GV at /api",
			answers: answers{
				"/api":  aggregated(`{"versions":[` + aggregatedVersion("v1", "pods", "Pod", staleVersion) + `]}`),
				"/apis": aggregated(""),
			},
			theirs: "no group version, and v1 failed", want: []string{"v1, preferred: stale"}, differs: staysStale,
		},
		{
			source: "TestSplitGroupsAndResources: single failed GV at /apis",
			answers: answers{"/api": aggregated(""), "/apis": aggregated(aggregatedGroup("apps",
				aggregatedVersion("v1", "deployments", "Deployment", staleVersion)))},
			theirs: "no group version, and apps/v1 failed", want: []string{"apps/v1, preferred: stale"}, differs: staysStale,
		},
		{
			source: "none: a server that only speaks v2beta1, which client-go 0.37 does not read any more",
			answers: answers{
				"/api":  apitest.Reply(200, strings.Replace(v2JSON, "v=v2", "v=v2beta1", 1), strings.Replace(aggregatedList(coreItem), "/v2", "/v2beta1", 1)),
				"/apis": apitest.Reply(200, strings.Replace(v2JSON, "v=v2", "v=v2beta1", 1), strings.Replace(aggregatedList(apps), "/v2", "/v2beta1", 1)),
			},
			theirs:  "client-go asks such a server for plain documents",
			want:    []string{"v1, preferred: pods Pod", "apps/v1, preferred: deployments Deployment"},
			differs: "Kubernetes 1.26 to 1.29 have it, in which the fields are the same",
		},
	}
	for _, test := range tests {
		t.Run(test.source, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("*", status(404))
			for path, step := range test.answers {
				server.Always(path, step)
			}
			got := told(ask(t, server).fetch(documents))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("client-go: %s\ndiffers: %s\n(-want +got):\n%s", test.theirs, test.differs, diff)
			}
		})
	}
}
