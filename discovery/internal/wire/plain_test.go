package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

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
