package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/config/internal/lang"
)

// hcl's own package for dynamic blocks is not used. docs/architecture.md says why ("Decisions").

type scopedBody struct {
	hcl.Body
	iterators eval.Iterators
}

// content reads the body of a block. In place of dynamic blocks, it has what they make.
func (d *decoder) content(block *hcl.Block) *hcl.BodyContent {
	body, s := block.Body, eval.Iterators(nil)
	if scoped, ok := body.(scopedBody); ok {
		body, s = scoped.Body, scoped.iterators
	}
	content := d.contentOf(body, block.Type)
	if s != nil {
		for _, a := range content.Attributes {
			a.Expr = eval.In(a.Expr, s)
		}
	}
	content.Blocks = d.expand(content.Blocks, block.Type, s)
	return content
}

// expand replaces the dynamic blocks among the blocks within a block of a type.
func (d *decoder) expand(blocks hcl.Blocks, within string, s eval.Iterators) (out hcl.Blocks) {
	for _, block := range blocks {
		if s != nil {
			block.Body = scopedBody{block.Body, s}
		}
		if block.Type == lang.Dynamic {
			out = append(out, d.made(block, d.language[within], s)...)
		} else {
			out = append(out, block)
		}
	}
	return out
}

// made gives the blocks that a dynamic block makes within a block of a type.
func (d *decoder) made(block *hcl.Block, within *lang.Block, s eval.Iterators) (out hcl.Blocks) {
	g, ok := d.generator(block, within)
	// An error in the content is in each block that is made, so it is looked for once.
	if !ok || s == nil && !d.survey(g.content, g.made, nil) {
		return nil
	}
	value, ok := d.Printable("for_each", eval.In(g.forEach, s))
	typ, at := value.Type(), g.forEach.Range()
	switch {
	case !ok:
	case value.IsNull():
		d.Null("for_each", at)
	case typ != cty.DynamicPseudoType && !typ.IsCollectionType() && !typ.IsTupleType() && !typ.IsObjectType():
		d.WrongType("for_each", "a list, a set, a map or an object", typ, at)
	case !value.IsKnown():
		d.open = true
		d.unmade(g, s.With(g.iterator, cty.DynamicVal, cty.DynamicVal))
	default:
		for it := value.ElementIterator(); it.Next(); {
			d.step(block.DefRange)
			key, element := it.Element()
			inner := s.With(g.iterator, key, element)
			one := &hcl.Block{Type: g.made.Name, TypeRange: block.LabelRanges[0], DefRange: block.DefRange, Body: scopedBody{g.content, inner}}
			if g.label != nil {
				label, ok := d.Printable("labels", eval.In(g.label, inner))
				if !ok || !d.Is(label, cty.String, "labels", g.label.Range()) {
					d.open = true
					d.unmade(g, inner)
					continue
				}
				one.Labels, one.LabelRanges = []string{label.AsString()}, []hcl.Range{g.label.Range()}
			}
			out = append(out, one)
		}
	}
	return out
}

type generator struct {
	made     *lang.Block
	iterator string
	// label is nil where the block has none.
	forEach, label hcl.Expression
	content        hcl.Body
}

// generator reads a dynamic block within a block of a type. It is false where an error was reported.
func (d *decoder) generator(block *hcl.Block, within *lang.Block) (g generator, ok bool) {
	if g.made = within.Block(block.Labels[0]); g.made == nil || !g.made.Repeats {
		known := within.Repeatable()
		d.Error(block.LabelRanges[0], "Invalid dynamic block", "A dynamic block makes no block of type %q here, but %s.%s",
			diag.Clip(block.Labels[0]), strings.Join(known, ", "), diag.DidYouMean(block.Labels[0], known))
		return g, false
	}
	content, diags := block.Body.Content(lang.DynamicBlock(g.made).Body())
	if d.Add(diags...); diags.HasErrors() {
		return g, false
	}
	g.forEach, g.iterator, ok = content.Attributes["for_each"].Expr, g.made.Name, true
	refuse := func(at hcl.Range, summary, detail string, args ...any) {
		d.Error(at, summary, detail, args...)
		ok = false
	}
	if a := content.Attributes["iterator"]; a != nil {
		if g.iterator = hcl.ExprAsKeyword(a.Expr); slices.Contains([]string{"", "var", "local", "pod", "live"}, g.iterator) {
			refuse(a.Expr.Range(), "Invalid iterator", "An iterator is a name without quotes, such as iterator = item. It cannot be var, local, pod or live.")
		}
	}
	if a := content.Attributes["labels"]; a != nil {
		if list, _ := hcl.ExprList(a.Expr); len(list) == 1 {
			g.label = list[0]
		} else {
			refuse(a.Expr.Range(), "Invalid label", "A block of type %q has one label: labels is written as a list of one item, such as [%s.value].", g.made.Name, g.iterator)
		}
	} else if g.made.Label != "" {
		refuse(headerRange(block), "Missing label", "Each block of type %q has a label, its %s. Set labels = [...].", g.made.Name, g.made.Label)
	}
	const one = "A dynamic block has one block of type content, which is the body of each block that it makes."
	switch blocks := content.Blocks; len(blocks) {
	case 0:
		refuse(headerRange(block), "Missing content", one)
	case 1:
		g.content = blocks[0].Body
	default:
		refuse(headerRange(blocks[1]), "Duplicate content", one)
	}
	return g, ok
}

func (d *decoder) unmade(g generator, s eval.Iterators) bool {
	if s != nil && g.label != nil {
		d.Value(eval.In(g.label, s))
	}
	return d.survey(g.content, g.made, s)
}

// survey tells whether a body has what the schema of its type has, at every depth, and reports errors. With iterators,
// it evaluates the expressions too: what they refer to must exist, even if nothing is made.
func (d *decoder) survey(body hcl.Body, typ *lang.Block, s eval.Iterators) bool {
	content, diags := body.Content(typ.Body())
	d.Add(diags...)
	ok := !diags.HasErrors()
	for _, a := range content.Attributes {
		if s != nil && typ.Name == "assert" {
			d.SurveyAssert(eval.In(a.Expr, s))
		} else if s != nil {
			d.Value(eval.In(a.Expr, s))
		}
	}
	for _, block := range content.Blocks {
		d.step(block.DefRange)
		if block.Type != lang.Dynamic {
			ok = d.survey(block.Body, typ.Block(block.Type), s) && ok
			continue
		}
		g, fits := d.generator(block, typ)
		inner := s
		if fits && s != nil {
			d.Value(eval.In(g.forEach, s))
			inner = s.With(g.iterator, cty.DynamicVal, cty.DynamicVal)
		}
		ok = fits && d.unmade(g, inner) && ok
	}
	return ok
}
