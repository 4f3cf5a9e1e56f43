package config

import (
	"fmt"
	"strconv"

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
	a.Preferred = d.optional(content.Attributes["preferred"])
	if available := d.optional(content.Attributes["available"]); available != nil {
		// That something does not answer is no requirement: served = false is.
		if a.Available = available.Value; !a.Available {
			d.Error(content.Attributes["available"].Expr.Range(), "Invalid available", "\"available\" can only be true. Remove it where the API need not answer.")
		}
	}
	seen := names{}
	for _, inner := range content.Blocks {
		if d.budget.Stopped() {
			return
		}
		d.once(seen, inner.Type, inner.Labels[0], inThisBlock, headerRange(inner))
		r := d.resource(inner, a, c)
		if a.Served {
			a.Resources = append(a.Resources, r)
		}
	}
}

// apiAddress numbers the blocks of one label from the second one on.
func (d *decoder) apiAddress(label string) string {
	d.blocks[label]++
	return numbered(fmt.Sprintf("api[%q]", label), d.blocks[label])
}

// numbered gives the address of the nth requirement of its kind.
func numbered(address string, n int) string {
	if n > 1 {
		address += fmt.Sprintf("#%d", n)
	}
	return address
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
	r.Scope = choice(d, content.Attributes["scope"], "scope", kubeapi.Scopes(), nil)
	r.Verbs = d.verbs(content.Attributes["verbs"])
	d.children(content, r, parent.GroupVersion, c)
	if !r.Served {
		*r = Resource{Requirement: r.Requirement, Name: r.Name, Kind: r.Kind}
		if r.Type == TypeResource {
			r.Kind = nil
		}
	}
	return r
}

// children reads the list of subresources and the blocks, in the order of the file.
func (d *decoder) children(content *hcl.BodyContent, parent *Resource, gv kubeapi.GroupVersion, inherited common) {
	seen := names{}
	a := content.Attributes["subresources"]
	list := d.texts(a)
	readList := func() {
		for _, item := range list {
			d.once(seen, "subresource", item.Value, inThisBlock, item.Range)
			d.checkSubresource(item.Value, parent.Name, item.Range)
			s := &Subresource{Name: item.Value, Served: true}
			d.require(&s.Requirement, TypeSubresource, childAddress(parent.Address, "subresource", item.Value), item.Range, inherited)
			parent.Subresources = append(parent.Subresources, s)
		}
		list = nil
	}
	for _, block := range content.Blocks {
		if d.budget.Stopped() {
			return
		}
		if a != nil && a.Range.Start.Byte < block.TypeRange.Start.Byte {
			readList()
		}
		d.once(seen, block.Type, block.Labels[0], inThisBlock, headerRange(block))
		if block.Type == "field" {
			parent.Fields = append(parent.Fields, d.field(block, parent, inherited))
		} else {
			parent.Subresources = append(parent.Subresources, d.subresource(block, parent, gv, inherited))
		}
	}
	readList()
}

func (d *decoder) subresource(block *hcl.Block, parent *Resource, gv kubeapi.GroupVersion, inherited common) *Subresource {
	content := d.content(block, "subresource")
	label := block.Labels[0]
	d.checkSubresource(label, parent.Name, block.LabelRanges[0])
	s := &Subresource{Name: label}
	c := d.common(content, inherited)
	d.require(&s.Requirement, TypeSubresource, childAddress(parent.Address, "subresource", label), headerRange(block), c)
	s.Served = d.served(content)
	s.Kind = d.kind(content, gv)
	s.Verbs = d.verbs(content.Attributes["verbs"])
	if !s.Served {
		s.Kind, s.Verbs = nil, nil
	}
	return s
}

func childAddress(parent, typ, label string) string {
	return parent + "." + typ + "[" + strconv.Quote(label) + "]"
}

// names has the blocks that were declared so far, by type and label.
type names map[[2]string]hcl.Range

// once refuses a block that is declared twice, in the file or within one block.
func (d *decoder) once(seen names, typ, label, within string, at hcl.Range) {
	key := [2]string{typ, label}
	if first, found := seen[key]; found {
		d.Error(at, "Duplicate "+typ, "The %s %q is already declared%s at %s.", typ, diag.Clip(label), within, first)
		return
	}
	seen[key] = at
}

const inThisBlock = " in this block"
