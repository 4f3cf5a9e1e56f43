package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// What Schemas says of the roots of all kinds is what FieldNames and Fetch say, and no type leads to
// an object that is not there.
func TestSchemas(t *testing.T) {
	for _, r := range catalog.Releases() {
		t.Run(r.String(), func(t *testing.T) {
			all := r.Schemas()
			s := &discovery.Snapshot{Schemas: all}
			for gv, fact := range all {
				for kind, typeOf := range fact.Value.Kinds {
					var names []string
					root, _ := fact.Value.Object(typeOf)
					for _, f := range root.Fields {
						names = append(names, f.Name)
						expectField(t, r, s, discovery.FieldQuery{GroupVersion: gv, Kind: kind, Path: kubeapi.FieldPath{{Name: f.Name}}.String()})
					}
					expectField(t, r, s, discovery.FieldQuery{GroupVersion: gv, Kind: kind, Path: "none"})
					if diff := cmp.Diff(r.FieldNames(gv, kind, nil), names); diff != "" {
						t.Errorf("%s %s (-names +schemas):\n%s", gv, kind, diff)
					}
				}
			}
			for name, o := range all[gv(t, "v1")].Value.Objects {
				if !slices.IsSortedFunc(o.Fields, func(a, b discovery.SchemaField) int { return strings.Compare(a.Name, b.Name) }) {
					t.Errorf("the fields of %s are not sorted", name)
				}
				for _, f := range o.Fields {
					inner := strings.TrimLeft(f.Type, "[]{}")
					if target, isObject := strings.CutPrefix(inner, discovery.FieldsOf); isObject {
						if _, found := all[gv(t, "v1")].Value.Objects[target]; !found {
							t.Errorf("%s.%s leads to %s, which is not there", name, f.Name, target)
						}
					}
				}
			}
		})
	}
}

func expectField(t *testing.T, r catalog.Release, s *discovery.Snapshot, q discovery.FieldQuery) {
	t.Helper()
	fetched := &discovery.Snapshot{}
	r.Fetch(fetched, discovery.Needs{Fields: []discovery.FieldQuery{q}})
	want, got := fetched.Fields[q].Value, s.Field(q).Value
	if got.Presence != want.Presence || got.Type != want.Type || got.At != want.At || !slices.Equal(got.Siblings, want.Siblings) {
		t.Errorf("%v: got %+v, want %+v", q, got, want)
	}
}

func TestHasShortNames(t *testing.T) {
	for _, r := range catalog.Releases() {
		pods := resourceOf(t, r, "v1", "pods")
		if (len(pods.ShortNames) > 0) != r.HasShortNames() {
			t.Errorf("%s: pods have the short names %q, and it is known %v", r, pods.ShortNames, r.HasShortNames())
		}
	}
}
