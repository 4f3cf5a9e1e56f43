package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// examine finds what is wrong in the parts of an expression of an assert that hcl
// passes over as long as nothing is known of the cluster: it drops the mistakes of
// an operand of || and &&, or of a branch of a condition, that does not matter. An
// operand that a known one guards is left alone.
func (e *evaluator) examine(expr hcl.Expression) {
	n := native(expr)
	if n == nil {
		return
	}
	context, ok := e.context(expr)
	if !ok {
		return
	}
	e.ask(context)
	x := examiner{evaluator: e, context: context, secret: marked(context)}
	calls(n, func(call *hclsyntax.FunctionCallExpr) {
		f, known := context.Functions[call.Name]
		if !known || len(call.Args) < len(f.Params()) || f.VarParam() == nil && len(call.Args) > len(f.Params()) {
			x.value(call)
		}
	})
	x.expression(n)
}

// discreet tells whether nothing sensitive is asked of a cluster, and reports where
// something is.
func (e *evaluator) discreet(expr hcl.Expression) bool {
	n := native(expr)
	context, ok := e.context(expr)
	if n == nil || !ok || !marked(context) {
		return true
	}
	if _, ok := e.afford(expr, context); !ok {
		return true
	}
	e.ask(context)
	w := discreetWalker{evaluator: e, contexts: []*hcl.EvalContext{context}}
	_ = hclsyntax.Walk(n, &w)
	return !w.indiscreet
}

// discreetWalker follows what for expressions bind. An element of a sensitive
// collection is as sensitive, though hcl puts the mark on the result alone.
type discreetWalker struct {
	*evaluator
	contexts   []*hcl.EvalContext
	indiscreet bool
}

func (w *discreetWalker) Enter(node hclsyntax.Node) hcl.Diagnostics {
	context := w.contexts[len(w.contexts)-1]
	switch n := node.(type) {
	case *hclsyntax.ForExpr:
		element := cty.DynamicVal
		if value, _ := n.CollExpr.Value(context); value.ContainsMarked() {
			element = element.Mark(sensitive)
		}
		inner := context.NewChild()
		inner.Variables = map[string]cty.Value{n.ValVar: element}
		if n.KeyVar != "" {
			inner.Variables[n.KeyVar] = element
		}
		w.contexts = append(w.contexts, inner)
	case *hclsyntax.FunctionCallExpr:
		if !isClusterFunction(n.Name) {
			break
		}
		for _, arg := range n.Args {
			// What is wrong beside that is reported elsewhere.
			if value, _ := arg.Value(context); value.ContainsMarked() {
				w.indiscreet = true
				w.error(arg.Range(), "Sensitive value not allowed", "What is asked of a cluster is printed, so it cannot depend on a sensitive variable.")
			}
		}
	}
	return nil
}

func (w *discreetWalker) Exit(node hclsyntax.Node) hcl.Diagnostics {
	if _, ok := node.(*hclsyntax.ForExpr); ok {
		w.contexts = w.contexts[:len(w.contexts)-1]
	}
	return nil
}

type examiner struct {
	*evaluator
	context *hcl.EvalContext
	secret  bool
}

func (x examiner) value(expr hclsyntax.Expression) Truth {
	value, diags := expr.Value(x.context)
	x.explain(diags, x.secret)
	value, _ = value.UnmarkDeep()
	if diags.HasErrors() || value.Type() != cty.Bool || value.IsNull() || !value.IsKnown() {
		return Unknown
	}
	return truth(value.True())
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

// expression examines an expression, and tells what it is worth.
func (x examiner) expression(expr hclsyntax.Expression) Truth {
	switch n := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return x.expression(n.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return x.expression(n.Wrapped)
	case *hclsyntax.UnaryOpExpr:
		if n.Op == hclsyntax.OpLogicalNot {
			return map[Truth]Truth{True: False, False: True}[x.expression(n.Val)]
		}
	case *hclsyntax.ConditionalExpr:
		condition := x.expression(n.Condition)
		yes, no := Unknown, Unknown
		if condition != False {
			yes = x.expression(n.TrueResult)
		}
		if condition != True {
			no = x.expression(n.FalseResult)
		}
		switch {
		case condition == True:
			return yes
		case condition == False || yes == no:
			return no
		}
		return Unknown
	case *hclsyntax.BinaryOpExpr:
		var decisive Truth
		switch n.Op {
		case hclsyntax.OpLogicalOr:
			decisive = True
		case hclsyntax.OpLogicalAnd:
			decisive = False
		default:
			return x.value(expr)
		}
		left := x.expression(n.LHS)
		if left == decisive {
			return decisive
		}
		right := x.expression(n.RHS)
		switch {
		case right == decisive:
			return decisive
		case left == Unknown || right == Unknown:
			return Unknown
		}
		return right
	}
	return x.value(expr)
}

// invariant tells what a condition is worth whatever the cluster and the variables
// are, where that is known.
func (e *evaluator) invariant(expr hcl.Expression) (always, constant bool) {
	e.environment = &Environment{}
	context, ok := e.context(expr)
	e.ask(context)
	e.environment = nil
	if !ok {
		return false, false
	}
	expr, _ = unscoped(expr)
	context.Variables = map[string]cty.Value{}
	for _, traversal := range expr.Variables() {
		context.Variables[traversal.RootName()] = cty.DynamicVal
	}
	if _, ok := e.afford(expr, context); !ok {
		return false, false
	}
	value, diags := expr.Value(context)
	if diags.HasErrors() || value.Type() != cty.Bool || value.IsNull() || !value.IsKnown() {
		return false, false
	}
	return value.True(), true
}
