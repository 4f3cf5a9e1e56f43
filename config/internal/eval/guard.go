package eval

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

// hcl evaluates an expression as a whole. To stop it, and to look at what operators and
// functions are given, the parts of the expression where that matters are put into a guard.

// guard is a part of an expression whose value is checked.
type guard struct {
	hclsyntax.Expression
	check func(cty.Value) error
	// before is called before the part is evaluated.
	before func() error
}

// Value implements hcl.Expression.
func (g guard) Value(context *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if g.before != nil {
		if err := g.before(); err != nil {
			// Nothing else ends a for expression.
			panic(err)
		}
	}
	value, diags := g.Expression.Value(context)
	if g.check != nil && !diags.HasErrors() {
		if err := g.check(value); err != nil {
			return cty.DynamicVal, hcl.Diagnostics{diag.New(hcl.DiagError, g.Range(), "Value too large", "%s.", err)}
		}
	}
	return value, diags
}

var (
	errManyDigits = errors.New("A number may have at most 10000 digits, written out without an exponent") //nolint:staticcheck // It is a sentence of a diagnostic.
	errText       = errors.New("A text may have at most 1 MiB")                                           //nolint:staticcheck // It is a sentence of a diagnostic.
	errArguments  = errors.New("The arguments of a function may take at most 1 MiB together")             //nolint:staticcheck // It is a sentence of a diagnostic.
)

// guard puts guards into an expression, unless there are any. Where it is false, an error was
// reported, and the expression must not be evaluated.
func (e *Scope) guard(expr hclsyntax.Expression) bool {
	b, ok := e.Budget, true
	index := func(t hcl.Traversal) {
		for _, step := range t {
			if i, found := step.(hcl.TraverseIndex); found && i.Key.Type() == cty.String && fewDigits(i.Key) != nil {
				e.Error(i.SrcRange, "Value too large", "%s.", errManyDigits)
				ok = false
			}
		}
	}
	// A visitor that returns no diagnostics causes none.
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		switch n := node.(type) {
		case *hclsyntax.ScopeTraversalExpr:
			index(n.Traversal)
		case *hclsyntax.RelativeTraversalExpr:
			index(n.Traversal)
		case *hclsyntax.IndexExpr:
			guardIndex(n)
		case *hclsyntax.TemplateExpr:
			if !n.IsStringLiteral() {
				guardSum(n.Parts, b, errText)
			}
		case *hclsyntax.TemplateJoinExpr:
			guardSum([]hclsyntax.Expression{n.Tuple}, b, errText)
		case *hclsyntax.ForExpr:
			put(&n.CollExpr, guard{before: func() error { return stopped(b) }})
		case *hclsyntax.BinaryOpExpr:
			if n.Op.Type == cty.Number {
				put(&n.LHS, guard{check: fewDigits})
				put(&n.RHS, guard{check: fewDigits})
			}
		case *hclsyntax.UnaryOpExpr:
			if n.Op.Type == cty.Number {
				put(&n.Val, guard{check: fewDigits})
			}
		case *hclsyntax.FunctionCallExpr:
			// can and try evaluate their arguments themselves.
			if n.Name != "can" && n.Name != "try" {
				guardSum(n.Args, b, errArguments)
			}
		}
		return nil
	})
	return ok
}

// put puts a part into a guard, unless it is in one. Whoever walks through the expression sees
// the part as what is in brackets there.
func put(expr *hclsyntax.Expression, g guard) {
	if _, ok := (*expr).(guard); !ok {
		g.Expression = &hclsyntax.ParenthesesExpr{Expression: *expr, SrcRange: (*expr).Range()}
		*expr = g
	}
}

func stopped(b *budget.Budget) error {
	if b.Stopped() {
		return budget.ErrStopped
	}
	return nil
}

// fewDigits refuses a text that a large number would be made of.
func fewDigits(value cty.Value) error {
	if funcs.Digits(value) > funcs.MaxDigits {
		return errManyDigits
	}
	return nil
}

// guardIndex refuses a text as the index of a list: hcl would make a number of it.
func guardIndex(n *hclsyntax.IndexExpr) {
	list := false
	put(&n.Collection, guard{check: func(value cty.Value) error {
		list = value.Type().IsListType() || value.Type().IsTupleType()
		return nil
	}})
	put(&n.Key, guard{check: func(value cty.Value) error {
		if list {
			return fewDigits(value)
		}
		return nil
	}})
}

// guardSum bounds what the arguments of a call, or the parts of a text, take together.
func guardSum(parts []hclsyntax.Expression, b *budget.Budget, large error) {
	sum := 0
	for i := range parts {
		put(&parts[i], guard{
			before: func() error {
				if i == 0 {
					sum = 0
				}
				return stopped(b)
			},
			check: func(value cty.Value) error {
				if sum <= funcs.MaxResult {
					sum += funcs.Size(value, funcs.MaxResult-sum)
				}
				if sum > funcs.MaxResult {
					return large
				}
				return nil
			},
		})
	}
}

// guarded gives an expression of either syntax with guards. Of a value of JSON that holds
// templates, hcl parses each again, so that what the guards refuse is found before.
func (e *Scope) guarded(expr hcl.Expression, context *hcl.EvalContext) (hcl.Expression, bool) {
	expr, _ = unscoped(expr)
	if context == nil {
		// Nothing can be called, and a text of JSON is itself.
		n, ok := expr.(hclsyntax.Expression)
		return expr, !ok || e.guard(n)
	}
	if n := native(expr); n != nil {
		return n, e.guard(n)
	}
	parts, ok := natives(expr), true
	for _, part := range parts {
		ok = e.guard(part) && ok
	}
	if len(parts) == 0 {
		return expr, ok
	}
	return checkedParts{expr, parts}, ok
}

// checkedParts is a value of JSON with the templates in it.
type checkedParts struct {
	hcl.Expression
	parts []hclsyntax.Expression
}

// Value implements hcl.Expression.
func (c checkedParts) Value(context *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var all hcl.Diagnostics
	for _, part := range c.parts {
		_, diags := part.Value(context)
		all = append(all, diags...)
	}
	if all.HasErrors() {
		return cty.DynamicVal, all
	}
	return c.Expression.Value(context)
}
