package openapi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// ErrManyFields is in the error about schemas that have more fields than are read.
var ErrManyFields = errors.New("the schemas of the cluster have more fields than a snapshot holds")

// ReadSchemas reads every field of the kinds from the OpenAPI document of their group version. It
// leaves out the kinds of which there is no schema. More fields than most are an error.
func ReadSchemas(src []byte, gv kubeapi.GroupVersion, kinds []string, most int) (*model.Schemas, error) {
	wanted := map[string]bool{}
	for _, kind := range kinds {
		wanted[kind] = true
	}
	s, err := decodeSchemas(src, gv, wanted)
	if err != nil {
		return nil, err
	}
	s.visits, s.texts = maxAllVisits, maxAllTexts
	a := &allFields{
		schemas: s, left: most, names: map[string]string{},
		found: &model.Schemas{Kinds: map[string]string{}, Objects: map[string]model.Object{}},
	}
	for _, kind := range kinds {
		if root := s.kind(kind); root != nil && s.err == nil {
			a.found.Kinds[kind] = a.typeOf(s.place([]*schema{root}, nil), kind, 0)
			a.objects()
		}
		if s.err != nil {
			return nil, fmt.Errorf("the schema of %s: %w", text.Quote(kind), s.err)
		}
		// What another kind refers to, too, is decoded again, so that a document with many kinds
		// takes the memory of one of them.
		clear(s.decoded)
	}
	return a.found, nil
}

// allFields reads every field of a document.
type allFields struct {
	*schemas
	found *model.Schemas
	// names are those of the objects, by what the objects consist of.
	names map[string]string
	// work are the objects whose fields are not read yet. A list of them takes less than calls
	// inside each other: a schema may be as deep as the document is long.
	work []objectPlace
	left int
}

type objectPlace struct {
	*place
	name string
}

// typeOf gives the type of a place, as [model.Schemas] writes it. Hint is a name for it if it is an
// object.
func (a *allFields) typeOf(p *place, hint string, depth int) string {
	const deepest = 32 // arrays of arrays
	if a.err != nil || depth > deepest {
		return model.AnyType
	}
	switch t := p.typeName(); t {
	case "string", "integer", "number", "boolean", intOrString:
		return t
	case "array":
		items, _ := a.step(p, kubeapi.FieldStep{Kind: kubeapi.StepItems})
		if items == nil {
			return model.ArrayOf + model.AnyType
		}
		return model.ArrayOf + a.typeOf(items, hint+"[]", depth+1)
	case "object":
		if p.hasFields() {
			return model.FieldsOf + a.object(p, hint)
		}
		if values, _ := a.step(p, kubeapi.FieldStep{Kind: kubeapi.StepValues}); values != nil {
			return model.MapOf + a.typeOf(values, hint+".*", depth+1)
		}
		if p.open(kubeapi.FieldStep{}) {
			return model.AnyFields
		}
		return model.FieldsOf + a.object(p, hint)
	}
	return model.AnyType
}

// object gives the name of an object, and lets its fields be read if it is new.
func (a *allFields) object(p *place, hint string) string {
	const longest = 256
	key := p.key()
	if name, known := a.names[key]; known {
		return name
	}
	name := hint
	if of := p.component(); of != "" {
		name = of
	}
	name = text.Cut(name, longest)
	for i, unique := 2, name; ; i++ {
		if _, taken := a.found.Objects[unique]; !taken {
			name = unique
			break
		}
		unique = name + "#" + strconv.Itoa(i)
	}
	a.names[key], a.found.Objects[name] = name, model.Object{}
	a.work = append(a.work, objectPlace{p, name})
	return name
}

// objects reads the fields of all objects that are not read yet.
func (a *allFields) objects() {
	for len(a.work) > 0 && a.err == nil {
		last := len(a.work) - 1
		next := a.work[last]
		a.work = a.work[:last]
		o := model.Object{Open: next.open(kubeapi.FieldStep{})}
		for _, name := range next.allNames() {
			if a.left--; a.left < 0 {
				a.fail(ErrManyFields)
			}
			child, _ := a.step(next.place, kubeapi.FieldStep{Name: name})
			if child == nil || a.err != nil {
				continue
			}
			f := model.SchemaField{Name: name, Type: a.typeOf(child, next.name+"."+name, 0)}
			if next.main != nil {
				f.Required = next.main.any(func(n *schema) bool { return slices.Contains(n.required, name) })
			}
			if child.main != nil && f.Type == "string" {
				f.Enum = child.main.enum()
			}
			o.Fields = append(o.Fields, f)
		}
		a.found.Objects[next.name] = o
	}
}

func (p *place) hasFields() bool {
	found := false
	p.each(func(f facts) {
		found = found || f.any(func(n *schema) bool { return len(n.properties) > 0 || n.embedded })
	})
	return found
}

// allNames gives the names of all fields, sorted.
func (p *place) allNames() []string {
	var names []string
	p.each(func(f facts) {
		for _, n := range f {
			for _, property := range n.properties {
				names = append(names, property.name)
			}
			if n.embedded {
				names = append(names, "apiVersion", "kind", "metadata")
			}
		}
	})
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" || isLong(name) })
}

// enum gives the strings that all lists of the facts allow, and nil where there is no list.
func (f facts) enum() []string {
	var enum []string
	for _, n := range f {
		switch {
		case n.enum == nil:
		case enum == nil:
			enum = slices.Clone(n.enum)
		default:
			enum = slices.DeleteFunc(enum, func(v string) bool { return !slices.Contains(n.enum, v) })
		}
	}
	slices.Sort(enum)
	return slices.Compact(enum)
}

// telling are the schemas of the facts that say something: one that only refers to another one does not.
func (f facts) telling() facts {
	return slices.DeleteFunc(slices.Clone(f), func(n *schema) bool {
		return !facts{n}.says() && n.required == nil && n.enum == nil
	})
}

// key is the same for places of the same schemas.
func (p *place) key() string {
	var b strings.Builder
	p.each(func(f facts) {
		for _, n := range f.telling() {
			b.WriteString(strconv.FormatInt(n.start, 10))
			if n.preserve && n.start == 0 {
				// What is added to the items of an array that keeps everything.
				b.WriteString("p")
			}
			b.WriteByte(',')
		}
		b.WriteByte('|')
	})
	return b.String()
}

// component gives the name of the schema that says everything about the place, if it has a name.
func (p *place) component() string {
	if p.main == nil || len(p.branches) > 0 {
		return ""
	}
	if telling := p.main.telling(); len(telling) == 1 {
		return telling[0].component
	}
	return ""
}
