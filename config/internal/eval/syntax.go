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
	inner := maps.Clone(s)
	if inner == nil {
		inner = Iterators{}
	}
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
func visit(expr hcl.Expression, do func(hclsyntax.Node)) {
	for _, n := range natives(expr) {
		// A visitor that returns no diagnostics causes none.
		_ = hclsyntax.VisitAll(n, func(node hclsyntax.Node) hcl.Diagnostics {
			do(node)
			return nil
		})
	}
}

// callsIn gives the function calls within an expression.
func callsIn(expr hcl.Expression) (calls []*hclsyntax.FunctionCallExpr) {
	visit(expr, func(node hclsyntax.Node) {
		if call, ok := node.(*hclsyntax.FunctionCallExpr); ok {
			calls = append(calls, call)
		}
	})
	return calls
}

// native gives an expression as native syntax has it. A text of JSON is a
// template there. It is nil for other values of JSON.
func native(expr hcl.Expression) hclsyntax.Expression {
	expr, _ = unscoped(expr)
	if n, ok := expr.(hclsyntax.Expression); ok {
		return n
	}
	// Without a context, a text of JSON is itself.
	value, _ := expr.Value(nil)
	if value.IsNull() || !value.IsKnown() || value.Type() != cty.String || !strings.Contains(value.AsString(), "{") {
		return nil
	}
	at := expr.Range().Start
	template, diags := hclsyntax.ParseTemplate([]byte(value.AsString()), expr.Range().Filename, hcl.Pos{Line: at.Line, Column: at.Column + 1, Byte: at.Byte + 1})
	if diags.HasErrors() {
		return nil
	}
	return template
}

// natives gives the parts of an expression in native syntax: all of it, or each
// text of a value of JSON.
func natives(expr hcl.Expression) []hclsyntax.Expression {
	if n := native(expr); n != nil {
		return []hclsyntax.Expression{n}
	}
	var all []hclsyntax.Expression
	if items, diags := hcl.ExprList(expr); !diags.HasErrors() {
		for _, item := range items {
			all = append(all, natives(item)...)
		}
	} else if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		for _, pair := range pairs {
			all = append(all, natives(pair.Key)...)
			all = append(all, natives(pair.Value)...)
		}
	}
	return all
}
