package eval

import (
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

// native gives an expression in native syntax, and its errors. A string in JSON becomes a template.
func native(expr hcl.Expression) (hclsyntax.Expression, hcl.Diagnostics) {
	if n, ok := expr.(hclsyntax.Expression); ok {
		return n, nil
	}
	// Without a context, a string in JSON is itself.
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

// Literal gives the value of an expression in native syntax that is written out.
func Literal(expr hcl.Expression) (value cty.Value, ok bool) {
	if text, isText := expr.(*hclsyntax.TemplateExpr); isText && text.IsStringLiteral() {
		expr = text.Parts[0]
	}
	if literal, isLiteral := expr.(*hclsyntax.LiteralValueExpr); isLiteral {
		return literal.Val, true
	}
	return cty.NilVal, false
}

// isLong is false for a short text, a number or a bool that is written out.
func isLong(expr hclsyntax.Expression) bool {
	value, ok := Literal(expr)
	return !ok || funcs.Size(value, 100) > 100
}

// guard is a part of an expression whose value is checked before the operator or function around it
// uses it. It also stops an evaluation, which hcl does as a whole.
type guard struct {
	hclsyntax.Expression
	budget *budget.Budget
	check  func(cty.Value) error
}

func (g guard) Value(context *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if g.budget.Stopped() {
		// Nothing else ends a for expression.
		panic(budget.ErrStopped)
	}
	value, diags := g.Expression.Value(context)
	if !diags.HasErrors() {
		if err := g.check(value); err != nil {
			return cty.DynamicVal, hcl.Diagnostics{diag.New(hcl.DiagError, g.Range(), "Value too large", "%s.", err)}
		}
	}
	return value, diags
}

// guard puts guards into an expression, unless there are any, and gives the calls in it.
func (e *Scope) guard(expr hclsyntax.Expression) (calls []*hclsyntax.FunctionCallExpr) {
	// A walk through the expression sees a guarded part as if it were in brackets.
	put := func(part *hclsyntax.Expression, check func(cty.Value) error) {
		if _, ok := (*part).(guard); !ok {
			*part = guard{&hclsyntax.ParenthesesExpr{Expression: *part, SrcRange: (*part).Range()}, e.Budget, check}
		}
	}
	// What the arguments of a call, or the parts of a text, take together is bounded.
	sum := func(parts []hclsyntax.Expression, what string) {
		if !slices.ContainsFunc(parts, isLong) {
			return // They take less memory than the guards do.
		}
		size := 0
		for i := range parts {
			put(&parts[i], func(value cty.Value) error {
				if i == 0 {
					size = 0
				}
				if size += funcs.Size(value, funcs.MaxResult-min(size, funcs.MaxResult)); size > funcs.MaxResult {
					return errors.New(what + " may take at most 1 MiB")
				}
				return nil
			})
		}
	}
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		switch n := node.(type) {
		case *hclsyntax.ScopeTraversalExpr:
			guardIndices(n.Traversal)
		case *hclsyntax.RelativeTraversalExpr:
			guardIndices(n.Traversal)
		case *hclsyntax.IndexExpr:
			put(&n.Key, fewDigits)
		case *hclsyntax.TemplateExpr:
			if !n.IsStringLiteral() {
				sum(n.Parts, "A text")
			}
		case *hclsyntax.TemplateJoinExpr:
			parts := []hclsyntax.Expression{n.Tuple}
			sum(parts, "A text")
			n.Tuple = parts[0]
		case *hclsyntax.ForExpr:
			put(&n.CollExpr, func(cty.Value) error { return nil })
		case *hclsyntax.BinaryOpExpr:
			if n.Op.Type == cty.Number {
				put(&n.LHS, fewDigits)
				put(&n.RHS, fewDigits)
			}
		case *hclsyntax.UnaryOpExpr:
			if n.Op.Type == cty.Number {
				put(&n.Val, fewDigits)
			}
		case *hclsyntax.FunctionCallExpr:
			calls = append(calls, n)
			// can and try evaluate their arguments themselves.
			if n.Name != "can" && n.Name != "try" {
				sum(n.Args, "The arguments of a function")
			}
		}
		return nil
	})
	return calls
}

// guardIndices replaces a string index that hcl would convert to a huge number by an empty string.
// No list has either index, and hcl reports the same error for both.
func guardIndices(t hcl.Traversal) {
	for i, step := range t {
		if index, ok := step.(hcl.TraverseIndex); ok && index.Key.Type() == cty.String && fewDigits(index.Key) != nil {
			t[i] = hcl.TraverseIndex{Key: cty.StringVal(""), SrcRange: index.SrcRange}
		}
	}
}

// fewDigits refuses a text that a large number would be made of.
func fewDigits(value cty.Value) error {
	if funcs.Digits(value) > funcs.MaxDigits {
		return errors.New("A number may have at most 10000 digits, written out without an exponent") //nolint:staticcheck // It is a sentence of a diagnostic.
	}
	return nil
}
