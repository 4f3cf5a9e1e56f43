package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// api reads an api block.
func (d *decoder) api(block *hcl.Block) {
	content := d.content(block, "api")
	a := &API{GroupVersion: d.groupVersion(block.Labels[0], block.LabelRanges[0])}
	d.declaration.APIs = append(d.declaration.APIs, a)
	c := d.common(content, outermost())
	at := headerRange(block)
	d.require(&a.Requirement, TypeAPI, d.apiAddress(block.Labels[0]), at, c)
	a.Served = d.served(content)
	d.claim(subject{words: "The group version %q", groupVersion: a.GroupVersion}, servedClaim(a.Served), at, c)
	if preferred, ok := d.flag(content.Attributes["preferred"]); ok {
		a.Preferred = &preferred
		d.preferred(a, c)
	}
	a.Available = d.available(content.Attributes["available"])
	children := siblings{decoder: d, parent: a.Address}
	for _, inner := range content.Blocks {
		if d.budget.Stopped() {
			return
		}
		children.once(inner)
		r := d.resource(inner, a, c)
		if a.Served {
			a.Resources = append(a.Resources, r)
		}
	}
}

// apiAddress numbers the blocks of one label from the second one on.
func (d *decoder) apiAddress(label string) string {
	d.blocks[label]++
	address := fmt.Sprintf("api[%q]", label)
	if n := d.blocks[label]; n > 1 {
		address += fmt.Sprintf("#%d", n)
	}
	return address
}

func (d *decoder) preferred(a *API, c common) {
	gv, preferred := a.GroupVersion, *a.Preferred
	d.claim(subject{words: "\"preferred\" of the group version %q", groupVersion: gv}, fmt.Sprintf("to be %t", preferred.Value), preferred.Range, c)
	if preferred.Value {
		d.claim(subject{words: "The preferred version of the group %q", name: gv.Group}, toBe(gv.Version), preferred.Range, c)
	}
}

// available reads the attribute of that name. That something does not answer is no
// requirement: served = false is.
func (d *decoder) available(a *hcl.Attribute) bool {
	available, ok := d.flag(a)
	if ok && !available.Value {
		d.Error(a.Expr.Range(), "Invalid available", "\"available\" can only be true. Remove it where the API need not answer.")
	}
	return ok && available.Value
}

// resource reads a resource or a kind block.
func (d *decoder) resource(block *hcl.Block, parent *API, inherited common) *Resource {
	content := d.content(block, block.Type)
	label, at := block.Labels[0], headerRange(block)
	r := &Resource{}
	c := d.common(content, inherited)
	d.require(&r.Requirement, Type(block.Type), childAddress(parent.Address, block.Type, label), at, c)
	if r.Type == TypeKind {
		d.checkKind(label, parent.GroupVersion, block.LabelRanges[0], true)
		r.Kind = &Value[string]{Value: label, Range: block.LabelRanges[0]}
	} else {
		d.checkResource(label, parent.GroupVersion, block.LabelRanges[0])
		r.Name = label
		r.Kind = d.kind(content, parent.GroupVersion)
	}
	r.Served = d.served(content)
	r.Scope = d.scope(content.Attributes["scope"])
	r.Verbs = d.verbs(content.Attributes["verbs"])
	d.children(content, r, parent.GroupVersion, c)
	if !r.Served {
		*r = Resource{Requirement: r.Requirement, Name: r.Name, Kind: r.Kind}
		if r.Type == TypeResource {
			r.Kind = nil
		}
	}
	d.claimResource(r, parent.GroupVersion, c)
	return r
}

// kindOfVersion is a subject that a resource and a kind block may both speak of.
const kindOfVersion = "The kind %q of %q"

func (d *decoder) claimResource(r *Resource, gv kubeapi.GroupVersion, c common) {
	if r.Type == TypeKind {
		d.claim(subject{words: kindOfVersion, name: r.Kind.Value, groupVersion: gv}, servedClaim(r.Served), r.Range, c)
		return
	}
	// A subresource is as its resource, which has the scope.
	resource, _, nested := strings.Cut(r.Name, "/")
	if r.Scope != nil {
		d.claim(subject{words: "The scope of the resource %q of %q", name: resource, groupVersion: gv}, toBe(string(r.Scope.Value)), r.Scope.Range, c)
	}
	if nested {
		d.claimNested(r.Name, r.Requirement, r.Served, r.Kind, gv, c)
		return
	}
	of := func(words string) subject { return subject{words: words, name: r.Name, groupVersion: gv} }
	d.claim(of("The resource %q of %q"), servedClaim(r.Served), r.Range, c)
	if r.Kind != nil {
		d.claim(of("The kind of the resource %q of %q"), toBe(r.Kind.Value), r.Kind.Range, c)
		d.claim(subject{words: kindOfVersion, name: r.Kind.Value, groupVersion: gv}, toBeServed, r.Kind.Range, c)
	}
}

// claimNested claims what is declared of a subresource, under its resource or by
// itself.
func (d *decoder) claimNested(name string, r Requirement, served bool, kind *Value[string], gv kubeapi.GroupVersion, c common) {
	of := func(words string) subject { return subject{words: words, name: name, groupVersion: gv} }
	d.claim(of("The subresource %q of %q"), servedClaim(served), r.Range, c)
	if kind != nil {
		d.claim(of("The kind of the subresource %q of %q"), toBe(kind.Value), kind.Range, c)
	}
}

// children reads the list of subresources and the blocks, in the order in which
// they stand.
func (d *decoder) children(content *hcl.BodyContent, parent *Resource, gv kubeapi.GroupVersion, inherited common) {
	type declared struct {
		at   int
		read func()
	}
	var all []declared
	seen := siblings{decoder: d, parent: parent.Address}
	if a := content.Attributes["subresources"]; a != nil {
		for _, item := range d.texts(a) {
			all = append(all, declared{item.Range.Start.Byte, func() {
				seen.name("subresource", item.Value, item.Range)
				d.checkSubresource(item.Value, parent.Name, item.Range)
				s := &Subresource{Name: item.Value, Served: true}
				d.require(&s.Requirement, TypeSubresource, subresourceAddress(parent, item.Value), item.Range, inherited)
				d.claimSubresource(s, parent, gv, inherited)
				parent.Subresources = append(parent.Subresources, s)
			}})
		}
	}
	for _, block := range content.Blocks {
		all = append(all, declared{block.TypeRange.Start.Byte, func() {
			seen.once(block)
			if block.Type == "field" {
				parent.Fields = append(parent.Fields, d.field(block, parent, gv, inherited))
			} else {
				parent.Subresources = append(parent.Subresources, d.subresource(block, parent, gv, inherited))
			}
		}})
	}
	slices.SortStableFunc(all, func(a, b declared) int { return cmp.Compare(a.at, b.at) })
	for _, one := range all {
		if d.budget.Stopped() {
			return
		}
		one.read()
	}
}

func (d *decoder) subresource(block *hcl.Block, parent *Resource, gv kubeapi.GroupVersion, inherited common) *Subresource {
	content := d.content(block, "subresource")
	label := block.Labels[0]
	d.checkSubresource(label, parent.Name, block.LabelRanges[0])
	s := &Subresource{Name: label}
	c := d.common(content, inherited)
	d.require(&s.Requirement, TypeSubresource, subresourceAddress(parent, label), headerRange(block), c)
	s.Served = d.served(content)
	s.Kind = d.kind(content, gv)
	s.Verbs = d.verbs(content.Attributes["verbs"])
	if !s.Served {
		s.Kind, s.Verbs = nil, nil
	}
	d.claimSubresource(s, parent, gv, c)
	return s
}

// claimSubresource leaves out what stands under a kind: that may be met by
// another resource of the kind.
func (d *decoder) claimSubresource(s *Subresource, parent *Resource, gv kubeapi.GroupVersion, c common) {
	if parent.Type == TypeResource {
		d.claimNested(parent.Name+"/"+s.Name, s.Requirement, s.Served, s.Kind, gv, c)
	}
}

func subresourceAddress(parent *Resource, name string) string {
	return childAddress(parent.Address, "subresource", name)
}

func childAddress(parent, typ, label string) string {
	return parent + "." + typ + "[" + strconv.Quote(label) + "]"
}

// siblings finds a child that is declared twice within one block.
type siblings struct {
	*decoder
	parent string
	seen   map[sibling]hcl.Range
}

type sibling struct{ typ, label string }

func (s *siblings) once(block *hcl.Block) { s.name(block.Type, block.Labels[0], headerRange(block)) }

func (s *siblings) name(typ, label string, at hcl.Range) {
	if s.seen == nil {
		s.seen = map[sibling]hcl.Range{}
	}
	key := sibling{typ, label}
	if first, found := s.seen[key]; found {
		s.Error(at, "Duplicate "+typ, "The %s %q is already declared in this block at %s.", typ, diag.Clip(label), first)
		return
	}
	s.seen[key] = at
}
