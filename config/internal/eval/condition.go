package eval

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// Truth is what is known of a proposition. Its zero value is Unknown.
type Truth int

// The three values of truth.
const (
	Unknown Truth = iota
	False
	True
)

func (t Truth) String() string { return [...]string{"unknown", "false", "true"}[t] }

// Answers is what an assert asks of a cluster. A nil function knows nothing.
type Answers struct {
	// Live gives live.version and its like, by the name behind the dot.
	Live func(name string) (string, bool)
	// Truth answers the question of an [Inquiry].
	Truth func(question any) Truth
	// Decided is called once the condition, or the message after it, is decided.
	Decided func()
}

// LiveNames lists what stands behind live.
func LiveNames() []string { return []string{"emulation_version", "git_version", "platform", "version"} }

// CheckCondition reports what is wrong with the condition of an assert, whatever the cluster is.
func (e *Scope) CheckCondition(a *hcl.Attribute) {
	before, at := e.Errors(), a.Expr.Range()
	x, result, unfit := e.asked(a.Expr, func(s sample) (any, bool) {
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
	if holds := x.invariant(); holds != Unknown {
		what := map[Truth]string{True: "always", False: "never"}[holds]
		e.Warn(at, "Constant condition", "This condition %s holds, whatever the cluster serves and whatever values the variables have.", what)
	}
}

// CheckMessage does the same for the error message.
func (e *Scope) CheckMessage(a *hcl.Attribute) {
	secret, at := false, a.Expr.Range()
	_, _, unfit := e.asked(a.Expr, func(s sample) (any, bool) {
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

// asked evaluates an expression of an assert for the answers that a cluster may give, and finds
// what is wrong with it whatever these are. judge gives the outcome of an evaluation, and whether
// it is fit for use. asked gives the outcome that all have in common, and the first evaluation
// where none is fit for use, unless that was reported as an error.
func (e *Scope) asked(expr hcl.Expression, judge func(sample) (any, bool)) (*exploration, any, *sample) {
	e.Functions() // once for all asserts
	own := *e
	own.cluster = &Answers{}
	if !own.discreet(expr) {
		return nil, unsettled, nil
	}
	x := own.explore(expr, brief)
	if x == nil {
		return nil, unsettled, nil
	}
	fit := false
	result, first, agreed := x.agree(x.expr, func(s sample) any {
		result, ok := judge(s)
		fit = fit || ok
		return result
	})
	switch {
	case x.vague:
		return x, unsettled, nil // until it is asked
	case agreed && !fit && first.diags.HasErrors():
		x.explain(first.diags, x.secret)
		return x, unsettled, nil
	case agreed && !fit:
		return x, result, &first
	case !agreed:
		result = unsettled
	}
	x.examine()
	return x, result, nil
}

// invariant tells what a condition comes to whatever the cluster and the variables are,
// where that is known. A part that refers to something may come to anything.
func (x *exploration) invariant() Truth {
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

// Judge gives what the condition of an assert is by what answers tells, and its error message
// where it is False. The message is empty where a part of it is not known.
func (e *Scope) Judge(condition, message hcl.Expression, answers Answers) (holds Truth, text string, diags hcl.Diagnostics) {
	own := *e
	own.List, own.cluster = &diag.List{}, &answers
	switch own.decide(condition, cty.Bool) {
	case true:
		holds = True
	case false:
		holds = False
		text, _ = own.decide(message, cty.String).(string)
	}
	return holds, text, own.Diags
}

// decide gives the bool or the string that an expression comes to whatever is not known.
// Where it fails, an error was reported.
func (e *Scope) decide(expr hcl.Expression, want cty.Type) any {
	var result any = fails
	if x := e.explore(expr, thorough); x != nil {
		result = x.decide(want, expr.Range())
	}
	if result != unsettled && e.cluster.Decided != nil {
		e.Budget.Call(e.cluster.Decided)
	}
	return result
}

func (x *exploration) decide(want cty.Type, at hcl.Range) any {
	if live, used := x.within.Variables["live"]; used && !live.IsWhollyKnown() {
		// What does not depend on live is asked all the same, so that it takes no more rounds.
		delete(x.within.Variables, "live")
		for _, call := range callsIn(x.expr) {
			if _, asks := x.Inquiries[call.Name]; asks {
				_, _ = call.Value(x.within)
			}
		}
		return unsettled
	}
	result, first, agreed := x.agree(x.expr, func(s sample) any {
		result := s.outcome(want)
		// Some functions come to no value for null. A secret would be printed.
		if result == unsettled && !x.open || want == cty.String && s.value.ContainsMarked() {
			return fails
		}
		return result
	})
	if !agreed {
		return unsettled
	}
	switch {
	case result != fails:
	case first.diags.HasErrors():
		x.explain(first.diags, x.secret)
	case want == cty.String && first.value.ContainsMarked():
		x.Error(at, "Sensitive value not allowed", "It is printed, so it cannot depend on a sensitive variable.")
	case first.value.IsNull():
		x.Error(at, "Incorrect value type", "It must be %s, and this is null.", Article(want))
	default:
		x.Error(at, "Incorrect value type", "It must be %s, and this is %s.", Article(want), Article(first.value.Type()))
	}
	return result
}

// live gives live.version and its like.
func (e *Scope) live(name string) cty.Value {
	live := cty.UnknownVal(cty.String).RefineNotNull()
	if ask := e.cluster.Live; ask != nil {
		e.Budget.Call(func() {
			if value, known := ask(name); known {
				live = cty.StringVal(value)
			}
		})
	}
	return live
}
