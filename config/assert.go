package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/kubeapi"
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

// Environment answers what an assert asks of a cluster. Each function is called
// only for what an expression refers to, with arguments that are known and valid,
// so that it can also record what must be asked. One that is nil knows nothing,
// and so does the zero value.
type Environment struct {
	// Live gives live.version and its like, by the name behind the dot, which is one
	// of [LiveNames]. It is false where it is not known.
	Live func(name string) (value string, known bool)
	// Kubernetes tells whether the server's version meets a constraint.
	Kubernetes func(VersionConstraint) Truth
	// Served tells whether a group version is served, or a resource of it, or a
	// subresource, such as "pods" or "pods/log". The empty resource is for the
	// group version itself.
	Served func(gv kubeapi.GroupVersion, resource string) Truth
	// ServedKind tells whether a group version serves a resource of a kind.
	ServedKind func(gv kubeapi.GroupVersion, kind string) Truth
	// Allowed answers an access review. Of the resource, the ObjectName is empty.
	Allowed func(verb string, resource PermissionResource) Truth
	// Decided is called once the condition, or the error message after it, is decided:
	// nothing that was not known so far matters to it. It may be nil.
	Decided func()
}

// LiveNames lists what stands behind live.
func LiveNames() []string { return []string{"emulation_version", "git_version", "platform", "version"} }

// Condition is the outcome of an assert.
type Condition struct {
	Holds Truth
	// Message is the author's error message where Holds is False. It is empty
	// where a part of it is not known.
	Message string
}

// Evaluate evaluates the condition by what env knows. It is True or False exactly
// where every combination of answers to what env does not know gives this, and where
// all that it uses of live is known; else it is Unknown. There are diagnostics where
// the evaluation fails in every combination, as where a string from the server is no
// number; the condition is then Unknown too. It is also Unknown where there are too
// many combinations to try. The functions of env are called for all that any
// combination which was tried came to. Diagnostics never quote a sensitive value.
func (a *Assert) Evaluate(env Environment) (c Condition, diags hcl.Diagnostics) {
	limits := budget.Default()
	if a.evaluator.limits != nil {
		limits = *a.evaluator.limits
	}
	exceeded := a.evaluator.budget.Run(a, limits, func() {
		e := *a.evaluator
		e.List, e.cluster = &diag.List{}, &answers{live: env.Live, truth: env.answer, decided: env.Decided}
		c, diags = e.judge(a.condition, a.message), e.Diags
	})
	if exceeded != nil {
		return Condition{}, hcl.Diagnostics{exceeded}
	}
	return c, diags
}

// answers is what an assert asks of a cluster. A nil function knows nothing.
type answers struct {
	live    func(name string) (string, bool)
	truth   func(question any) Truth
	decided func()
}

func (e *evaluator) judge(condition, message hcl.Expression) Condition {
	switch e.decide(condition, cty.Bool) {
	case true:
		return Condition{Holds: True}
	case false:
		text, _ := e.decide(message, cty.String).(string)
		return Condition{Holds: False, Message: text}
	}
	return Condition{}
}

// decide gives the bool or the string that an expression comes to whatever is not known.
// Where it fails, an error was reported.
func (e *evaluator) decide(expr hcl.Expression, want cty.Type) any {
	var result any = fails
	if x := e.explore(expr, thorough); x != nil {
		result = x.decide(want, expr.Range())
	}
	if result != unsettled && e.cluster.decided != nil {
		e.budget.Call(e.cluster.decided)
	}
	return result
}

func (x *exploration) decide(want cty.Type, at hcl.Range) any {
	if live, used := x.within.Variables["live"]; used && !live.IsWhollyKnown() {
		// What does not depend on live is asked all the same, so that it takes no more rounds.
		delete(x.within.Variables, "live")
		for _, call := range callsIn(x.expr) {
			if _, asks := x.inquiries[call.Name]; asks {
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
		x.Error(at, "Incorrect value type", "It must be %s, and this is null.", article(want))
	default:
		x.Error(at, "Incorrect value type", "It must be %s, and this is %s.", article(want), article(first.value.Type()))
	}
	return result
}

// live gives live.version and its like.
func (e *evaluator) live(name string) cty.Value {
	live := cty.UnknownVal(cty.String).RefineNotNull()
	if ask := e.cluster.live; ask != nil {
		e.budget.Call(func() {
			if value, known := ask(name); known {
				live = cty.StringVal(value)
			}
		})
	}
	return live
}
