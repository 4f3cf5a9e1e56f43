package manifest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestLaySchemas(t *testing.T) {
	crds := read(t, gadgets)
	v1 := kubeapi.GroupVersion{Group: "example.com", Version: "v1"}
	s := newest()
	s.Schemas = map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{v1: discovery.Known(&discovery.Schemas{
		Kinds: map[string]string{"Gadget": ">Gadget", "Other": ">Other"},
		Objects: map[string]discovery.Object{
			"Gadget": {Fields: []discovery.SchemaField{{Name: "old", Type: "string"}}},
			"Other":  {Fields: []discovery.SchemaField{{Name: "kept", Type: "string"}}},
		},
	})}
	crds.Lay(s)
	if _, found := s.Schemas[v1].Value.Kinds["Gadget"]; found {
		t.Error("what was known of the fields of a replaced kind is still known")
	}
	crds.LaySchemas(s)
	got := map[string]discovery.Presence{}
	for _, q := range []discovery.FieldQuery{
		{GroupVersion: v1, Kind: "Gadget", Path: "metadata.name"}, {GroupVersion: v1, Kind: "Gadget", Path: "old"},
		{GroupVersion: v1, Kind: "Other", Path: "kept"},
	} {
		fact := s.Field(q)
		if !fact.Known {
			t.Fatalf("%v: %v", q, fact.Unknown())
		}
		got[q.Kind+" "+q.Path] = fact.Value.Presence
	}
	want := map[string]discovery.Presence{
		"Gadget metadata.name": discovery.FieldPresent, "Gadget old": discovery.FieldAbsent, "Other kept": discovery.FieldPresent,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A failure stays one where no definition answers.
	failed := discovery.Failed[*discovery.Schemas](&discovery.Failure{Code: discovery.Forbidden, Message: "no"})
	s.Schemas = map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{v1: failed}
	crds.Lay(s)
	crds.LaySchemas(s)
	if !s.Schemas[v1].Known {
		t.Errorf("the fields of the definitions are not known: %v", s.Schemas[v1].Unknown())
	}
}
