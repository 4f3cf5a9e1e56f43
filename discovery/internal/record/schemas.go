package record

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const maxType = 1024 // bytes of a type with the name of an object

func schemas(c *codec, gv *kubeapi.GroupVersion, answer *model.Fact[*model.Schemas]) {
	c.Object(func() {
		groupVersion(c, gv)
		wire.Answer(c, "schemas", answer, schemasAnswer)
	})
}

// entry is a kind with its type, or the name of an object with its fields.
type entry[T any] struct {
	name  string
	value T
}

// entries gives a map as a list, sorted by name.
func entries[T any](of map[string]T) []entry[T] {
	var list []entry[T]
	for _, name := range slices.Sorted(maps.Keys(of)) {
		list = append(list, entry[T]{name, of[name]})
	}
	return list
}

func schemasAnswer(c *codec, s **model.Schemas) {
	var kinds []entry[string]
	var objects []entry[model.Object]
	if c.Out != nil {
		kinds, objects = entries((*s).Kinds), entries((*s).Objects)
	}
	c.Object(func() {
		if c.Member("kinds") {
			jsonwalk.Items(c, &kinds, takeText, kindType)
		}
		if c.Member("objects") {
			jsonwalk.Items(c, &objects, takeText, object)
		}
	})
	if c.In == nil {
		return
	}
	*s = &model.Schemas{Kinds: mapOf(c, kinds), Objects: mapOf(c, objects)}
	for _, k := range kinds {
		checkType(c, *s, k.value)
	}
	for _, o := range objects {
		for i, f := range o.value.Fields {
			checkType(c, *s, f.Type)
			if i > 0 && o.value.Fields[i-1].Name >= f.Name && c.In.Err() == nil {
				c.In.Failf("the fields of the object %s are not sorted", text.Quote(o.name))
			}
		}
	}
}

func mapOf[T any](c *codec, list []entry[T]) map[string]T {
	of := make(map[string]T, len(list))
	for _, e := range list {
		if _, found := of[e.name]; found {
			c.In.Failf("%s is there twice", text.Quote(e.name))
		}
		of[e.name] = e.value
	}
	return of
}

// checkType refuses a type that is none, or that leads to an object which is not there.
func checkType(c *codec, s *model.Schemas, t string) {
	inner := t
	for {
		next := strings.TrimPrefix(strings.TrimPrefix(inner, model.ArrayOf), model.MapOf)
		if next == inner {
			break
		}
		inner = next
	}
	known := slices.Contains([]string{"string", "integer", "number", "boolean", model.IntOrString, model.AnyFields, model.AnyType}, inner)
	if name, isObject := strings.CutPrefix(inner, model.FieldsOf); isObject {
		_, known = s.Objects[name]
	}
	if !known && c.In.Err() == nil {
		c.In.Failf("there is no type %s", text.Quote(t))
	}
}

func takeText(w *jsonwalk.Walker) { w.Take(&w.Left.Texts, "fields") }

func kindType(c *codec, k *entry[string]) {
	c.Object(func() {
		c.Required("kind", &k.name, wire.MaxName)
		c.Required("type", &k.value, maxType)
	})
}

func object(c *codec, o *entry[model.Object]) {
	c.Object(func() {
		c.Required("name", &o.name, maxType)
		c.Optional(!o.value.Open).Bool("open", &o.value.Open)
		if c.Member("fields") {
			jsonwalk.Items(c, &o.value.Fields, takeText, objectField)
		}
	})
}

func objectField(c *codec, f *model.SchemaField) {
	c.Object(func() {
		c.Required("name", &f.Name, wire.MaxName)
		c.Required("type", &f.Type, maxType)
		c.Optional(!f.Required).Bool("required", &f.Required)
		if c.Optional(f.Enum == nil).Member("enum") {
			c.TextItems(&f.Enum, wire.MaxName)
			if f.Enum == nil {
				f.Enum = []string{}
			}
		}
	})
}
