package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// examine finds what is wrong in the parts of an expression of an assert that hcl
// passes over: it drops the errors of an operand of || and &&, or of a branch of a
// condition, that does not matter. An operand that a known one guards is left alone.
func (e *evaluator) examine(x *exploration) {
	n := native(x.expr)
	if n == nil {
		return
	}
	judge := func(part hclsyntax.Expression) Truth {
		holds, diags := x.truthOf(part)
		e.explain(diags, x.secret)
		return holds
	}
	calls(n, func(call *hclsyntax.FunctionCallExpr) {
		f, found := x.context.Functions[call.Name]
		if !found {
			f = e.functions()[call.Name]
		}
		if len(call.Args) < len(f.Params()) || f.VarParam() == nil && len(call.Args) > len(f.Params()) {
			judge(call)
		}
	})
	worth(n, judge)
	e.advise(n, x)
}

// judgesRange tells whether one more range of versions is judged. Few declarations have
// more than ten; each takes about 50 ms at worst.
func (e *evaluator) judgesRange() bool {
	const most = 100
	e.ranges++
	return e.ranges <= most
}

// advise warns of arguments of what asks a cluster that are nearly always an error. Only
// those that are written out, or a reference, are looked at.
func (e *evaluator) advise(n hclsyntax.Expression, x *exploration) {
	calls(n, func(call *hclsyntax.FunctionCallExpr) {
		if !isClusterFunction(call.Name) {
			return
		}
		var texts []string
		for _, arg := range call.Args {
			text := ""
			if isPlain(arg) {
				value, _ := arg.Value(x.context)
				if value.Type() == cty.String && value.IsKnown() && !value.IsNull() && !value.IsMarked() {
					text = value.AsString()
				}
			}
			texts = append(texts, text)
		}
		if call.Name == funcKubernetes && !e.judgesRange() {
			return
		}
		for i, advice := range adviceOn(call.Name, append(texts, "", "")) {
			if advice.detail != "" && i < len(call.Args) {
				e.Warn(call.Args[i].Range(), advice.summary, "%s", advice.detail)
			}
		}
	})
}

// discreet tells whether nothing sensitive is asked of a cluster, and reports where
// something is.
func (e *evaluator) discreet(expr hcl.Expression) bool {
	n := native(expr)
	context, ok := e.context(expr)
	if n == nil || !ok || !marked(context) {
		return true
	}
	if !e.budget.Step(expr.Range()) || !e.guard(n) {
		return true
	}
	w := discreetWalker{evaluator: e, contexts: []*hcl.EvalContext{e.asking(context, nil)}}
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
				w.Error(arg.Range(), "Sensitive value not allowed", "What is asked of a cluster is printed, so it cannot depend on a sensitive variable.")
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
		condition := worth(n.Condition, of)
		yes, no := Unknown, Unknown
		if condition != False {
			yes = worth(n.TrueResult, of)
		}
		if condition != True {
			no = worth(n.FalseResult, of)
		}
		switch condition {
		case True:
			return yes
		case False:
			return no
		case Unknown:
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
			return of(expr)
		}
		left := worth(n.LHS, of)
		if left == decisive {
			return decisive
		}
		right := worth(n.RHS, of)
		switch {
		case right == decisive:
			return decisive
		case left == Unknown || right == Unknown:
			return Unknown
		}
		return right
	}
	return of(expr)
}

// invariant tells what a condition comes to whatever the cluster and the variables are,
// where that is known. A part that refers to something may come to anything.
func (e *evaluator) invariant(expr hcl.Expression) (always, constant bool) {
	e.environment = &Environment{}
	defer func() { e.environment = nil }()
	x := e.explore(expr, brief)
	if x == nil {
		return false, false
	}
	known := func(part hcl.Expression) Truth {
		if len(part.Variables()) > 0 {
			return Unknown
		}
		holds, _ := x.truthOf(part)
		return holds
	}
	holds := known(x.expr)
	if n := native(x.expr); holds == Unknown && n != nil {
		holds = worth(n, func(part hclsyntax.Expression) Truth { return known(part) })
	}
	return holds == True, holds != Unknown
}
