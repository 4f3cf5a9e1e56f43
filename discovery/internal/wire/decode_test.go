package wire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/internal/snapshottest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

type (
	Group         = model.Group
	Version       = model.Version
	Resource      = model.Resource
	Subresource   = model.Subresource
	Failure       = model.Failure
	ServerVersion = model.ServerVersion
)

const listHead = `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":`

func TestDecodeAggregated(t *testing.T) {
	group := func(name string, versions ...model.Version) model.Group {
		g := model.Group{Name: name, Versions: versions}
		if len(versions) > 0 {
			g.Preferred = versions[0].Name
		}
		return g
	}
	tests := []struct {
		name string
		src  string
		want []Group
		err  string
	}{
		{name: "no groups", src: listHead + `[]}`},
		{name: "null groups", src: listHead + `null}`},
		{name: "first part of a list", src: `{"kind":"APIGroupDiscoveryList","metadata":{"continue":"next"},"items":[]}`, err: "at /metadata/continue: the list is only the first part of what there is"},
		{name: "whole list", src: `{"kind":"APIGroupDiscoveryList","metadata":{"resourceVersion":"","continue":""},"items":[]}`},
		{
			name: "unknown scope",
			src:  listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[{"resource":"x","scope":"Wide"}]}]}]}`,
			want: []model.Group{group("a", model.Version{Name: "v1", Resources: model.Known([]model.Resource{{Name: "x"}})})},
		},
		{name: "null metadata", src: listHead + `[{"metadata":null,"versions":null}]}`, want: []model.Group{{}}},
		{name: "unknown members", src: listHead + `[{"x":[{"y":[1,true]}],"metadata":{"name":"a","uid":"u"}}],"z":{}}`, want: []model.Group{group("a")}},
		{name: "escaped names", src: listHead + `[{"metadat\u0061":{"name":"\u0061pps"}}]}`, want: []model.Group{group("apps")}},
		{
			name: "first version is preferred, though stale",
			src:  listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v2","freshness":"Stale","resources":[{"resource":"x"}]},{"version":"v1"}]}]}`,
			want: []model.Group{group("a",
				model.Version{Name: "v2", Freshness: "Stale", Resources: model.Failed[[]model.Resource](&model.Failure{Code: model.Stale, Message: "GET /apis: a/v2 is stale: the API server could not reach what serves it"})},
				model.Version{Name: "v1"},
			)},
		},
		{
			name: "a version without resources may have some in its own document",
			src:  listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","freshness":"Current","resources":[]}]}]}`,
			want: []model.Group{group("a", model.Version{Name: "v1", Freshness: "Current"})},
		},
		{
			name: "unknown freshness",
			src:  listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","freshness":"Rotten"}]}]}`,
			want: []model.Group{group("a", model.Version{Name: "v1", Freshness: "Rotten", Resources: model.Failed[[]model.Resource](&model.Failure{
				Code: model.InvalidResponse, Message: `GET /apis: the freshness of a/v1 is "Rotten", which is neither Current nor Stale`,
			})})},
		},
		{
			name: "subresource whose parent has no kind",
			src:  listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[{"resource":"x","responseKind":null,"verbs":null,"subresources":[{"subresource":"s","responseKind":{"group":"","version":"","kind":""},"verbs":["get"]}]}]}]}]}`,
			want: []model.Group{group("a", model.Version{Name: "v1", Resources: model.Known([]model.Resource{{Name: "x", Subresources: []Subresource{{Name: "s", Verbs: []string{"get"}}}}})})},
		},
		{
			name: "resource twice",
			src:  listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[{"resource":"x"},{"resource":"x"}]}]}]}`,
			want: []model.Group{group("a", model.Version{Name: "v1", Resources: model.Failed[[]model.Resource](&model.Failure{
				Code: model.InvalidResponse, Message: `GET /apis: a/v1: the resource "x" is listed twice`,
			})})},
		},
		{
			name: "odd names are shown",
			src:  listHead + `[{"metadata":{"name":"../%2f|*"},"versions":[{"version":"v/1"}]}]}`,
			want: []model.Group{group("../%2f|*", model.Version{Name: "v/1"})},
		},

		{name: "nothing", src: ``, err: "it is empty"},
		{name: "list for a root", src: `[]`, err: "a list stands where an object is expected"},
		{name: "null for a root", src: `null`, err: "null stands where an object is expected"},
		{name: "string for a root", src: `"x"`, err: "a string stands where an object is expected"},
		{name: "HTML", src: `<html>`, err: "it is not JSON: invalid character '<' at start of value after 0 bytes"},
		{name: "empty object", src: `{}`, err: "it has no items"},
		{name: "other kind", src: `{"kind":"PodList","items":[]}`, err: `at /kind: the kind is "PodList", not APIGroupDiscoveryList`},
		{name: "Status in a 200", src: `{"kind":"Status","message":"no way"}`, err: "it is a Status: no way"},
		{name: "Status without a message", src: `{"kind":"Status","items":[]}`, err: "it is a Status without a message"},
		{name: "items is an object", src: listHead + `{}}`, err: "at /items: an object stands where a list is expected"},
		{name: "null item", src: listHead + `[null]}`, err: "at /items/0: null stands in a list"},
		{name: "number item", src: listHead + `[{},7]}`, err: "at /items/1: a number stands where an object is expected"},
		{name: "number for a name", src: listHead + `[{"metadata":{"name":7}}]}`, err: "at /items/0/metadata/name: a number stands where a string is expected"},
		{name: "verbs is a string", src: listHead + `[{"versions":[{"version":"v1","resources":[{"resource":"x","verbs":"get"}]}]}]}`, err: "at /items/0/versions/0/resources/0/verbs: a string stands where a list is expected"},
		{name: "null verb", src: listHead + `[{"versions":[{"version":"v1","resources":[{"resource":"x","verbs":[null]}]}]}]}`, err: "at /items/0/versions/0/resources/0/verbs/0: null stands in a list"},
		{name: "version without a name", src: listHead + `[{"versions":[{}]}]}`, err: "at /items/0/versions/0: a version has no name"},
		{
			name: "resource without a name",
			src:  listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[{"responseKind":{"kind":"X"},"subresources":[{"subresource":"s"}]}]},{"version":"v2","resources":[{"resource":"x"}]}]}]}`,
			want: []model.Group{group("a",
				model.Version{Name: "v1", Resources: model.Failed[[]model.Resource](&model.Failure{Code: model.InvalidResponse, Message: "GET /apis: a/v1: a resource has no name"})},
				model.Version{Name: "v2", Resources: model.Known([]model.Resource{{Name: "x"}})},
			)},
		},
		{name: "group twice", src: listHead + `[{"metadata":{"name":"a"}},{"metadata":{"name":"a"}}]}`, err: `the group "a" is listed twice`},
		{name: "version twice", src: listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1"},{"version":"v1"}]}]}`, err: `the group "a" lists its version "v1" twice`},
		{name: "duplicate name", src: listHead + `[{"metadata":{"name":"a","name":"b"}}]}`, err: `at /items/0/metadata: the name "name" is there twice`},
		{name: "duplicate name in what is skipped", src: listHead + `[],"x":{"a":1,"a":2}}`, err: `at /x: the name "a" is there twice`},
		{name: "bad UTF-8", src: listHead + "[{\"metadata\":{\"name\":\"\xff\"}}]}", err: "at /items/0/metadata/name: it is not JSON: invalid UTF-8 after 113 bytes"},
		{name: "cut off", src: listHead + `[{"meta`, err: "at /items/0: it ends in the middle, after 99 bytes"},
		{name: "more behind the end", src: listHead + `[]} {}`, err: "something follows the end of the document"},
		{name: "nesting of 10,001", src: listHead + `[],"x":` + strings.Repeat("[", 10_001), err: "it is nested deeper than 64 levels"},
		{name: "object of too many names", src: listHead + `[],"x":` + manyNames(1_000+1) + `}`, err: "at /x/n1000: an object has more than 1000 names"},
		{name: "document of too many names", src: manyNames(1_000 + 1), err: "at /n1000: an object has more than 1000 names"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeAggregated(strings.NewReader(test.src), "GET /apis")
			checkDecoded(t, test.want, got, test.err, err)
		})
	}
}

// TestOddNamesOfBothForms holds that names beyond DNS labels, which adapters of
// metrics list, are kept as they are, and alike by both forms of documents. The
// aggregated one is what an API server makes of the plain one.
func TestOddNamesOfBothForms(t *testing.T) {
	const plain = `{"resources":[
		{"name":"virtualmachines/start","namespaced":true,"verbs":["update"]},
		{"name":"virtualmachines/sev/setup","namespaced":true,"kind":"Setup","verbs":["update"]},
		{"name":"/custommetrics","namespaced":true,"kind":"MetricValueList","verbs":["get"]},
		{"name":"Pods","namespaced":true,"kind":"Pods","verbs":["get"]},
		{"name":"pods/http_requests","namespaced":true,"kind":"MetricValueList","verbs":["get"]},
		{"name":"jobs.batch/Queue.Length","namespaced":true,"kind":"MetricValueList","verbs":["get"]},
		{"name":"*/x","namespaced":false,"kind":"MetricValueList","verbs":["get"]},
		{"name":"namespaces/","namespaced":false,"kind":"MetricValueList","verbs":["get"]}]}`
	const metric = `,"responseKind":{"kind":"MetricValueList"},"verbs":["get"]}`
	aggregated := listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[
		{"resource":"Pods","scope":"Namespaced","responseKind":{"kind":"Pods"},"verbs":["get"]},
		{"resource":"virtualmachines","scope":"Namespaced","responseKind":{"kind":""},"verbs":null,"subresources":[
			{"subresource":"start","responseKind":{"kind":""},"verbs":["update"]},
			{"subresource":"sev/setup","responseKind":{"kind":"Setup"},"verbs":["update"]}]},
		{"resource":"","scope":"Namespaced","responseKind":{"kind":""},"verbs":null,"subresources":[{"subresource":"custommetrics"` + metric + `]},
		{"resource":"pods","scope":"Namespaced","responseKind":{"kind":""},"verbs":null,"subresources":[{"subresource":"http_requests"` + metric + `]},
		{"resource":"jobs.batch","scope":"Namespaced","responseKind":{"kind":""},"verbs":null,"subresources":[{"subresource":"Queue.Length"` + metric + `]},
		{"resource":"*","scope":"Cluster","responseKind":{"kind":""},"verbs":null,"subresources":[{"subresource":"x"` + metric + `]},
		{"resource":"namespaces","scope":"Cluster","responseKind":{"kind":""},"verbs":null,"subresources":[{"subresource":""` + metric + `]}
	]}]}]}`
	// One that lists subresources as if they were resources.
	flat := listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[
		{"resource":"Pods","scope":"Namespaced","responseKind":{"kind":"Pods"},"verbs":["get"]},
		{"resource":"virtualmachines/start","scope":"Namespaced","verbs":["update"]},
		{"resource":"virtualmachines/sev","scope":"Namespaced","subresources":[{"subresource":"setup","responseKind":{"kind":"Setup"},"verbs":["update"]}]},
		{"resource":"/custommetrics","scope":"Namespaced"` + metric + `,
		{"resource":"pods","scope":"Namespaced","subresources":[{"subresource":"http_requests"` + metric + `]},
		{"resource":"jobs.batch/Queue.Length","scope":"Namespaced"` + metric + `,
		{"resource":"*/x","scope":"Cluster"` + metric + `,
		{"resource":"namespaces/","scope":"Cluster"` + metric + `
	]}]}]}`
	list := func(scope kubeapi.Scope, name, sub string) model.Resource {
		return model.Resource{Name: name, Scope: scope, Subresources: []Subresource{{Name: sub, Kind: "MetricValueList", Verbs: []string{"get"}}}}
	}
	want := []model.Resource{
		{Name: "Pods", Kind: "Pods", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get"}},
		{Name: "virtualmachines", Scope: kubeapi.ScopeNamespaced, Subresources: []Subresource{
			{Name: "start", Verbs: []string{"update"}}, {Name: "sev/setup", Kind: "Setup", Verbs: []string{"update"}},
		}},
		list(kubeapi.ScopeNamespaced, "", "custommetrics"),
		list(kubeapi.ScopeNamespaced, "pods", "http_requests"),
		list(kubeapi.ScopeNamespaced, "jobs.batch", "Queue.Length"),
		list(kubeapi.ScopeCluster, "*", "x"),
		list(kubeapi.ScopeCluster, "namespaces", ""),
	}
	got, err := wire.DecodeAPIResourceList(strings.NewReader(plain), kubeapi.GroupVersion{Group: "a", Version: "v1"})
	checkDecoded(t, want, got, "", err)
	for name, src := range map[string]string{"aggregated": aggregated, "flat": flat} {
		groups, err := wire.DecodeAggregated(strings.NewReader(src), "GET /apis")
		if err != nil {
			t.Fatal(name, err)
		}
		checkDecoded(t, want, groups[0].Versions[0].Resources.Value, "", err)
		s := &model.Snapshot{Endpoint: "https://a:443", Time: time.Unix(0, 0).UTC(), Core: model.Known(model.Group{}), Named: model.Known(groups)}
		snapshottest.SavesTheSame(t, s)
	}
}

func TestDecodeServerVersion(t *testing.T) {
	tests := []struct {
		name string
		src  string
		want ServerVersion
		err  string
	}{
		{name: "as a server has it", src: `{"major":"1","minor":"36","gitVersion":"v1.36.3","gitCommit":"c","platform":"linux/amd64"}`, want: ServerVersion{GitVersion: "v1.36.3", Major: "1", Minor: "36", Platform: "linux/amd64"}},
		{name: "major and minor only", src: `{"major":"1","minor":"27+"}`, want: ServerVersion{Major: "1", Minor: "27+"}},
		{name: "it emulates an older release", src: `{"major":"1","minor":"36","emulationMajor":"1","emulationMinor":"33","minCompatibilityMajor":"1","minCompatibilityMinor":"32","gitVersion":"v1.36.3"}`, want: ServerVersion{GitVersion: "v1.36.3", Major: "1", Minor: "36", EmulationMajor: "1", EmulationMinor: "33"}},
		{name: "number for an emulated release", src: `{"gitVersion":"v1.36.3","emulationMinor":33}`, err: "at /emulationMinor: a number stands where a string is expected"},
		{name: "nothing in it", src: `{}`, err: "it has neither a gitVersion nor a major and a minor"},
		{name: "major only", src: `{"major":"1"}`, err: "it has neither a gitVersion nor a major and a minor"},
		{name: "number for a version", src: `{"major":1}`, err: "at /major: a number stands where a string is expected"},
		{name: "as long as may be", src: `{"gitVersion":"` + strings.Repeat("1", 256) + `"}`, want: ServerVersion{GitVersion: strings.Repeat("1", 256)}},
		{name: "too long", src: `{"gitVersion":"` + strings.Repeat("1", 257) + `"}`, err: "at /gitVersion: it is longer than 256 bytes"},
		{name: "another kind", src: `{"kind":"Pod","gitVersion":"v1.36.3"}`, err: `at /kind: the kind is "Pod", which was not asked for`},
		{name: "Status in a 200", src: `{"kind":"Status","message":"no"}`, err: "it is a Status: no"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeServerVersion(strings.NewReader(test.src))
			checkDecoded(t, test.want, got, test.err, err)
		})
	}
}

func checkDecoded[T any](t *testing.T, want, got T, wantErr string, err error) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(model.Failure{}, "Err", "Request")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkError(t, wantErr, err)
}

func checkError(t *testing.T, want string, err error) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("error:\n got %q\nwant %q", got, want)
	}
}
