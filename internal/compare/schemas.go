package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const (
	// mostOfKind is how many differences between two schemas of one kind are listed. Few
	// objects that contain each other can have more paths than there is memory.
	mostOfKind = 10_000
	// mostObjects is how many objects are looked into for them.
	mostObjects = 100_000
	// deepest is how many steps a path has at most, as in a declaration.
	deepest = 64
)

// types is a type of each side at the same place.
type types struct{ old, new string }

// differing is how two types differ, which is found once for all places that have them.
type differing struct {
	items []item
	// parents have these types in them.
	parents []*differing
	// of is the name of the object, on the side where it comes first in the alphabet.
	of string
	// differs is set if they differ, or anything in them does.
	differs bool
}

// item is something in two types: a difference, or types inside.
type item struct {
	step kubeapi.FieldStep
	// report adds a difference at the path. It is nil if there is none.
	report func(at Change, whole string)
	inside *differing
}

// schemasWalk compares two schemas.
type schemasWalk struct {
	*comparison
	old, new *discovery.Schemas
	known    map[types]*differing
	// work is what is left to compare, and fresh what was not marked yet.
	work  []types
	fresh []*differing
}

// schemas compares the fields of a kind that are known to both.
func (c *comparison) schemas(name kindName, before, after *discovery.Schemas) {
	if c.walk == nil || c.walk.old != before || c.walk.new != after {
		c.walk = &schemasWalk{comparison: c, old: before, new: after, known: map[types]*differing{}}
	}
	w := c.walk
	root := &differing{}
	w.fresh = append(w.fresh, root)
	w.inside(root, kubeapi.FieldStep{}, types{before.Kinds[name.kind], after.Kinds[name.kind]})
	w.spread()
	p := &printing{schemasWalk: w, name: name, on: map[*differing]bool{}}
	p.print(root, nil)
	if p.left != "" {
		whole := name.gv.String() + " " + name.kind
		c.gap(c.old, &discovery.Failure{Code: discovery.InvalidResponse, Message: p.left}, "fields_of_kinds", whole)
		c.gap(c.new, &discovery.Failure{Code: discovery.InvalidResponse, Message: p.left}, "fields_of_kinds", whole)
	}
}

// inside adds to d what is one step inside: that the types differ, or what is in them.
func (w *schemasWalk) inside(d *differing, step kubeapi.FieldStep, t types) {
	a, b := form(t.old), form(t.new)
	if a != b {
		d.items = append(d.items, item{step: step, report: func(at Change, _ string) {
			at.How, at.What, at.Old, at.New, at.Breaking = Changed, FieldType, a, b, true
			w.add(at)
		}})
		return
	}
	switch a {
	case formArray, formMap, formFields:
		child := w.typesOf(t)
		child.parents = append(child.parents, d)
		d.items = append(d.items, item{step: step, inside: child})
	}
}

// typesOf returns how two types of the same form differ. Those that were not seen before are
// compared by a list of work, not by a call: a schema may be as deep as it is long.
func (w *schemasWalk) typesOf(t types) *differing {
	if w.known[t] == nil {
		w.known[t] = &differing{}
		if form(t.old) == formFields {
			w.known[t].of = min(t.old, t.new)
		}
		w.fresh = append(w.fresh, w.known[t])
		w.work = append(w.work, t)
	}
	return w.known[t]
}

func (w *schemasWalk) compare(t types, d *differing) {
	switch form(t.old) {
	case formArray:
		w.inside(d, kubeapi.FieldStep{Kind: kubeapi.StepItems}, types{t.old[len(discovery.ArrayOf):], t.new[len(discovery.ArrayOf):]})
	case formMap:
		w.inside(d, kubeapi.FieldStep{Kind: kubeapi.StepValues}, types{t.old[len(discovery.MapOf):], t.new[len(discovery.MapOf):]})
	case formFields:
		before, _ := w.old.Object(t.old)
		after, _ := w.new.Object(t.new)
		for i, j := 0, 0; i < len(before.Fields) || j < len(after.Fields); {
			switch {
			case j == len(after.Fields) || i < len(before.Fields) && before.Fields[i].Name < after.Fields[j].Name:
				w.one(d, w.comparison.new, after.Open, before.Fields[i])
				i++
			case i == len(before.Fields) || after.Fields[j].Name < before.Fields[i].Name:
				w.one(d, w.comparison.old, before.Open, after.Fields[j])
				j++
			default:
				w.both(d, before.Fields[i], after.Fields[j])
				i, j = i+1, j+1
			}
		}
	}
}

// one is about a field that only one side names. From is the other side, which may take any field.
func (w *schemasWalk) one(d *differing, from *side, open bool, f discovery.SchemaField) {
	d.items = append(d.items, item{step: kubeapi.FieldStep{Name: f.Name}, report: func(at Change, whole string) {
		if open {
			w.gap(from, openSchema(), "fields", whole)
			return
		}
		text := form(f.Type)
		if f.Required {
			text += ", required"
		}
		at.What, at.Old, at.New, at.Breaking = Field, text, text, f.Required
		w.absent(from, at, "fields", whole)
	}})
}

// both is about a field that both sides have.
func (w *schemasWalk) both(d *differing, before, after discovery.SchemaField) {
	step := kubeapi.FieldStep{Name: before.Name}
	if before.Required != after.Required {
		d.items = append(d.items, item{step: step, report: func(at Change, _ string) { w.required(at, before.Required, after.Required) }})
	}
	if !w.comparison.old.Snapshot.IsRelease && !w.comparison.new.Snapshot.IsRelease && !same(before.Enum, after.Enum) {
		d.items = append(d.items, item{step: step, report: func(at Change, _ string) { w.enum(at, before.Enum, after.Enum) }})
	}
	w.inside(d, step, types{before.Type, after.Type})
}

func same(a, b []string) bool {
	return (a == nil) == (b == nil) && strings.Join(union(a, nil), "\x00") == strings.Join(union(b, nil), "\x00")
}

// spread compares what is left to compare, and marks what has a difference in it.
func (w *schemasWalk) spread() {
	for len(w.work) > 0 {
		t := w.work[len(w.work)-1]
		w.work = w.work[:len(w.work)-1]
		w.compare(t, w.known[t])
	}
	var marked []*differing
	mark := func(d *differing) {
		if !d.differs {
			d.differs = true
			marked = append(marked, d)
		}
	}
	for _, d := range w.fresh {
		for _, it := range d.items {
			if it.report != nil || it.inside.differs {
				mark(d)
			}
		}
	}
	w.fresh = nil
	for len(marked) > 0 {
		d := marked[len(marked)-1]
		marked = marked[:len(marked)-1]
		for _, parent := range d.parents {
			mark(parent)
		}
	}
}

// printing lists the differences of one kind.
type printing struct {
	*schemasWalk
	name kindName
	// on is what the path leads through, as an object may contain itself.
	on             map[*differing]bool
	count, objects int
	// left says why differences were left out, and is empty if none were.
	left string
}

func (p *printing) print(d *differing, path kubeapi.FieldPath) {
	switch {
	case !d.differs, p.on[d], p.full():
		return
	case len(path) > deepest:
		p.left = fmt.Sprintf("fields that differ are deeper than %d steps", deepest)
		return
	}
	p.objects++
	p.on[d] = true
	defer delete(p.on, d)
	for _, it := range d.items {
		next := path
		if len(path) > 0 || it.step != (kubeapi.FieldStep{}) {
			next = append(slices.Clip(path), it.step)
		}
		if it.inside != nil {
			p.print(it.inside, next)
			continue
		}
		if p.full() {
			return
		}
		p.count++
		at := Change{GroupVersion: p.name.gv, Kind: p.name.kind, Name: next.String()}
		if d.of != "" {
			at.Of = d.of + "." + it.step.Name
		}
		it.report(at, p.name.gv.String()+" "+p.name.kind+" "+at.Name)
	}
}

// full reports whether no more is listed.
func (p *printing) full() bool {
	if p.count < mostOfKind && p.objects < mostObjects {
		return false
	}
	p.left = "its schemas differ in too many places"
	return true
}

// The forms of a type, in words for people.
const (
	formArray  = "array"
	formMap    = "map"
	formFields = "object"
)

// form returns the form of a type.
func form(t string) string {
	switch {
	case strings.HasPrefix(t, discovery.ArrayOf):
		return formArray
	case strings.HasPrefix(t, discovery.MapOf):
		return formMap
	case strings.HasPrefix(t, discovery.FieldsOf):
		return formFields
	case t == discovery.AnyFields:
		return "object with any fields"
	case t == discovery.AnyType:
		return "any type"
	}
	return t
}
