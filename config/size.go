package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A few lines of locals can double a text sixty times, and a for expression
// within another multiplies. So what an expression would take is estimated, from
// above, before it is evaluated. A unit is about a byte of text or an element.
const (
	maxExpressionSize = 1 << 20
	maxTotalSize      = 32 << 20
	// maxResultDigits bounds the numbers within an expression.
	maxResultDigits = 10 * maxDigits
	// beyond is where counting stops. The product of two sizes still fits.
	beyond = maxResultDigits + maxExpressionSize
)

// extent is an upper bound of what a value takes, of how many elements it has,
// and of what one of them takes.
type extent struct {
	size, length, element int
}

// anything is the extent of a value of which only the size is known.
func anything(size int) extent { return extent{size: size, length: size, element: size} }

func add(sizes ...int) int {
	sum := 0
	for _, s := range sizes {
		sum = min(sum+s, beyond)
	}
	return sum
}

func multiply(a, b int) int { return min(a*b, beyond) }

// estimator bounds what the evaluation of an expression takes.
type estimator struct {
	context *hcl.EvalContext
}

// symbols are the names that for expressions and splats bind.
type symbols struct {
	outer   *symbols
	names   [2]string
	splat   *hclsyntax.AnonSymbolExpr
	element extent
}

func (s *symbols) named(name string) (extent, bool) {
	for ; s != nil; s = s.outer {
		if s.splat == nil && (s.names[0] == name || s.names[1] == name) {
			return s.element, true
		}
	}
	return extent{}, false
}

func (s *symbols) anonymous(splat *hclsyntax.AnonSymbolExpr) extent {
	for ; s != nil; s = s.outer {
		if s.splat == splat {
			return s.element
		}
	}
	return anything(beyond)
}

// expression estimates an expression of either syntax.
func (e estimator) expression(expr hcl.Expression) extent {
	if native, ok := expr.(hclsyntax.Expression); ok {
		return e.native(native, nil)
	}
	if items, diags := hcl.ExprList(expr); !diags.HasErrors() {
		out := extent{size: 1, length: len(items)}
		for _, item := range items {
			x := e.expression(item)
			out.size, out.element = add(out.size, x.size, 1), max(out.element, x.size)
		}
		return out
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		out := extent{size: 1, length: len(pairs)}
		for _, pair := range pairs {
			x := add(e.expression(pair.Key).size, e.expression(pair.Value).size)
			out.size, out.element = add(out.size, x, 1), max(out.element, x)
		}
		return out
	}
	// Without a context, a string of HCL JSON is its text, not a template.
	value, _ := expr.Value(nil)
	if value.IsKnown() && !value.IsNull() && value.Type() == cty.String && e.context != nil {
		template, diags := hclsyntax.ParseTemplate([]byte(value.AsString()), "", hcl.InitialPos)
		if !diags.HasErrors() {
			return e.native(template, nil)
		}
	}
	return valueExtent(value)
}

func (e estimator) native(expr hclsyntax.Expression, s *symbols) extent {
	switch x := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return valueExtent(x.Val)
	case *hclsyntax.ParenthesesExpr:
		return e.native(x.Expression, s)
	case *hclsyntax.TemplateWrapExpr:
		return e.native(x.Wrapped, s)
	case *hclsyntax.TemplateJoinExpr:
		return e.native(x.Tuple, s)
	case *hclsyntax.ObjectConsKeyExpr:
		return e.native(x.Wrapped, s)
	case *hclsyntax.TemplateExpr:
		return anything(e.sum(s, x.Parts...))
	case *hclsyntax.FunctionCallExpr:
		return anything(e.sum(s, x.Args...))
	case *hclsyntax.ScopeTraversalExpr:
		return e.reference(x, s)
	case *hclsyntax.RelativeTraversalExpr:
		return anything(e.native(x.Source, s).size)
	case *hclsyntax.AnonSymbolExpr:
		return s.anonymous(x)
	case *hclsyntax.IndexExpr:
		collection := e.native(x.Collection, s)
		return extent{
			size:    add(collection.size, e.native(x.Key, s).size),
			length:  collection.element,
			element: collection.element,
		}
	case *hclsyntax.TupleConsExpr:
		out := extent{size: 1, length: len(x.Exprs)}
		for _, item := range x.Exprs {
			size := e.native(item, s).size
			out.size, out.element = add(out.size, size, 1), max(out.element, size)
		}
		return out
	case *hclsyntax.ObjectConsExpr:
		out := extent{size: 1, length: len(x.Items)}
		for _, item := range x.Items {
			size := add(e.native(item.KeyExpr, s).size, e.native(item.ValueExpr, s).size)
			out.size, out.element = add(out.size, size, 1), max(out.element, size)
		}
		return out
	case *hclsyntax.ConditionalExpr:
		yes, no := e.native(x.TrueResult, s), e.native(x.FalseResult, s)
		return extent{
			size:    add(e.native(x.Condition, s).size, yes.size, no.size),
			length:  max(yes.length, no.length),
			element: max(yes.element, no.element),
		}
	case *hclsyntax.UnaryOpExpr:
		return anything(add(e.native(x.Val, s).size, 1))
	case *hclsyntax.BinaryOpExpr:
		size := add(e.native(x.LHS, s).size, e.native(x.RHS, s).size, 1)
		if x.Op.Type == cty.Number && size > maxResultDigits {
			size = beyond
		}
		return anything(size)
	case *hclsyntax.ForExpr:
		return e.repeated(x, s)
	case *hclsyntax.SplatExpr:
		source := e.native(x.Source, s)
		each := e.native(x.Each, &symbols{outer: s, splat: x.Item, element: anything(max(source.element, source.size/max(source.length, 1)))})
		length := max(source.length, 1)
		return extent{size: add(source.size, multiply(length, add(each.size, 1))), length: length, element: each.size}
	}
	// What is left are placeholders of the parser, which evaluate to nothing.
	return anything(1)
}

func (e estimator) sum(s *symbols, parts ...hclsyntax.Expression) int {
	size := 1
	for _, part := range parts {
		size = add(size, e.native(part, s).size)
	}
	return size
}

func (e estimator) repeated(x *hclsyntax.ForExpr, s *symbols) extent {
	collection := e.native(x.CollExpr, s)
	inner := &symbols{outer: s, names: [2]string{x.KeyVar, x.ValVar}, element: anything(collection.element)}
	body := add(e.native(x.ValExpr, inner).size, 1)
	if x.KeyExpr != nil {
		body = add(body, e.native(x.KeyExpr, inner).size)
	}
	if x.CondExpr != nil {
		body = add(body, e.native(x.CondExpr, inner).size)
	}
	out := extent{size: add(collection.size, multiply(collection.length, body)), length: collection.length, element: body}
	if x.Group {
		out.element = out.size
	}
	return out
}

func (e estimator) reference(x *hclsyntax.ScopeTraversalExpr, s *symbols) extent {
	if bound, ok := s.named(x.Traversal.RootName()); ok {
		return anything(bound.size)
	}
	if e.context == nil {
		return anything(1)
	}
	value, diags := x.Traversal.TraverseAbs(e.context)
	if diags.HasErrors() {
		return anything(1)
	}
	return valueExtent(value)
}

// valueExtent measures a value. It stops where the limit is reached.
func valueExtent(v cty.Value) extent {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return anything(1)
	}
	switch {
	case v.Type() == cty.String:
		return anything(len(v.AsString()) + 1)
	case v.Type() == cty.Number:
		return anything(digits(v))
	case !v.CanIterateElements():
		return anything(1)
	}
	out := extent{size: 1, length: v.LengthInt()}
	for it := v.ElementIterator(); it.Next() && out.size < beyond; {
		key, element := it.Element()
		size := add(valueExtent(key).size, valueExtent(element).size)
		out.size, out.element = add(out.size, size, 1), max(out.element, size)
	}
	return out
}

// digits bounds how long a number is when it is written out.
func digits(v cty.Value) int {
	f := v.AsBigFloat()
	if f.IsInf() {
		return beyond
	}
	exponent := f.MantExp(nil)
	if exponent < 0 {
		exponent = -exponent
	}
	// Ten bits are about three digits; both the exponent and the mantissa count.
	return min((exponent+int(f.MinPrec()))/3+2, beyond)
}
