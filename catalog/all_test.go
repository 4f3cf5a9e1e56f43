package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestResources tests that what is served by default is in the snapshot, and that all else is off.
func TestResources(t *testing.T) {
	t.Parallel()
	for _, r := range catalog.Releases() {
		s := r.Snapshot()
		var served []discovery.Group
		for _, row := range r.Resources() {
			name := row.Name
			if row.Subresource != "" {
				name += "/" + row.Subresource
			}
			if _, off := r.Off(row.GroupVersion, name); off == row.Default {
				t.Errorf("%s %s %s: off %t, and by default %t", r, row.GroupVersion, name, off, row.Default)
			}
			if row.Default {
				served = add(served, row)
			}
		}
		want := slices.Concat(s.Named.Value, []discovery.Group{s.Core.Value})
		for i := range want {
			want[i].Preferred = ""
			slices.SortFunc(want[i].Versions, func(a, b discovery.Version) int { return strings.Compare(a.Name, b.Name) })
		}
		if got, want := fmt.Sprint(served), fmt.Sprint(want); got != want {
			t.Errorf("%s (-snapshot +resources):\n%s", r, cmp.Diff(strings.Fields(want), strings.Fields(got)))
		}
	}
}

// add adds a resource to the groups, which follow one another as the resources do.
func add(groups []discovery.Group, row catalog.Resource) []discovery.Group {
	if n := len(groups); n == 0 || groups[n-1].Name != row.GroupVersion.Group {
		groups = append(groups, discovery.Group{Name: row.GroupVersion.Group})
	}
	g := &groups[len(groups)-1]
	if n := len(g.Versions); n == 0 || g.Versions[n-1].Name != row.GroupVersion.Version {
		g.Versions = append(g.Versions, discovery.Version{
			Name: row.GroupVersion.Version, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known[[]discovery.Resource](nil),
		})
	}
	resources := &g.Versions[len(g.Versions)-1].Resources
	if row.Subresource == "" {
		resources.Value = append(resources.Value, row.Resource)
		return groups
	}
	parent := &resources.Value[len(resources.Value)-1]
	parent.Subresources = append(parent.Subresources, discovery.Subresource{Name: row.Subresource, Kind: row.Kind, Verbs: row.Verbs})
	return groups
}

// TestFieldOfEveryKind compares each kind's root and the fields there with the answers of Fetch.
func TestFieldOfEveryKind(t *testing.T) {
	t.Parallel()
	fields := 0
	for _, k := range catalog.Kinds() {
		for _, r := range catalog.Releases() {
			at, own, found := r.Field(k.GroupVersion, k.Name, nil)
			names := r.FieldNames(k.GroupVersion, k.Name, nil)
			if found != (len(names) > 0) || found && (at.Name != "" || at.Required) {
				t.Errorf("%s %s %s: found %t, %v, with %v", r, k.GroupVersion, k.Name, found, at, names)
			}
			var got []string
			for _, f := range own {
				fields++
				got = append(got, f.Name)
				path := kubeapi.FieldPath{{Name: f.Name}}
				same, _, _ := r.Field(k.GroupVersion, k.Name, path)
				want := fieldOf(t, r, k.GroupVersion.String(), k.Name, path.String()).Value
				if same != f || want.Presence != discovery.FieldPresent || want.Required != f.Required || want.Type != word(f.Type) {
					t.Errorf("%s %s %s: %v in the list, %v by itself, and the answer is %v", r, k.GroupVersion, k.Name, f, same, want)
				}
			}
			if !slices.Equal(got, names) {
				t.Errorf("%s %s %s has %v, want %v", r, k.GroupVersion, k.Name, got, names)
			}
		}
	}
	if fields < 10_000 {
		t.Errorf("only %d fields", fields)
	}
}

// word is the word of a declaration for a type.
func word(typeOf string) string {
	switch {
	case typeOf == "any":
		return ""
	case strings.HasPrefix(typeOf, "[]"):
		return "array"
	case strings.HasPrefix(typeOf, "map[string]"), strings.ToLower(typeOf[:1]) != typeOf[:1]:
		return "object"
	}
	return typeOf
}

func TestFieldTypes(t *testing.T) {
	t.Parallel()
	r := release(t, "1.34")
	for _, test := range []struct {
		path string
		want catalog.Field
	}{
		{"spec", catalog.Field{Name: "spec", Type: "PodSpec"}},
		{"metadata", catalog.Field{Name: "metadata", Type: "ObjectMeta", Required: true}},
		{"metadata.labels", catalog.Field{Name: "labels", Type: "map[string]string"}},
		{"metadata.labels.*", catalog.Field{Type: "string"}},
		{"metadata.managedFields[].fieldsV1", catalog.Field{Name: "fieldsV1", Type: "object"}},
		{"spec.containers", catalog.Field{Name: "containers", Type: "[]Container", Required: true}},
		{"spec.containers[]", catalog.Field{Type: "Container"}},
		{"spec.containers[].livenessProbe.httpGet.port", catalog.Field{Name: "port", Type: "int-or-string", Required: true}},
	} {
		path, err := kubeapi.ParseFieldPath(test.path)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, found := r.Field(gv(t, "v1"), "Pod", path); !found || got != test.want {
			t.Errorf("%s: %v, found %t, want %v", test.path, got, found, test.want)
		}
	}
	template := kubeapi.FieldPath{{Name: "spec"}, {Name: "template"}}
	want := []catalog.Field{{Name: "metadata", Type: "ObjectMeta"}, {Name: "spec", Type: "PodSpec"}}
	if _, own, _ := r.Field(gv(t, "apps/v1"), "Deployment", template); !slices.Equal(own, want) {
		t.Errorf("%s: %v, want %v", template, own, want)
	}
	if at, _, _ := r.Field(gv(t, "apps/v1"), "Deployment", append(template, kubeapi.FieldStep{Name: "metadata"})); at != want[0] {
		t.Errorf("%v, want %v", at, want[0])
	}
	for _, path := range []kubeapi.FieldPath{{{Name: "spek"}}, {{Name: "spec"}, {Kind: kubeapi.StepItems}}} {
		if got, own, found := r.Field(gv(t, "v1"), "Pod", path); found || own != nil {
			t.Errorf("%s: %v %v", path, got, own)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	kinds := catalog.Kinds()
	for i, k := range kinds {
		if i > 0 && k == kinds[i-1] {
			t.Errorf("%v is there twice", k)
		}
	}
	for _, test := range []struct {
		apiVersion, kind string
		want             bool
	}{
		{"v1", "Pod", true},
		{"v1", "PodList", true},
		{"resource.k8s.io/v1alpha2", "ResourceClaim", true},
		{"extensions/v1beta1", "Ingress", true},
		{"v1", "PodLogOptions", true},
		{"cert-manager.io/v1", "Certificate", false},
	} {
		if got := slices.Contains(kinds, catalog.Kind{GroupVersion: gv(t, test.apiVersion), Name: test.kind}); got != test.want {
			t.Errorf("%s %s: %t", test.apiVersion, test.kind, got)
		}
	}
	for _, r := range catalog.Releases() {
		for _, row := range r.Resources() {
			if row.Subresource == "" && !slices.Contains(kinds, catalog.Kind{GroupVersion: row.GroupVersion, Name: row.Kind}) {
				t.Errorf("the kind of %s %s is not there", row.GroupVersion, row.Name)
			}
		}
	}
}
