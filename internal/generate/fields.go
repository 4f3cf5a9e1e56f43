package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// presence says which releases have a kind or a field.
type presence struct {
	// in has a bit for each release.
	in uint64
	// typeOf is that of the newest of them, as [catalog.Field] has it.
	typeOf string
}

// presence finds a field. The empty path is the kind.
func (g *Generator) presence(kind catalog.Kind, path kubeapi.FieldPath) presence {
	key := kind.GroupVersion.String() + " " + kind.Name + " " + path.String()
	p, found := g.catalogue.fields[key]
	if found {
		return p
	}
	for i, r := range g.releases {
		if r.Version().Minor < g.options.Since.Minor {
			continue
		}
		if at, _, found := r.Field(kind.GroupVersion, kind.Name, path); found {
			p.in |= 1 << i
			p.typeOf = at.Type
		}
	}
	// There is no end of fields that no release has.
	if p.in != 0 {
		g.catalogue.fields[key] = p
	}
	return p
}

// useFields adds the fields of an object that some releases lack, although they have its kind.
func (g *Generator) useFields(o *manifest.Object, kind catalog.Kind, u *use) {
	g.read()
	p := g.presence(kind, nil)
	if p.in == 0 {
		return
	}
	for i := range o.Root.Members {
		// A client cannot set the status of an object that it creates.
		if m := &o.Root.Members[i]; m.Key != "status" {
			g.useField(o, kind, u, p, kubeapi.FieldPath{{Name: m.Key}}, &m.Value)
		}
	}
}

// useField adds a field, and those in it. Its parent is in some releases.
func (g *Generator) useField(o *manifest.Object, kind catalog.Kind, u *use, parent presence, path kubeapi.FieldPath, value *manifest.Node) {
	if value.Kind == manifest.Null {
		return // as if it was not there
	}
	p := g.presence(kind, path)
	switch {
	case p.in == 0:
		g.warn(o, value, "Unknown field", "%s of %s: Kubernetes has no field %s in %s", kind.Name, kind.GroupVersion, path, g.counted())
		return
	case p.in != parent.in:
		at := u.fields[path.String()]
		if at == nil {
			at = &places{}
			u.fields[path.String()] = at
		}
		at.add(placeOf(o, value.Line))
	}
	g.within(o, kind, u, p, path, value)
}

// counted names the releases that count for fields.
func (g *Generator) counted() string {
	first := g.releases[0].Version()
	if g.options.Since.Minor > first.Minor {
		first = g.options.Since
	}
	return fmt.Sprintf("%s to %s", first, g.newest())
}

// within adds the fields in a value.
func (g *Generator) within(o *manifest.Object, kind catalog.Kind, u *use, p presence, path kubeapi.FieldPath, value *manifest.Node) {
	items, isList := strings.CutPrefix(p.typeOf, "[]")
	values, isMap := strings.CutPrefix(p.typeOf, "map[string]")
	for i := range value.Members {
		m := &value.Members[i]
		switch {
		case value.Kind == manifest.List && isList:
			g.within(o, kind, u, presence{p.in, items}, append(slices.Clip(path), kubeapi.FieldStep{Kind: kubeapi.StepItems}), &m.Value)
		case value.Kind == manifest.Map && isMap:
			g.within(o, kind, u, presence{p.in, values}, append(slices.Clip(path), kubeapi.FieldStep{Kind: kubeapi.StepValues}), &m.Value)
		case value.Kind == manifest.Map && !isList && hasFields(p.typeOf):
			g.useField(o, kind, u, p, append(slices.Clip(path), kubeapi.FieldStep{Name: m.Key}), &m.Value)
		}
	}
}

// hasFields reports whether the catalogue knows fields of a type.
func hasFields(typeOf string) bool {
	switch typeOf {
	case "string", "integer", "number", "boolean", "int-or-string", "object", "any":
		return false
	}
	return true
}

// fieldsOf returns the fields of a schema that have none themselves, as the API server drops all that are
// not in it.
func fieldsOf(schema *manifest.Node) []string {
	var list []string
	properties := schema.Get("properties")
	for i := range properties.Members {
		m := &properties.Members[i]
		// Every object has these.
		if m.Key != "apiVersion" && m.Key != "kind" && m.Key != "metadata" {
			list = leaves(list, &m.Value, kubeapi.FieldPath{{Name: m.Key}})
		}
	}
	slices.Sort(list)
	return list
}

// leaves adds a field, or those in it.
func leaves(list []string, schema *manifest.Node, path kubeapi.FieldPath) []string {
	before := len(list)
	list = inner(list, schema, path)
	if len(list) == before {
		list = append(list, path.String())
	}
	return list
}

func inner(list []string, schema *manifest.Node, path kubeapi.FieldPath) []string {
	properties := schema.Get("properties")
	for i := range properties.Members {
		m := &properties.Members[i]
		list = leaves(list, &m.Value, append(slices.Clip(path), kubeapi.FieldStep{Name: m.Key}))
	}
	list = inside(list, schema.Get("items"), path, kubeapi.StepItems)
	return inside(list, schema.Get("additionalProperties"), path, kubeapi.StepValues)
}

func inside(list []string, schema *manifest.Node, path kubeapi.FieldPath, step kubeapi.FieldStepKind) []string {
	if schema.Kind != manifest.Map {
		return list
	}
	return inner(list, schema, append(slices.Clip(path), kubeapi.FieldStep{Kind: step}))
}
