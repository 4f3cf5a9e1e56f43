package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// TestFields asks about the fields of gadgets.
func TestFields(t *testing.T) {
	gv := kubeapi.GroupVersion{Group: "example.com", Version: "v1"}
	for path, want := range map[string]string{
		"apiVersion":                     "present string [example.com/v1] required",
		"kind":                           "present string [Gadget] required",
		"metadata":                       "present object required",
		"metadata.name":                  "present string metadata@metadata",
		"metadata.names":                 "absent at metadata",
		"metadata.ownerReferences[].uid": "present string required metadata@metadata",
		"spec":                           "present object required",
		"status":                         "absent at ",
		"spec.mode":                      "present string [on off] required",
		"spec.text":                      "present string x-kubernetes-validations@spec format@spec.text pattern@spec.text required? x-kubernetes-validations@spec",
		"spec.port":                      "present int-or-string",
		"spec.size":                      "present int-or-string",
		"spec.free":                      "present object",
		"spec.free.x":                    "open at spec.free",
		"spec.any":                       "present  type@spec.any",
		"spec.any.x":                     "open at spec.any",
		"spec.labels.*":                  "present string",
		"spec.flags.*":                   "present  type@spec.flags.*",
		"spec.list[].x":                  "present number",
		"spec.list[].y":                  "absent at spec.list[]",
		"spec.template.kind":             "present string required x-kubernetes-embedded-resource@spec.template",
		"spec.template.spec":             "present object required",
		"spec.template.metadata.name":    "present string x-kubernetes-embedded-resource@spec.template",
		"spec.template.spec.x":           "absent at spec.template.spec",
		"spec.object.apiVersion":         "present string required x-kubernetes-embedded-resource@spec.object",
		"spec.object.x":                  "open at spec.object",
		"spec.choice.a":                  "present string oneOf@spec.choice minLength@spec.choice.a",
		"spec.unknown.x":                 "absent at spec.unknown",
	} {
		t.Run(path, func(t *testing.T) {
			q := discovery.FieldQuery{GroupVersion: gv, Kind: "Gadget", Path: path}
			if got := said(t, read(t, gadgets), q); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// said is what definitions say of a field.
func said(t *testing.T, c *manifest.CRDs, q discovery.FieldQuery) string {
	t.Helper()
	s := newest()
	c.Lay(s)
	if rest := c.Fetch(s, []discovery.FieldQuery{q}); len(rest) > 0 {
		return "nothing"
	}
	fact := s.Fields[q]
	if !fact.Known {
		return fact.Failure.Message
	}
	f := fact.Value
	text := string(f.Presence)
	if f.Presence != discovery.FieldPresent {
		return text + " at " + f.At
	}
	text += " " + f.Type
	if f.Enum != nil {
		text += fmt.Sprintf(" %v", f.Enum)
	}
	if f.Required {
		text += " required"
	}
	for _, r := range f.EnumRules {
		text += " " + r.Keyword + "@" + r.At
	}
	for i, r := range f.RequiredRules {
		if i == 0 {
			text += " required?"
		}
		text += " " + r.Keyword + "@" + r.At
	}
	return text
}

// TestFetch tests which questions the definitions answer, and that they answer anew what a snapshot has.
func TestFetch(t *testing.T) {
	query := func(group, version, kind string) discovery.FieldQuery {
		return discovery.FieldQuery{GroupVersion: kubeapi.GroupVersion{Group: group, Version: version}, Kind: kind, Path: "spec"}
	}
	mine, unserved := query("example.com", "v1", "Gadget"), query("example.com", "v1alpha1", "Gadget")
	other, foreign := query("example.com", "v1", "Other"), query("other.com", "v1", "Gadget")
	s := &discovery.Snapshot{Named: discovery.Known[[]discovery.Group](nil), Fields: map[discovery.FieldQuery]discovery.Fact[discovery.Field]{}}
	for _, q := range []discovery.FieldQuery{mine, unserved, other, foreign} {
		s.Fields[q] = discovery.Known(discovery.Field{Presence: discovery.FieldAbsent})
	}
	c := read(t, gadgets)
	c.Lay(s)
	for range 2 {
		rest := c.Fetch(s, []discovery.FieldQuery{mine, unserved, other, foreign})
		if diff := cmp.Diff([]discovery.FieldQuery{unserved, other, foreign}, rest); diff != "" {
			t.Errorf("not answered (-want +got):\n%s", diff)
		}
		if s.Fields[mine].Value.Presence != discovery.FieldPresent || len(s.Fields) != 3 {
			t.Errorf("the fields are %v", s.Fields)
		}
	}
}

// TestFetchOfReplacedKinds tests that only the kind of the later definition is known.
func TestFetchOfReplacedKinds(t *testing.T) {
	c := read(t, gadgets, strings.Replace(gadgets, "kind: Gadget", "kind: Gizmo", 1))
	for kind, want := range map[string]string{"Gadget": "nothing", "Gizmo": "present object required"} {
		q := discovery.FieldQuery{GroupVersion: kubeapi.GroupVersion{Group: "example.com", Version: "v1"}, Kind: kind, Path: "spec"}
		if got := said(t, c, q); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
}

// TestMetadataIsThatOfReleases compares the fields of metadata with those of each release.
func TestMetadataIsThatOfReleases(t *testing.T) {
	c := read(t, gadgets)
	for _, r := range catalog.Releases() {
		if r.String() == "1.24" {
			continue // it has clusterName too, which no server ever set
		}
		s := r.Snapshot()
		c.Lay(s)
		builtIn, mine := kubeapi.GroupVersion{Version: "v1"}, kubeapi.GroupVersion{Group: "example.com", Version: "v1"}
		for _, at := range []string{"metadata", "metadata.managedFields[]", "metadata.ownerReferences[]", "metadata.labels.*", "metadata.finalizers[]"} {
			path, err := kubeapi.ParseFieldPath(at)
			if err != nil {
				t.Fatal(err)
			}
			fields := []string{at}
			for _, name := range r.FieldNames(builtIn, "ConfigMap", path) {
				fields = append(fields, at+"."+name)
			}
			absent := at + ".none"
			for _, field := range append(fields, absent) {
				theirs := discovery.FieldQuery{GroupVersion: builtIn, Kind: "ConfigMap", Path: field}
				ours := discovery.FieldQuery{GroupVersion: mine, Kind: "Gadget", Path: field}
				c.Fetch(s, []discovery.FieldQuery{ours})
				r.Fetch(s, discovery.Needs{Fields: []discovery.FieldQuery{theirs}})
				want, got := s.Fields[theirs].Value, s.Fields[ours].Value
				want.EnumRules, got.EnumRules = nil, nil // a release does not have them
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %s (-release +definition):\n%s", r, field, diff)
				}
			}
		}
	}
}
