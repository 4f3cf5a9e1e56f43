package eval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// CheckAssert reports errors of an assert's condition or message that any cluster would show.
func (e *Scope) CheckAssert(a *hcl.Attribute, want cty.Type) {
	before, at := e.Errors(), a.Expr.Range()
	result, first := e.asked(a.Expr, want)
	value, _ := first.value.UnmarkDeep()
	_, constant := result.(bool)
	switch {
	case e.Errors() > before:
	case result == fails && e.Is(value, want, a.Name, at):
		e.Error(at, "Empty error message", "The text is printed where the condition does not hold. Say in a sentence what is missing.")
	case constant && len(a.Expr.Variables()) == 0:
		e.Warn(at, "Constant condition", "This condition is always %t, whatever the cluster serves.", result)
	}
}

// SurveyAssert looks at an expression of an assert that is not made.
func (e *Scope) SurveyAssert(expr hcl.Expression) { e.asked(expr, cty.DynamicPseudoType) }

// asked evaluates an expression of an assert for the answers that a cluster may give. It reports what
// fails for all of them, and gives the outcome that all have, or unsettled, and the first evaluation.
// A string without text fails, and so does one that could show a secret.
func (e *Scope) asked(expr hcl.Expression, want cty.Type) (any, sample) {
	own := *e
	own.cluster = &Answers{}
	x := own.explore(expr, brief)
	if x == nil || !x.discreet() {
		return unsettled, sample{}
	}
	if x.secret && want == cty.String {
		e.Error(expr.Range(), "Sensitive value not allowed", "\"error_message\" is printed, so it cannot depend on a sensitive variable.")
		return unsettled, sample{}
	}
	result, first, agreed := x.agree(x.Expression, func(s sample) any {
		result := s.outcome(want)
		if text, known := result.(string); known && strings.TrimSpace(text) == "" {
			return fails
		}
		return result
	})
	// cty may come to a wrong result with these for unknown values.
	if x.open && slices.ContainsFunc(x.calls, func(call *hclsyntax.FunctionCallExpr) bool {
		return slices.Contains([]string{"can", "try", "toset", "setintersection", "setproduct", "setsubtract", "setunion"}, call.Name)
	}) {
		return unsettled, first
	}
	x.holds(x.Expression)
	x.examine(x.Expression)
	for _, call := range x.calls {
		x.advise(call)
	}
	if !agreed {
		return unsettled, first
	}
	return result, first
}

// examine gives what an expression of an assert comes to, and reports errors that hcl drops: those of an operand of ||
// and &&, or of a branch of a condition, that does not matter. It leaves an operand alone that a known one guards.
func (x *exploration) examine(expr hclsyntax.Expression) Truth {
	switch n := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return x.examine(n.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return x.examine(n.Wrapped)
	case *hclsyntax.UnaryOpExpr:
		// With x.holds, here and below, the time would grow with the square of the nesting.
		if n.Op == hclsyntax.OpLogicalNot {
			return map[Truth]Truth{True: False, False: True}[x.examine(n.Val)]
		}
	case *hclsyntax.ConditionalExpr:
		condition, yes, no := x.examine(n.Condition), Unknown, Unknown
		if condition != False {
			yes = x.examine(n.TrueResult)
		}
		if condition != True {
			no = x.examine(n.FalseResult)
		}
		return map[Truth]Truth{True: yes, False: no}[condition]
	case *hclsyntax.BinaryOpExpr:
		if decisive := map[*hclsyntax.Operation]Truth{hclsyntax.OpLogicalOr: True, hclsyntax.OpLogicalAnd: False}[n.Op]; decisive != Unknown {
			left := x.examine(n.LHS)
			if left == decisive {
				return decisive
			}
			if right := x.examine(n.RHS); right == decisive || left != Unknown {
				return right
			}
			return Unknown
		}
	}
	return x.holds(expr)
}

// advise warns of arguments that are nearly always wrong in a function that asks a cluster.
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

// discreet reports what is sensitive and asked of a cluster, and is false then. An element of a
// sensitive collection is sensitive too: hcl marks only the result of a for expression.
func (x *exploration) discreet() bool {
	elements, before := map[string]bool{}, x.Errors()
	secret := func(part hclsyntax.Expression) bool {
		return slices.ContainsFunc(part.Variables(), func(t hcl.Traversal) bool {
			value, _ := t.TraverseAbs(x.context)
			return elements[t.RootName()] || value.ContainsMarked()
		})
	}
	_ = hclsyntax.VisitAll(x.Expression, func(node hclsyntax.Node) hcl.Diagnostics {
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
		return nil
	})
	return x.Errors() == before
}
