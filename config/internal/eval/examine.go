package eval

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// examine finds what is wrong in the parts of an expression of an assert that hcl
// passes over: it drops the errors of an operand of || and &&, or of a branch of a
// condition, that does not matter. An operand that a known one guards is left alone.
func (x *exploration) examine() {
	n := native(x.expr)
	if n == nil {
		return
	}
	judge := func(part hclsyntax.Expression) Truth {
		holds, diags := x.truthOf(part)
		x.explain(diags, x.secret)
		return holds
	}
	for _, call := range callsIn(n) {
		x.advise(call)
	}
	worth(n, judge)
}

// advise warns of arguments of what asks a cluster that are nearly always an error. Only
// those that are written out, or a reference, are looked at.
func (x *exploration) advise(call *hclsyntax.FunctionCallExpr) {
	inquiry, asks := x.Inquiries[call.Name]
	if !asks {
		return
	}
	texts := make([]string, max(len(call.Args), len(inquiry.Params)))
	for i, arg := range call.Args {
		if len(callsIn(arg)) > 0 {
			continue
		}
		if value, _ := arg.Value(x.within); value.Type() == cty.String && value.IsKnown() && !value.IsNull() && !value.IsMarked() {
			texts[i] = value.AsString()
		}
	}
	inquiry.Advise(texts, func(i int, summary, detail string) {
		if i < len(call.Args) {
			x.Warn(call.Args[i].Range(), summary, "%s", detail)
		}
	})
}

// discreet tells whether nothing sensitive is asked of a cluster, and reports where something is.
// An element of a sensitive collection is as sensitive, though hcl marks the result of a for
// expression alone.
func (e *Scope) discreet(expr hcl.Expression) bool {
	context, ok := e.context(expr)
	if !ok || !marked(context) {
		return true
	}
	elements := map[string]bool{}
	secret := func(part hclsyntax.Expression) bool {
		return slices.ContainsFunc(part.Variables(), func(t hcl.Traversal) bool {
			value, _ := t.TraverseAbs(context)
			return elements[t.RootName()] || value.ContainsMarked()
		})
	}
	before := e.Errors()
	visit(expr, func(node hclsyntax.Node) {
		switch n := node.(type) {
		case *hclsyntax.ForExpr:
			if secret(n.CollExpr) {
				elements[n.KeyVar], elements[n.ValVar] = true, true
			}
		case *hclsyntax.FunctionCallExpr:
			for _, arg := range n.Args {
				if _, asks := e.Inquiries[n.Name]; asks && secret(arg) {
					e.Error(arg.Range(), "Sensitive value not allowed", "What is asked of a cluster is printed, so it cannot depend on a sensitive variable.")
				}
			}
		}
	})
	return e.Errors() == before
}

// worth gives what an expression comes to by what its parts come to, which are known
// or not. A part that a known one guards is not asked for.
func worth(expr hclsyntax.Expression, of func(hclsyntax.Expression) Truth) Truth {
	switch n := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return worth(n.Expression, of)
	case *hclsyntax.TemplateWrapExpr:
		return worth(n.Wrapped, of)
	case *hclsyntax.UnaryOpExpr:
		if n.Op == hclsyntax.OpLogicalNot {
			return map[Truth]Truth{True: False, False: True}[worth(n.Val, of)]
		}
	case *hclsyntax.ConditionalExpr:
		condition, yes, no := worth(n.Condition, of), Unknown, Unknown
		if condition != False {
			yes = worth(n.TrueResult, of)
		}
		if condition != True {
			no = worth(n.FalseResult, of)
		}
		return map[Truth]Truth{True: yes, False: no}[condition]
	case *hclsyntax.BinaryOpExpr:
		decisive := map[*hclsyntax.Operation]Truth{hclsyntax.OpLogicalOr: True, hclsyntax.OpLogicalAnd: False}[n.Op]
		if decisive == Unknown {
			break
		}
		left := worth(n.LHS, of)
		if left == decisive {
			return decisive
		}
		if right := worth(n.RHS, of); right == decisive || left != Unknown {
			return right
		}
		return Unknown
	}
	return of(expr)
}
