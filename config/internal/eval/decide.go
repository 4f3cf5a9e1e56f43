package eval

import (
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
