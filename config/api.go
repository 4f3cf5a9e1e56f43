package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/kubeapi"
)

func (d *decoder) api(block *hcl.Block) {
	a := &API{GroupVersion: d.groupVersion(block.Labels[0], block.LabelRanges[0])}
	d.declaration.APIs = append(d.declaration.APIs, a)
	content, served := d.begin(&a.Requirement, block, outermost())
	a.Served, a.Preferred = served, d.flag(content.Attributes["preferred"])
	available := d.flag(content.Attributes["available"])
	if a.Available = or(available, false); available != nil && !a.Available {
		// That something does not answer is no requirement: served = false is.
		d.Error(content.Attributes["available"].Expr.Range(), "Invalid available", "\"available\" can only be true. Remove it where the API need not answer.")
	}
	seen := names{}
	for _, inner := range content.Blocks {
		d.once(seen, "Duplicate "+inner.Type, inner.Type, inner.Labels[0], headerRange(inner))
		a.Resources = append(a.Resources, d.resource(inner, a))
	}
}

func (d *decoder) resource(block *hcl.Block, parent *API) *Resource {
	r, gv, label, at := &Resource{}, parent.GroupVersion, block.Labels[0], block.LabelRanges[0]
	content, served := d.begin(&r.Requirement, block, parent.Requirement)
	if r.Type == TypeKind {
		d.checkKind(label, gv, at, true)
		r.Kind = &Value[string]{Value: label, Range: at}
	} else {
		d.checkResource(label, gv, at)
		r.Name, r.Kind = label, d.kind(content.Attributes["kind"], gv)
	}
	r.Served, r.Verbs = served, d.servedVerbs(content.Attributes["verbs"])
	r.Scope = choice(d, content.Attributes["scope"], "scope", kubeapi.Scopes())
	// Each item of subresources is a block, in the order of the file.
	blocks, listed := content.Blocks, map[*hcl.Block]bool{}
	for _, item := range d.texts(content.Attributes["subresources"]) {
		block := &hcl.Block{
			Type: "subresource", Labels: []string{item.Value}, Body: hcl.EmptyBody(),
			TypeRange: item.Range, DefRange: item.Range, LabelRanges: []hcl.Range{item.Range},
		}
		blocks, listed[block] = append(blocks, block), true
	}
	slices.SortStableFunc(blocks, func(a, b *hcl.Block) int { return a.TypeRange.Start.Byte - b.TypeRange.Start.Byte })
	seen := names{}
	for _, inner := range blocks {
		d.once(seen, "Duplicate "+inner.Type, inner.Type, inner.Labels[0], headerRange(inner))
		if inner.Type == "field" {
			r.Fields = append(r.Fields, d.field(inner, r))
			continue
		}
		s := d.subresource(inner, r, gv)
		if listed[inner] {
			s.Reason, s.Remedy = r.Reason, r.Remedy
		}
		r.Subresources = append(r.Subresources, s)
	}
	return r
}

func (d *decoder) subresource(block *hcl.Block, parent *Resource, gv kubeapi.GroupVersion) *Subresource {
	s := &Subresource{Name: block.Labels[0]}
	d.checkSubresource(s.Name, parent.Name, block.LabelRanges[0])
	content, served := d.begin(&s.Requirement, block, parent.Requirement)
	s.Served, s.Kind, s.Verbs = served, d.kind(content.Attributes["kind"], gv), d.servedVerbs(content.Attributes["verbs"])
	return s
}
