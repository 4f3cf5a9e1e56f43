package eval

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// examine finds what is wrong in the parts of an expression of an assert that hcl passes over: it
// drops the errors of an operand of || and &&, or of a branch of a condition, that does not matter.
// An operand that a known one guards is left alone. examine gives what the expression comes to.
func (x *exploration) examine(expr hclsyntax.Expression) Truth {
	switch n := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return x.examine(n.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return x.examine(n.Wrapped)
	case *hclsyntax.UnaryOpExpr:
		x.examine(n.Val)
	case *hclsyntax.ConditionalExpr:
		condition := x.examine(n.Condition)
		if condition != False {
			x.examine(n.TrueResult)
		}
		if condition != True {
			x.examine(n.FalseResult)
		}
	case *hclsyntax.BinaryOpExpr:
		if decisive := map[*hclsyntax.Operation]Truth{hclsyntax.OpLogicalOr: True, hclsyntax.OpLogicalAnd: False}[n.Op]; decisive != Unknown {
			if x.examine(n.LHS) == decisive {
				return decisive
			}
			x.examine(n.RHS)
		}
	}
	return x.holds(expr)
}

// advise warns of arguments of what asks a cluster that are nearly always an error.
func (x *exploration) advise(call *hclsyntax.FunctionCallExpr) {
	inquiry, asks := x.Inquiries[call.Name]
	if !asks {
		return
	}
	texts := make([]string, max(len(call.Args), len(inquiry.Params)))
	for i, arg := range call.Args {
		value, diags := arg.Value(x.context)
		texts[i], _ = sample{value, diags}.outcome(cty.String).(string)
	}
	inquiry.Advise(texts, func(i int, summary, detail string) { x.Warn(call.Args[i].Range(), summary, "%s", detail) })
}

// discreet tells whether nothing sensitive is asked of a cluster, and reports where something is.
// An element of a sensitive collection is as sensitive, though hcl marks the result of a for
// expression alone.
func (x *exploration) discreet() bool {
	elements, before := map[string]bool{}, x.Errors()
	secret := func(part hclsyntax.Expression) bool {
		return slices.ContainsFunc(part.Variables(), func(t hcl.Traversal) bool {
			value, _ := t.TraverseAbs(x.context)
			return elements[t.RootName()] || value.ContainsMarked()
		})
	}
	visit(x.Expression, func(node hclsyntax.Node) {
		switch n := node.(type) {
		case *hclsyntax.ForExpr:
			if secret(n.CollExpr) {
				elements[n.KeyVar], elements[n.ValVar] = true, true
			}
		case *hclsyntax.FunctionCallExpr:
			for _, arg := range n.Args {
				if _, asks := x.Inquiries[n.Name]; asks && secret(arg) {
					x.Error(arg.Range(), "Sensitive value not allowed", "What is asked of a cluster is printed, so it cannot depend on a sensitive variable.")
				}
			}
		}
	})
	return x.Errors() == before
}
