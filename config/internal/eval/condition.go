package eval

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
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
	result, first := e.asked(a.Expr, func(s sample) any { return s.outcome(cty.Bool) })
	switch {
	case e.Errors() > before:
	case result == fails:
		value, _ := first.value.UnmarkDeep()
		e.Is(value, cty.Bool, a.Name, at)
	case result != unsettled && len(a.Expr.Variables()) == 0:
		e.Warn(at, "Constant condition", "This condition is always %t, whatever the cluster serves.", result)
	}
}

// CheckMessage does the same for the error message.
func (e *Scope) CheckMessage(a *hcl.Attribute) {
	secret, fit, before, at := false, false, e.Errors(), a.Expr.Range()
	result, first := e.asked(a.Expr, func(s sample) any {
		// Every answer is tried until one lets something secret be printed.
		secret = secret || s.value.ContainsMarked() && !s.diags.HasErrors()
		result := s.outcome(cty.String)
		text, known := result.(string)
		fit = fit || result != fails && (!known || strings.ContainsFunc(text, func(r rune) bool { return r > ' ' }))
		return secret
	})
	switch {
	case secret:
		e.Error(at, "Sensitive value not allowed", "%q is printed, so it cannot depend on a sensitive variable.", a.Name)
	case e.Errors() == before && !fit && result != unsettled && e.Is(first.value, cty.String, a.Name, at):
		e.Error(at, "Empty error message", "The text is printed where the condition does not hold. Say in a sentence what is missing.")
	}
}

// SurveyAssert looks at an expression of an assert that is not made.
func (e *Scope) SurveyAssert(expr hcl.Expression) {
	e.asked(expr, func(sample) any { return nil })
}

// asked evaluates an expression of an assert for the answers that a cluster may give, and reports
// what fails whatever these are. It gives the outcome that all have in common, as judge says, or
// unsettled, and the first evaluation.
func (e *Scope) asked(expr hcl.Expression, judge func(sample) any) (any, sample) {
	own := *e
	own.cluster = &Answers{}
	x := own.explore(expr, brief)
	if x == nil || !x.discreet() {
		return unsettled, sample{}
	}
	result, first, agreed := x.agree(x.Expression, judge)
	if x.vague {
		return unsettled, first // until it is asked
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
		result = x.decide(want)
	}
	if result != unsettled && e.cluster.Decided != nil {
		e.Budget.Call(e.cluster.Decided)
	}
	return result
}

func (x *exploration) decide(want cty.Type) any {
	if live, used := x.context.Variables["live"]; used && !live.IsWhollyKnown() {
		// What does not depend on live is asked all the same, so that it takes no more rounds.
		_, _ = x.Expression.Value(x.context)
		return unsettled
	}
	result, first, agreed := x.agree(x.Expression, func(s sample) any {
		result := s.outcome(want)
		// Some functions come to no value for null. A secret would be printed.
		if result == unsettled && !x.open || want == cty.String && s.value.ContainsMarked() {
			return fails
		}
		return result
	})
	switch {
	case !agreed:
		return unsettled
	case result != fails:
	case first.diags.HasErrors():
		x.explain(first.diags, x.secret)
	case want == cty.String && first.value.ContainsMarked():
		x.Error(x.Range(), "Sensitive value not allowed", "It is printed, so it cannot depend on a sensitive variable.")
	default:
		x.Error(x.Range(), "Incorrect value type", "It must be %s, and it is null or something else.", Article(want))
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
