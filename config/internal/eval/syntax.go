package eval

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Iterators has the elements of dynamic blocks, by the name of the iterator.
type Iterators map[string]cty.Value

// With gives iterators that have one more.
func (s Iterators) With(name string, key, value cty.Value) Iterators {
	inner := Iterators{}
	maps.Copy(inner, s)
	inner[name] = cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})
	return inner
}

// In gives an expression that is within dynamic blocks.
func In(expr hcl.Expression, s Iterators) hcl.Expression { return scoped{expr, s} }

type scoped struct {
	hcl.Expression
	iterators Iterators
}

// UnwrapExpression is for the static analysis of hcl.
func (e scoped) UnwrapExpression() hcl.Expression { return e.Expression }

func unscoped(expr hcl.Expression) (hcl.Expression, Iterators) {
	if s, ok := expr.(scoped); ok {
		return s.Expression, s.iterators
	}
	return expr, nil
}

// SortedAttributes gives attributes from the top.
func SortedAttributes(attributes hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attributes), func(a, b *hcl.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
}

// visit visits all parts of an expression, from the outside.
func visit(expr hclsyntax.Expression, do func(hclsyntax.Node)) {
	// A visitor that returns no diagnostics causes none.
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		do(node)
		return nil
	})
}

// native gives an expression as native syntax has it, and what is wrong with it. A text of JSON
// is a template there.
func native(expr hcl.Expression) (hclsyntax.Expression, hcl.Diagnostics) {
	if n, ok := expr.(hclsyntax.Expression); ok {
		return n, nil
	}
	// Without a context, a text of JSON is itself.
	value, diags := expr.Value(nil)
	at := expr.Range()
	add := func(inner hcl.Expression) hclsyntax.Expression {
		n, more := native(inner)
		diags = append(diags, more...)
		return n
	}
	switch typ := value.Type(); {
	case typ.IsTupleType():
		items, _ := hcl.ExprList(expr)
		tuple := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: at}
		for _, item := range items {
			tuple.Exprs = append(tuple.Exprs, add(item))
		}
		return tuple, diags
	case typ.IsObjectType():
		pairs, _ := hcl.ExprMap(expr)
		object := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: at}
		for _, pair := range pairs {
			key := &hclsyntax.ObjectConsKeyExpr{Wrapped: add(pair.Key), ForceNonLiteral: true}
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: add(pair.Value)})
		}
		return object, diags
	case typ == cty.String && strings.Contains(value.AsString(), "{"):
		begin := hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1}
		return hclsyntax.ParseTemplate([]byte(value.AsString()), at.Filename, begin)
	}
	return &hclsyntax.LiteralValueExpr{Val: value, SrcRange: at}, diags
}
