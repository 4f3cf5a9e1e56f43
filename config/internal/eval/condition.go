package eval

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// CheckCondition reports what is wrong with the condition of an assert, whatever the cluster is.
func (e *Scope) CheckCondition(a *hcl.Attribute) {
	before, at := e.Errors(), a.Expr.Range()
	result, unfit := e.asked(a.Expr, func(s sample) (any, bool) {
		result := s.outcome(cty.Bool)
		return result, result != fails
	})
	if unfit != nil {
		value, _ := unfit.value.UnmarkDeep()
		inner, _ := unscoped(a.Expr)
		if _, isNative := inner.(hclsyntax.Expression); !isNative && value.Type() == cty.String && !value.IsNull() {
			e.Error(at, "Incorrect value type", "%q must be a bool, and this is a string. Write one expression and nothing beside it: \"${...}\".", a.Name)
		} else {
			e.Is(value, cty.Bool, a.Name, at)
		}
		return
	}
	if _, settled := result.(bool); !settled || e.Errors() > before {
		return
	}
	if holds := e.invariant(a.Expr); holds != Unknown {
		what := map[Truth]string{True: "always", False: "never"}[holds]
		e.Warn(at, "Constant condition", "This condition %s holds, whatever the cluster serves and whatever values the variables have.", what)
	}
}

// CheckMessage does the same for the error message.
func (e *Scope) CheckMessage(a *hcl.Attribute) {
	secret, at := false, a.Expr.Range()
	_, unfit := e.asked(a.Expr, func(s sample) (any, bool) {
		secret = secret || s.value.ContainsMarked() && !s.diags.HasErrors()
		result := s.outcome(cty.String)
		text, known := result.(string)
		// Every answer is tried until one lets something secret be printed.
		return secret, result != fails && (!known || strings.ContainsFunc(text, func(r rune) bool { return r > ' ' }))
	})
	switch {
	case secret:
		e.Error(at, "Sensitive value not allowed", "%q is printed, so it cannot depend on a sensitive variable.", a.Name)
	case unfit != nil && e.Is(unfit.value, cty.String, a.Name, at):
		e.Error(at, "Empty error message", "The text is printed where the condition does not hold. Say in a sentence what is missing.")
	}
}

// SurveyAssert looks at an expression of an assert that is not made.
func (e *Scope) SurveyAssert(expr hcl.Expression) {
	e.asked(expr, func(s sample) (any, bool) { return s.diags.HasErrors(), !s.diags.HasErrors() })
}

// asked evaluates an expression of an assert for the Answers that a cluster may give,
// and finds what is wrong with it whatever these are. judge gives the outcome of an
// evaluation, and whether it is fit for use. asked gives the outcome that all have in
// common, and the first evaluation where none is fit for use, unless that was
// reported as an error.
func (e *Scope) asked(expr hcl.Expression, judge func(sample) (any, bool)) (any, *sample) {
	e.cluster = &Answers{}
	defer func() { e.cluster = nil }()
	if !e.discreet(expr) {
		return unsettled, nil
	}
	x := e.explore(expr, brief)
	if x == nil {
		return unsettled, nil
	}
	fit := false
	result, first, agreed := x.agree(x.expr, func(s sample) any {
		result, ok := judge(s)
		fit = fit || ok
		return result
	})
	switch {
	case x.vague:
		return unsettled, nil // until it is asked
	case agreed && !fit && first.diags.HasErrors():
		e.explain(first.diags, x.secret)
		return unsettled, nil
	case agreed && !fit:
		return result, &first
	case !agreed:
		result = unsettled
	}
	x.examine()
	return result, nil
}

// invariant tells what a condition comes to whatever the cluster and the variables are,
// where that is known. A part that refers to something may come to anything.
func (e *Scope) invariant(expr hcl.Expression) Truth {
	e.cluster = &Answers{}
	defer func() { e.cluster = nil }()
	x := e.explore(expr, brief)
	if x == nil {
		return Unknown
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
	return holds
}
