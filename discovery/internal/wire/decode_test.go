package wire_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
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
		{name: "bad UTF-8", src: listHead + "[{\"metadata\":{\"name\":\"\xff\"}}]}", err: "at /items/0/metadata/name: it is not JSON: invalid UTF-8 after 114 bytes"},
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

func TestDecodeAPIVersions(t *testing.T) {
	tests := []struct {
		name string
		src  string
		want wire.APIVersions
		err  string
	}{
		{
			name: "as a server has it",
			src:  `{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"10.0.1.149:443"}]}`,
			want: wire.APIVersions{Group: model.Group{Preferred: "v1", Versions: []model.Version{{Name: "v1"}}}, Addresses: []string{"10.0.1.149:443"}, Published: true},
		},
		{name: "no versions", src: `{"kind":"APIVersions","versions":[]}`},
		{name: "null lists", src: `{"versions":null,"serverAddressByClientCIDRs":null}`, want: wire.APIVersions{Published: true}},
		{name: "versions left out", src: `{"kind":"APIVersions"}`, err: "it has no versions"},
		{name: "empty version", src: `{"versions":[""]}`, err: "at /versions/0: it is empty"},
		{name: "version twice", src: `{"versions":["v1","v1"]}`, err: `the group "" lists its version "v1" twice`},
		{name: "long address", src: `{"versions":["v1"],"serverAddressByClientCIDRs":[{"serverAddress":"` + strings.Repeat("x", 257) + `"}]}`, err: "at /serverAddressByClientCIDRs/0/serverAddress: it is longer than 256 bytes"},
		{name: "address without an address", src: `{"versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0"}]}`, err: "at /serverAddressByClientCIDRs/0: an entry has no serverAddress"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeAPIVersions(strings.NewReader(test.src))
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(wire.APIVersions{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkError(t, test.err, err)
		})
	}
}

func TestDecodeAPIGroupList(t *testing.T) {
	tests := []struct {
		name string
		src  string
		want []Group
		err  string
	}{
		{
			name: "as a server has it",
			src:  `{"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"a","versions":[{"groupVersion":"a/v1","version":"v1"},{"groupVersion":"a/v2","version":"v2"}],"preferredVersion":{"groupVersion":"a/v2","version":"v2"}}]}`,
			want: []model.Group{{Name: "a", Preferred: "v2", Versions: []model.Version{{Name: "v1"}, {Name: "v2"}}}},
		},
		{name: "no preferred version", src: `{"groups":[{"name":"a","versions":null,"preferredVersion":null}]}`, want: []model.Group{{Name: "a"}}},
		{name: "groups left out", src: `{"kind":"APIGroupList"}`, err: "it has no groups"},
		{name: "group without a name", src: `{"groups":[{"versions":[]}]}`, err: "at /groups/0: a group has no name"},
		{name: "version without a name", src: `{"groups":[{"name":"a","versions":[{"groupVersion":"a/v1"}]}]}`, err: "at /groups/0/versions/0: a version has no name"},
		{name: "group twice", src: `{"groups":[{"name":"a"},{"name":"b"},{"name":"a"}]}`, err: `the group "a" is listed twice`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeAPIGroupList(strings.NewReader(test.src))
			checkDecoded(t, test.want, got, test.err, err)
		})
	}
}

func TestDecodeAPIResourceList(t *testing.T) {
	tests := []struct {
		name string
		src  string
		want []Resource
		err  string
	}{
		{
			name: "subresources before and behind their resource, and without one",
			src: `{"kind":"APIResourceList","groupVersion":"a/v1","resources":[
				{"name":"x/log","namespaced":true,"kind":"","verbs":["get"]},
				{"name":"x","singularName":"ex","namespaced":true,"kind":"X","verbs":["get","list"],"shortNames":["x"],"categories":["all"]},
				{"name":"y/a/b","namespaced":false,"kind":"B","verbs":["get"]},
				{"name":"x/status","namespaced":true,"kind":"X","verbs":["get"]}]}`,
			want: []model.Resource{
				{
					Name: "x", Singular: "ex", Kind: "X", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get", "list"},
					ShortNames: []string{"x"}, Categories: []string{"all"},
					Subresources: []Subresource{{Name: "log", Verbs: []string{"get"}}, {Name: "status", Kind: "X", Verbs: []string{"get"}}},
				},
				{Name: "y", Scope: kubeapi.ScopeCluster, Subresources: []Subresource{{Name: "a/b", Kind: "B", Verbs: []string{"get"}}}},
			},
		},
		{name: "no resources", src: `{"resources":[]}`},
		{name: "null resources", src: `{"resources":null}`},
		{name: "scope is not told", src: `{"resources":[{"name":"x","namespaced":null}]}`, want: []model.Resource{{Name: "x"}}},
		{name: "resources left out", src: `{"kind":"APIResourceList"}`, err: "it has no resources"},
		{name: "of another group version", src: `{"groupVersion":"a/v2","resources":[]}`, err: `at /groupVersion: it is the document of "a/v2"`},
		{name: "resource twice", src: `{"resources":[{"name":"x"},{"name":"x"}]}`, err: `the resource "x" is listed twice`},
		{name: "subresource twice", src: `{"resources":[{"name":"x/s"},{"name":"x/s"}]}`, err: `the subresource "x/s" is listed twice`},
		{name: "no name", src: `{"resources":[{"kind":"X"}]}`, err: "a resource has no name"},
		{name: "namespaced is a string", src: `{"resources":[{"name":"x","namespaced":"yes"}]}`, err: "at /resources/0/namespaced: a string stands where true or false is expected"},
		{name: "too many resources", src: `{"resources":[` + strings.Repeat(`{"name":"x"},`, 10_000) + `{"name":"x"}]}`, err: "it has too many resources"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeAPIResourceList(strings.NewReader(test.src), kubeapi.GroupVersion{Group: "a", Version: "v1"})
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

// TestDecodeHostile holds that what a document may hold is counted while it is
// read, and that memory stays small.
func TestDecodeHostile(t *testing.T) {
	repeat := func(head, item, tail string) string {
		n := (16<<20 - len(head) - len(tail)) / (len(item) + 1)
		return head + strings.Repeat(item+",", n-1) + item + tail
	}
	versions := listHead + `[{"metadata":{"name":"a"},"versions":[`
	resources := versions + `{"version":"v1","resources":[`
	tests := []struct {
		name string
		src  string
		err  string
	}{
		{name: "groups", src: repeat(listHead+"[", "{}", "]}"), err: "it has too many groups"},
		{name: "group versions", src: repeat(versions, `{"version":"v"}`, "]}]}"), err: "it has too many group versions"},
		{name: "resources", src: repeat(resources, `{"resource":"r"}`, "]}]}]}"), err: "it has too many resources"},
		{name: "subresources", src: repeat(resources+`{"resource":"r","subresources":[`, `{"subresource":"s"}`, "]}]}]}]}"), err: "it has too many resources"},
		{name: "verbs", src: repeat(resources+`{"resource":"r","verbs":[`, `""`, "]}]}]}]}"), err: "it has too many list items"},
		{name: "the same verbs again", src: repeat(resources, `{"verbs":[`+strings.Repeat(`"",`, 60)+`""]}`, "]}]}]}"), err: "it has too many list items"},
		{name: "one long name", src: listHead + `[{"metadata":{"name":"` + strings.Repeat("x", 16<<20-200) + `"}}]}`, err: "at /items/0/metadata/name: it is longer than 256 bytes"},
		{name: "one long name with escapes", src: listHead + `[{"metadata":{"name":"` + strings.Repeat(`\"`, 16<<20/2-200) + `"}}]}`, err: "at /items/0/metadata/name: it is longer than 256 bytes"},
		{name: "objects in what is skipped", src: `{"x":[` + strings.Repeat("{},", 500_000) + `{}],"items":[]}`},
		{name: "names in what is skipped", src: `{"x":` + manyNames(1_000_000) + `,"items":[]}`, err: "at /x/n1000: an object has more than 1000 names"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := wire.DecodeAggregated(strings.NewReader(test.src), "GET /apis")
			runtime.ReadMemStats(&after)
			checkError(t, test.err, err)
			// All that was ever allocated is more than what was in use at once.
			if used := after.TotalAlloc - before.TotalAlloc; used > 96<<20 {
				t.Errorf("decoding allocated %d MiB", used>>20)
			}
		})
	}
}

// TestDecodeAtTheCaps: a document may hold exactly as many groups and group versions
// as its caps say, and not one more. A group's versions count with those of all others.
func TestDecodeAtTheCaps(t *testing.T) {
	// of gives a document of groups among which so many versions are dealt out.
	of := func(groups, versions int) string {
		var b strings.Builder
		b.WriteString(listHead + "[")
		for g := range groups {
			if g > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, `{"metadata":{"name":"g%d"},"versions":[`, g)
			for v := g; v < versions; v += groups {
				if v > g {
					b.WriteString(",")
				}
				fmt.Fprintf(&b, `{"version":"v%d"}`, v)
			}
			b.WriteString("]}")
		}
		return b.String() + "]}"
	}
	tests := []struct {
		name             string
		groups, versions int
		err              string
	}{
		{name: "as many groups as may be", groups: 5_000},
		{name: "one group more", groups: 5_001, err: "it has too many groups"},
		{name: "as many group versions as may be, in one group", groups: 1, versions: 10_000},
		{name: "one group version more, in one group", groups: 1, versions: 10_001, err: "it has too many group versions"},
		{name: "as many of both as may be", groups: 5_000, versions: 10_000},
		{name: "one group version more, in as many groups as may be", groups: 5_000, versions: 10_001, err: "it has too many group versions"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeAggregated(strings.NewReader(of(test.groups, test.versions)), "GET /apis")
			checkError(t, test.err, err)
			if test.err != "" {
				if got != nil {
					t.Errorf("there are %d groups beside the error", len(got))
				}
				return
			}
			versions := 0
			for _, g := range got {
				versions += len(g.Versions)
			}
			if len(got) != test.groups || versions != test.versions {
				t.Errorf("it has %d groups and %d versions", len(got), versions)
			}
		})
	}
}

// A name that no API server can serve is refused, together with as little as may be.
func TestDecodeLongNames(t *testing.T) {
	longest := strings.Repeat("x", 256)
	ofVersion := "GET /apis: a/v: the name " + text.Quote(longest+"x") + " is longer than 256 bytes"
	const document = listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v","resources":[{"resource":"r","singularResource":"singular","responseKind":{"kind":"R"},"verbs":["get"],"shortNames":["short"],"categories":["category"],` +
		`"subresources":[{"subresource":"s","responseKind":{"kind":"S"},"verbs":["put"]}]}]}]}]}`
	for _, test := range []struct{ name, err, failure string }{
		{name: "a", err: "at /items/0/metadata/name: it is longer than 256 bytes"},
		{name: "v", err: "at /items/0/versions/0/version: it is longer than 256 bytes"},
		{name: "r", failure: ofVersion},
		{name: "R", failure: ofVersion},
		{name: "get", failure: ofVersion},
		{name: "s", failure: ofVersion},
		{name: "S", failure: ofVersion},
		{name: "put", failure: ofVersion},
		{name: "short", failure: ofVersion},
		{name: "category", failure: ofVersion},
		{name: "singular", failure: ofVersion},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := wire.DecodeAggregated(strings.NewReader(strings.Replace(document, `"`+test.name+`"`, `"`+longest+`"`, 1)), "GET /apis"); err != nil {
				t.Errorf("as long as may be: %v", err)
			}
			groups, err := wire.DecodeAggregated(strings.NewReader(strings.Replace(document, `"`+test.name+`"`, `"`+longest+`x"`, 1)), "GET /apis")
			checkError(t, test.err, err)
			if test.failure != "" {
				checkError(t, test.failure, groups[0].Versions[0].Resources.Failure)
			}
		})
	}
}

func manyNames(n int) string {
	var b strings.Builder
	b.WriteString("{")
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(`"n` + strconv.Itoa(i) + `":0`)
	}
	return b.String() + "}"
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
