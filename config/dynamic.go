package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// hcl's own package for dynamic blocks hides the element of an iteration within
// expressions that nothing can look into. Here, an expression that uses it is
// estimated before it is evaluated like any other, and what stands in a dynamic
// block is counted while it is made.

// scope has what the iterators of dynamic blocks stand for. Nil has none.
type scope struct {
	outer   *scope
	name    string
	element cty.Value
}

func (s *scope) find(name string) (cty.Value, bool) {
	for ; s != nil; s = s.outer {
		if s.name == name {
			return s.element, true
		}
	}
	return cty.NilVal, false
}

// scopedExpression is an expression within dynamic blocks.
type scopedExpression struct {
	hcl.Expression
	scope *scope
}

// UnwrapExpression is for the static analysis of hcl.
func (e scopedExpression) UnwrapExpression() hcl.Expression { return e.Expression }

func (s *scope) expression(expr hcl.Expression) hcl.Expression {
	if s == nil {
		return expr
	}
	return scopedExpression{expr, s}
}

func unscoped(expr hcl.Expression) (hcl.Expression, *scope) {
	if scoped, ok := expr.(scopedExpression); ok {
		return scoped.Expression, scoped.scope
	}
	return expr, nil
}

// scopedBody is the body of a block within dynamic blocks.
type scopedBody struct {
	hcl.Body
	scope *scope
}

// content reads the body of a block by the schema of a type. Dynamic blocks in it
// are replaced by what they make.
func (d *decoder) content(block *hcl.Block, typ string) *hcl.BodyContent {
	body, s := block.Body, (*scope)(nil)
	if scoped, ok := body.(scopedBody); ok {
		body, s = scoped.Body, scoped.scope
	}
	content := d.contentOf(body, d.schemas[typ])
	if s != nil {
		for _, a := range content.Attributes {
			a.Expr = s.expression(a.Expr)
		}
	}
	content.Blocks = d.expand(content.Blocks, typ, s)
	return content
}

// expand replaces the dynamic blocks among the blocks within a block of a type.
func (d *decoder) expand(blocks hcl.Blocks, within string, s *scope) hcl.Blocks {
	isDynamic := func(block *hcl.Block) bool { return block.Type == dynamicType }
	if s == nil && !slices.ContainsFunc(blocks, isDynamic) {
		return blocks
	}
	var out hcl.Blocks
	for _, block := range blocks {
		if s != nil && !d.budget.Step(block.DefRange) {
			break
		}
		if isDynamic(block) {
			out = append(out, d.dynamic(block, within, s)...)
			continue
		}
		if s != nil {
			block.Body = scopedBody{block.Body, s}
		}
		out = append(out, block)
	}
	return out
}

// generator is a dynamic block.
type generator struct {
	block    *hcl.Block
	made     *blockSchema
	iterator string
	forEach  hcl.Expression
	labels   *hcl.Attribute
	label    hcl.Expression
	body     hcl.Body
	outer    *scope
}

// dynamic gives the blocks that a dynamic block makes.
func (d *decoder) dynamic(block *hcl.Block, within string, s *scope) hcl.Blocks {
	g, ok := d.generator(block, within, s)
	// What is wrong with the body is wrong with each block: it is said once.
	if !ok || s == nil && !d.fits(g.body, g.made) {
		return nil
	}
	value, ok := d.printable("for_each", s.expression(g.forEach))
	switch at := g.forEach.Range(); {
	case !ok:
		return nil
	case value.IsNull():
		d.null("for_each", at)
		return nil
	case value.Type() != cty.DynamicPseudoType && !value.CanIterateElements() && !isCollection(value.Type()):
		d.wrongType("for_each", "a list, a set, a map or an object", value.Type(), at)
		return nil
	case !value.IsKnown():
		d.survey(g, unknownElement())
		return nil
	}
	var out hcl.Blocks
	for it := value.ElementIterator(); it.Next(); {
		if !d.budget.Step(block.DefRange) {
			break
		}
		key, element := it.Element()
		inner := &scope{outer: s, name: g.iterator, element: cty.ObjectVal(map[string]cty.Value{"key": key, "value": element})}
		if made := d.generate(g, inner); made != nil {
			out = append(out, made)
		}
	}
	return out
}

func isCollection(t cty.Type) bool {
	return t.IsCollectionType() || t.IsTupleType() || t.IsObjectType()
}

// generator reads a dynamic block itself. Where it is false, an error was
// reported.
func (d *decoder) generator(block *hcl.Block, within string, s *scope) (generator, bool) {
	at := block.LabelRanges[0]
	made := d.language[within].block(block.Labels[0])
	if made == nil || !made.repeats {
		known := d.language[within].repeatable()
		d.Error(at, "Invalid dynamic block", "A dynamic block makes no block of type %q here, but %s.%s",
			diag.Clip(block.Labels[0]), strings.Join(known, ", "), diag.DidYouMean(block.Labels[0], known))
		return generator{}, false
	}
	content, diags := block.Body.Content(d.schemas[dynamicType])
	d.Add(diags...)
	if diags.HasErrors() {
		return generator{}, false
	}
	g := generator{
		block: block, made: made, iterator: made.name, outer: s,
		forEach: content.Attributes["for_each"].Expr, labels: content.Attributes["labels"],
	}
	switch blocks := content.Blocks; {
	case len(blocks) == 0:
		d.Error(headerRange(block), "Missing content", "A dynamic block has a block of type content, which is the body of each block that it makes.")
		return g, false
	case len(blocks) > 1:
		d.Error(headerRange(blocks[1]), "Duplicate content", "A dynamic block has one block of type content. There is one already at %s.", blocks[0].DefRange)
		return g, false
	default:
		g.body = blocks[0].Body
	}
	iterator, label := d.iterator(&g, content.Attributes["iterator"]), d.labelOf(&g)
	return g, iterator && label
}

// iterator reads the name of the iterator.
func (d *decoder) iterator(g *generator, a *hcl.Attribute) bool {
	if a == nil {
		return true
	}
	name := hcl.ExprAsKeyword(a.Expr)
	switch name {
	case "":
		d.Error(a.Expr.Range(), "Invalid iterator", "An iterator is a name, without quotes in native syntax, such as iterator = item.")
		return false
	case "var", "local", "pod", "live":
		d.Error(a.Expr.Range(), "Invalid iterator", "%q has a meaning of its own in every expression. Choose another name.", name)
		return false
	}
	g.iterator = name
	return true
}

// labelOf finds the expression of the label.
func (d *decoder) labelOf(g *generator) bool {
	switch {
	case g.labels == nil && g.made.label == "":
		return true
	case g.labels == nil:
		d.Error(headerRange(g.block), "Missing label", "Each block of type %q has a label, its %s. Set labels = [...].", g.made.name, g.made.label)
		return false
	case g.made.label == "":
		d.Error(g.labels.NameRange, "Extraneous label", "A block of type %q has no label. Remove labels.", g.made.name)
		return false
	}
	list, diags := hcl.ExprList(g.labels.Expr)
	if diags.HasErrors() || len(list) != 1 {
		d.Error(g.labels.Expr.Range(), "Invalid label", "A block of type %q has one label: labels is written as a list of one item, such as [%s.value].", g.made.name, g.iterator)
		return false
	}
	g.label = list[0]
	return true
}

// generate makes one block. It is nil where its label is mistaken or not known.
func (d *decoder) generate(g generator, s *scope) *hcl.Block {
	block := &hcl.Block{
		Type: g.made.name, TypeRange: g.block.LabelRanges[0], DefRange: g.block.DefRange,
		Body: scopedBody{g.body, s},
	}
	if g.label == nil {
		return block
	}
	label, ok := d.printable("labels", s.expression(g.label))
	switch {
	case !ok:
		return nil
	case !d.is(label, cty.String, "labels", g.label.Range()):
		d.survey(g, s.element)
		return nil
	}
	block.Labels, block.LabelRanges = []string{label.AsString()}, []hcl.Range{g.label.Range()}
	return block
}

func unknownElement() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"key": cty.DynamicVal, "value": cty.DynamicVal})
}

// survey looks at what a dynamic block would make, where that is not known: what
// its expressions refer to has to exist all the same.
func (d *decoder) survey(g generator, element cty.Value) {
	d.open = true
	s := &scope{outer: g.outer, name: g.iterator, element: element}
	if g.label != nil {
		d.value(s.expression(g.label))
	}
	d.surveyBody(g.body, g.made, s)
}

func (d *decoder) surveyBody(body hcl.Body, typ *blockSchema, s *scope) {
	content, _ := body.Content(d.schemas[typ.name])
	for _, a := range sortedAttributes(content.Attributes) {
		if typ.name == "assert" {
			d.surveyAssert(s.expression(a.Expr))
		} else {
			d.value(s.expression(a.Expr))
		}
	}
	for _, block := range content.Blocks {
		if !d.budget.Step(block.DefRange) {
			return
		}
		if block.Type != dynamicType {
			d.surveyBody(block.Body, typ.block(block.Type), s)
			continue
		}
		if g, ok := d.generator(block, typ.name, s); ok {
			d.value(s.expression(g.forEach))
			d.survey(g, unknownElement())
		}
	}
}

// fits tells whether a body, and all within it, has what its schema has, and
// reports where it has not.
func (d *decoder) fits(body hcl.Body, typ *blockSchema) bool {
	content, diags := body.Content(d.schemas[typ.name])
	d.Add(diags...)
	ok := !diags.HasErrors()
	for _, block := range content.Blocks {
		inner := typ.block(block.Type)
		if block.Type == dynamicType {
			g, readable := d.generator(block, typ.name, nil)
			if !readable {
				ok = false
				continue
			}
			block, inner = &hcl.Block{Body: g.body}, g.made
		}
		ok = d.fits(block.Body, inner) && ok
	}
	return ok
}
