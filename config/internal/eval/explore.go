package eval

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// How many combinations of answers are tried: for a verdict, and for what is reported while a
// declaration is parsed. maxAsked bounds the questions in all of them, which is half a second.
const (
	thorough = 1024
	brief    = 16
	maxAsked = 30_000
)

// An exploration evaluates an expression of an assert once for each combination of answers that
// the cluster may give to what is not known. Unknown values of cty are no substitute: ||, &&, can,
// try and sets may decide with them what a known answer decides otherwise.
type exploration struct {
	*Scope
	expr   hcl.Expression
	within *hcl.EvalContext
	// The expression refers to something sensitive, or not known. If it is vague, what cty makes
	// of that may be wrong.
	secret, open, vague bool
	// most is how many combinations are tried. asked counts questions in all of them.
	most, asked int
	// known holds what the cluster answered, so that nothing is put to it twice.
	known map[any]Truth
	// path holds what is assumed of questions without an answer, in the order in which the
	// evaluation came to them: it comes to a question only by the answers to those before.
	path    []assumption
	assumed map[any]bool
	// guess is assumed first of a question that is not in the path.
	guess bool
}

type assumption struct {
	question any
	value    bool
	// both is set where the other value was tried.
	both bool
}

// explore prepares an expression for evaluation. Where it is nil, an error was
// reported.
func (e *Scope) explore(expr hcl.Expression, most int) *exploration {
	context, ok := e.context(expr)
	if !ok {
		return nil
	}
	expr, calls, ok := e.prepared(expr, context)
	if !ok {
		return nil
	}
	open := slices.ContainsFunc(slices.Collect(maps.Values(context.Variables)), func(v cty.Value) bool { return !v.IsWhollyKnown() })
	x := &exploration{Scope: e, expr: expr, within: context, most: most, secret: marked(context), open: open, known: map[any]Truth{}}
	x.vague = open && slices.ContainsFunc(calls, func(call *hclsyntax.FunctionCallExpr) bool {
		return slices.Contains([]string{"can", "try", "toset", "setintersection", "setproduct", "setsubtract", "setunion"}, call.Name)
	})
	x.assume(nil, true)
	if len(calls) > 0 {
		x.within = e.asking(context, x)
	}
	return x
}

// truth answers a question by what the cluster answers, or by what is assumed.
func (x *exploration) truth(question any) bool {
	known, asked := x.known[question]
	if !asked {
		if ask := x.cluster.Truth; ask != nil {
			x.Budget.Call(func() { known = ask(question) })
		}
		x.known[question] = known
	}
	if known != Unknown {
		return known == True
	}
	x.asked++
	value, found := x.assumed[question]
	if !found {
		value = x.guess
		x.path = append(x.path, assumption{question: question, value: value})
		x.assumed[question] = value
	}
	return value
}

// sample is what one evaluation gave.
type sample struct {
	value cty.Value
	diags hcl.Diagnostics
}

// outcome is what an evaluation comes to: the known value of a bool or a string, or
// one of these.
type outcome int

const (
	// fails is the one outcome of an error, of null and of a value of another type.
	fails outcome = iota
	// unsettled is a value that is not known, as of unknown variables or live.
	unsettled
)

// outcome reduces a value to what is compared.
func (s sample) outcome(want cty.Type) any {
	value, _ := s.value.UnmarkDeep()
	switch {
	case s.diags.HasErrors() || value.IsNull():
		return fails
	case value.Type() == cty.DynamicPseudoType:
		return unsettled
	case value.Type() != want:
		return fails
	case !value.IsKnown():
		return unsettled
	case want == cty.Bool:
		return value.True()
	}
	return value.AsString()
}

// agree gives what all combinations come to, as judge says, and what the first one gave. They do
// not agree where there are too many.
func (x *exploration) agree(expr hcl.Expression, judge func(sample) any) (result any, first sample, agreed bool) {
	try := func() (s sample) {
		s.value, s.diags = expr.Value(x.within)
		return s
	}
	x.assume(nil, true)
	first = try()
	result = judge(first)
	// Whatever is assumed of the questions before, each can be answered otherwise.
	tooMany := len(x.path) >= x.most
	if path := x.path; len(path) > 1 {
		// Whatever can differ mostly does between all answers being yes and all no.
		x.assume(nil, false)
		if judge(try()) != result {
			return nil, first, false
		}
		x.assume(path, true)
	}
	for tried := 1; !tooMany && x.next(); tried++ {
		if tried == x.most || x.asked > maxAsked || x.Budget.Stopped() || judge(try()) != result {
			return nil, first, false
		}
	}
	return result, first, !tooMany
}

// assume starts from a path.
func (x *exploration) assume(path []assumption, guess bool) {
	x.path, x.guess, x.assumed = path, guess, make(map[any]bool, len(path))
	for _, a := range path {
		x.assumed[a.question] = a.value
	}
}

// next turns to the next combination, if there is one: depth first, the last question
// first.
func (x *exploration) next() bool {
	for n := len(x.path) - 1; n >= 0; n-- {
		last := &x.path[n]
		if !last.both {
			last.value, last.both = !last.value, true
			x.assumed[last.question] = last.value
			return true
		}
		delete(x.assumed, last.question)
		x.path = x.path[:n]
	}
	return false
}

// truthOf gives what a part of the expression comes to, where all combinations agree, and
// the error that it has in each of them.
func (x *exploration) truthOf(part hcl.Expression) (Truth, hcl.Diagnostics) {
	result, first, _ := x.agree(part, func(s sample) any { return s.outcome(cty.Bool) })
	if result != fails {
		first.diags = nil
	}
	return map[any]Truth{true: True, false: False}[result], first.diags
}
