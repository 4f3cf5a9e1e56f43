package openapi

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// intOrString is the type, and the format, of what is either.
const intOrString = "int-or-string"

// maxSiblings is how many names are kept of the fields beside one that is absent.
const maxSiblings = 1_000

// field finds out what the schemas say of a field of a kind. It is known to be
// there, or not to be there, or the schema is open where it would be.
func (s *schemas) field(root *schema, path kubeapi.FieldPath) Field {
	here := s.place([]*schema{root}, nil)
	for i, step := range path {
		next, open := s.step(here, step)
		switch {
		case s.err != nil:
			return Field{}
		case next == nil && open:
			return Field{Presence: model.FieldOpen, At: path[:i].String()}
		case next == nil:
			return Field{Presence: model.FieldAbsent, At: path[:i].String(), Siblings: here.names(), Type: here.typeName()}
		case i == len(path)-1:
			f := Field{Presence: model.FieldPresent, Type: next.typeName()}
			s.judgeRules(&f, root, path)
			return f
		}
		here = next
	}
	panic("discovery: a field without a path")
}

// place is what schemas say of one place in an object. What holds there in any
// case is in main; each of the branches may hold beside it, or may not.
type place struct {
	// main is nil where only branches lead to this place.
	main     *facts
	branches []*facts
}

// facts are several schemas that hold together: one, what it refers to, and what
// it is all of.
type facts []*schema

// place gathers what holds together. Each schema counts once, so that those which
// refer to each other come to an end.
func (s *schemas) place(main []*schema, branches [][]*schema) *place {
	p := &place{}
	if len(main) > 0 {
		f, more := s.gather(main)
		p.main, branches = &f, append(branches, more...)
	}
	seen := map[*schema]bool{}
	for i := 0; i < len(branches) && s.err == nil; i++ {
		first := branches[i][0]
		if len(branches[i]) == 1 && seen[first] {
			continue
		}
		seen[first] = true
		f, more := s.gather(branches[i])
		p.branches, branches = append(p.branches, &f), append(branches, more...)
		if len(branches) > maxBranches {
			s.fail(fmt.Errorf("a field has more than %d alternatives", maxBranches))
		}
	}
	return p
}

// gather follows references and allOf, and gives the branches that it comes by.
func (s *schemas) gather(list []*schema) (f facts, branches [][]*schema) {
	seen := map[*schema]bool{}
	for list = slices.Clone(list); len(list) > 0 && s.err == nil; {
		n := list[0]
		list = list[1:]
		if seen[n] {
			continue
		}
		if seen[n] = true; len(seen) > maxBranches {
			s.fail(fmt.Errorf("a field has more than %d schemas that hold together", maxBranches))
		}
		f = append(f, n)
		if n.ref != "" {
			list = append(list, s.referred(n.ref))
		}
		list = append(list, s.allAt(n.all)...)
		for _, branch := range s.allAt(slices.Concat(n.oneOf, n.anyOf)) {
			branches = append(branches, []*schema{branch})
		}
	}
	return f, branches
}

// step goes one step further. Where that leads nowhere, it tells whether the
// schema is open there.
func (s *schemas) step(from *place, step kubeapi.FieldStep) (next *place, open bool) {
	var main []*schema
	var branches [][]*schema
	if from.main != nil {
		main = s.children(*from.main, step)
	}
	for _, f := range from.branches {
		if children := s.children(*f, step); len(children) > 0 {
			branches = append(branches, children)
		}
	}
	if len(main) > 0 || len(branches) > 0 {
		return s.place(main, branches), false
	}
	return nil, from.open(step)
}

// children gives the schemas of what is one step further, and none where the facts
// do not name it.
func (s *schemas) children(f facts, step kubeapi.FieldStep) []*schema {
	var places []span
	for _, n := range f {
		switch step.Kind {
		case kubeapi.StepField:
			if i := slices.IndexFunc(n.properties, func(p property) bool { return p.name == step.Name }); i >= 0 {
				places = append(places, n.properties[i].at)
			}
		case kubeapi.StepItems:
			if n.items != nil {
				places = append(places, *n.items)
			}
		case kubeapi.StepValues:
			if n.values != nil {
				places = append(places, *n.values)
			}
		default:
			panic("discovery: unknown step " + strconv.Itoa(int(step.Kind)))
		}
	}
	children := s.allAt(places)
	switch {
	case len(children) > 0 && step.Kind == kubeapi.StepItems && f.any(func(n *schema) bool { return n.preserve }):
		// What an array keeps, its items keep.
		children = append(children, &schema{preserve: true})
	case len(children) > 0:
	case step.Kind == kubeapi.StepValues && f.any(func(n *schema) bool { return n.anyValues }):
		children = append(children, &schema{pruned: f.any(func(n *schema) bool { return n.pruned })})
	case step.Kind == kubeapi.StepField && f.any(func(n *schema) bool { return n.embedded }):
		if child := s.embedded(step.Name); child != nil {
			children = append(children, child)
		}
	}
	return children
}

const objectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

// embedded gives the fields that an embedded object has without its schema saying
// so.
func (s *schemas) embedded(name string) *schema {
	switch name {
	case "apiVersion", "kind":
		return &schema{types: []string{"string"}}
	case "metadata":
		if _, found := s.named[objectMeta]; found {
			return &schema{ref: objectMeta}
		}
		return &schema{types: []string{"object"}}
	}
	return nil
}

// open tells whether the schemas allow the step without naming where it leads.
func (p *place) open(step kubeapi.FieldStep) bool {
	if p.main != nil && p.main.says() {
		return p.main.open(step)
	}
	telling := p.telling()
	return len(telling) == 0 || slices.ContainsFunc(telling, func(f *facts) bool { return f.open(step) })
}

// telling gives the branches that say something. One that does not only restricts
// what others say.
func (p *place) telling() []*facts {
	return slices.DeleteFunc(slices.Clone(p.branches), func(f *facts) bool { return !f.says() })
}

// says tells whether there is anything in it about types or fields.
func (f facts) says() bool {
	return f.any(func(n *schema) bool {
		return len(n.types) > 0 || len(n.properties) > 0 || n.items != nil || n.values != nil || n.anyValues || n.noValues ||
			n.preserve || n.intOrString || n.embedded || n.pruned
	})
}

// open tells whether facts that say something allow a step that they do not name.
// Kubernetes takes no field beside those that an object's schema names, unless the
// schema says so.
func (f facts) open(step kubeapi.FieldStep) bool {
	has := func(types string) bool {
		return f.any(func(n *schema) bool { return slices.Contains(n.types, types) })
	}
	typed := f.any(func(n *schema) bool { return len(n.types) > 0 || n.intOrString })
	fields := f.any(func(n *schema) bool { return len(n.properties) > 0 || n.embedded || n.noValues })
	keys := f.any(func(n *schema) bool { return n.values != nil || n.anyValues })
	items := f.any(func(n *schema) bool { return n.items != nil })
	preserve := f.any(func(n *schema) bool { return n.preserve })
	if step.Kind == kubeapi.StepItems {
		return has("array") || !typed && (preserve || !fields && !keys)
	}
	switch {
	case typed && !has("object"):
		return false
	case preserve:
		return true
	case keys:
		// The keys of a map are free, and none of them is a field.
		return step.Kind == kubeapi.StepField
	}
	return !fields && !items && !f.any(func(n *schema) bool { return n.pruned })
}

func (f facts) any(holds func(*schema) bool) bool { return slices.ContainsFunc(f, holds) }

// each calls do with all that holds in some case.
func (p *place) each(do func(facts)) {
	if p.main != nil {
		do(*p.main)
	}
	for _, f := range p.branches {
		do(*f)
	}
}
