package openapi

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func readAll(t *testing.T, src string) *model.Schemas {
	t.Helper()
	s, err := ReadSchemas([]byte(src), gadgets, []string{"Gadget", "Unknown"}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shownSchemas has a line for each field: the name of its object, its own, its type, whether it is
// required and what it may be.
func shownSchemas(s *model.Schemas) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(s.Objects)) {
		o := s.Objects[name]
		if o.Open {
			list = append(list, name+" …")
		}
		for _, f := range o.Fields {
			line := name + " " + f.Name + " " + f.Type
			if f.Required {
				line += "!"
			}
			if f.Enum != nil {
				line += fmt.Sprintf(" %q", f.Enum)
			}
			list = append(list, line)
		}
	}
	return list
}

func TestReadSchemas(t *testing.T) {
	s := readAll(t, openAPI(fuzzGadget, fuzzSchemas...))
	if diff := cmp.Diff(map[string]string{"Gadget": ">Gadget"}, s.Kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	want := []string{
		"Gadget metadata >io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
		"Gadget spec >Gadget.spec!",
		"Gadget.spec any any", //nolint:dupword // The name is that of the type.
		"Gadget.spec anyList []any",
		"Gadget.spec builtinPort int-or-string",
		"Gadget.spec closed >Gadget.spec.closed",
		"Gadget.spec conditional object",
		"Gadget.spec either >Gadget.spec.either",
		"Gadget.spec free {}any",
		"Gadget.spec kept >Gadget.spec.kept",
		"Gadget.spec keptAny any",
		"Gadget.spec keptList []string",
		"Gadget.spec level integer",
		"Gadget.spec limits {}string",
		"Gadget.spec listed string",
		"Gadget.spec loop any",
		"Gadget.spec matrix [][]>Gadget.spec.matrix[][]",
		"Gadget.spec merged >Gadget.spec.merged",
		`Gadget.spec mode string! ["" "Fast" "Slow"]`,
		"Gadget.spec patterned >Gadget.spec.patterned",
		"Gadget.spec port int-or-string",
		"Gadget.spec raw object",
		"Gadget.spec restricted >Gadget.spec.restricted",
		"Gadget.spec strictTemplate >Gadget.spec.strictTemplate",
		"Gadget.spec template >Gadget.spec.template",
		"Gadget.spec tree >Tree",
		"Gadget.spec untyped >Gadget.spec.untyped",
		"Gadget.spec.either a string",
		"Gadget.spec.either b >Gadget.spec.either.b",
		"Gadget.spec.either.b deep string",
		"Gadget.spec.kept …",
		"Gadget.spec.kept known boolean",
		"Gadget.spec.matrix[][] cell number",
		`Gadget.spec.merged a string! ["x"]`,
		"Gadget.spec.merged c boolean!",
		"Gadget.spec.patterned …",
		"Gadget.spec.patterned b string",
		"Gadget.spec.restricted a string",
		"Gadget.spec.restricted b string",
		"Gadget.spec.strictTemplate apiVersion string",
		"Gadget.spec.strictTemplate kind string",
		"Gadget.spec.strictTemplate metadata >io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
		"Gadget.spec.strictTemplate spec >Gadget.spec.strictTemplate.spec",
		"Gadget.spec.strictTemplate.spec a string",
		"Gadget.spec.template …",
		"Gadget.spec.template apiVersion string",
		"Gadget.spec.template kind string",
		"Gadget.spec.template metadata >io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
		"Gadget.spec.untyped x []string",
		"Tree children []>Tree",
		"Tree leaf string",
		"io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta labels {}string",
		"io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta name string",
	}
	if diff := cmp.Diff(want, shownSchemas(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSchemasAgree has each field of a document, and one that is not there beside each, answered
// by all fields and by a query. What is recorded may say less, and nothing else.
func TestSchemasAgree(t *testing.T) {
	for name, src := range map[string]string{
		"gadget": openAPI(fuzzGadget, fuzzSchemas...),
		"crd":    crdDocument(spec(`"type":"string","enum":["a"]`, `"oneOf":[{"required":["mode"]},{"required":["port"]}]`)),
	} {
		t.Run(name, func(t *testing.T) {
			kind := "Gadget"
			all := readAll(t, src)
			var paths []kubeapi.FieldPath
			collect(all, all.Kinds[kind], nil, &paths)
			if len(paths) < 5 {
				t.Fatalf("only %d paths", len(paths))
			}
			var queries []FieldQuery
			for _, path := range paths {
				queries = append(queries, FieldQuery{GroupVersion: gadgets, Kind: kind, Path: path.String()})
			}
			answers, err := ReadFields([]byte(src), gadgets, queries, "/x")
			if err != nil {
				t.Fatal(err)
			}
			s := &model.Snapshot{Schemas: map[kubeapi.GroupVersion]model.Fact[*model.Schemas]{gadgets: model.Known(all)}}
			for _, q := range queries {
				want, got := answers[q], s.Field(q)
				if !want.Known || !got.Known {
					t.Errorf("%s: %v, by all fields %v", q.Path, want.Failure, got.Failure)
					continue
				}
				if got.Value.Presence == model.FieldOpen {
					// Of fields beside the values of a map, and of what more than one type has, it says less.
					continue
				}
				if got.Value.Presence != want.Value.Presence || got.Value.Type != want.Value.Type || got.Value.At != want.Value.At {
					t.Errorf("%s is %s, by all fields %s", q.Path, shownField(want.Value), shownField(got.Value))
				}
			}
		})
	}
}

// collect adds the paths of all fields of a type, and of one that is not there.
func collect(s *model.Schemas, t string, path kubeapi.FieldPath, paths *[]kubeapi.FieldPath) {
	add := func(t string, step kubeapi.FieldStep) {
		next := append(slices.Clip(path), step)
		*paths = append(*paths, next)
		if len(next) < 7 {
			collect(s, t, next, paths)
		}
	}
	absent := func() { *paths = append(*paths, append(slices.Clip(path), kubeapi.FieldStep{Name: "absent"})) }
	switch {
	case strings.HasPrefix(t, model.ArrayOf):
		add(t[2:], kubeapi.FieldStep{Kind: kubeapi.StepItems})
		absent()
	case strings.HasPrefix(t, model.MapOf):
		add(t[2:], kubeapi.FieldStep{Kind: kubeapi.StepValues})
	case strings.HasPrefix(t, model.FieldsOf):
		for _, f := range s.Objects[t[1:]].Fields {
			add(f.Type, kubeapi.FieldStep{Name: f.Name})
		}
		absent()
	case len(path) > 0:
		absent()
	}
}

func TestManyFields(t *testing.T) {
	src := openAPI(`"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}`)
	if _, err := ReadSchemas([]byte(src), gadgets, []string{"Gadget"}, 2); err != nil {
		t.Error(err)
	}
	_, err := ReadSchemas([]byte(src), gadgets, []string{"Gadget"}, 1)
	if !errors.Is(err, ErrManyFields) {
		t.Errorf("got %v", err)
	}
}
