package eval

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

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

// LiveNames lists the names that may follow live.
func LiveNames() []string { return []string{"emulation_version", "git_version", "platform", "version"} }

// Judge gives what the condition of an assert is by the answers, and its error message if it is False.
// The message is empty if a part of it is not known.
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

// decide gives the bool or string that an expression comes to, whatever the unknown answers are. If it
// fails, an error was reported.
func (e *Scope) decide(expr hcl.Expression, want cty.Type) any {
	x := e.explore(expr, thorough)
	if x == nil {
		return fails
	}
	if x.open {
		// What does not depend on live is asked all the same, so that it takes no more rounds.
		_, _ = x.Expression.Value(x.context)
		return unsettled
	}
	result, first, agreed := x.agree(x.Expression, func(s sample) any {
		if result := s.outcome(want); result != unsettled {
			return result
		}
		return fails // Some functions come to no value for null.
	})
	if !agreed {
		return unsettled
	}
	if e.cluster.Decided != nil {
		e.Budget.Call(e.cluster.Decided)
	}
	if first.diags.HasErrors() {
		x.explain(first.diags, x.secret)
	} else if result == fails {
		x.Error(x.Range(), "Incorrect value type", "It must be %s, and it is null or something else.", Article(want))
	}
	return result
}

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

// thorough and brief are how many questions may have no answer so that all combinations of answers are
// tried: for a verdict, and while a declaration is parsed.
const thorough, brief = 10, 4

// An exploration evaluates an expression of an assert once for each combination of answers that the
// cluster may give to what is unknown. Unknown values of cty cannot do that: ||, &&, can, try and sets
// may make another result of them than of any known answer.
type exploration struct {
	*Scope
	prepared
	// known holds what the cluster answered, so that nothing is put to it twice.
	known map[any]Truth
	// path has the questions without an answer, in order. assumed has an answer to each.
	path    []any
	assumed map[any]bool
	// guess is assumed first, and most is how long the path may be.
	guess bool
	most  int
}

// explore prepares an expression of an assert. Where it is nil, an error was reported.
func (e *Scope) explore(expr hcl.Expression, most int) *exploration {
	p, ok := e.prepare(expr)
	if !ok {
		return nil
	}
	x := &exploration{Scope: e, prepared: p, known: map[any]Truth{}, assumed: map[any]bool{}, most: most}
	x.context = p.context.NewChild()
	x.context.Functions = map[string]function.Function{}
	for _, call := range p.calls {
		if inquiry, asks := e.Inquiries[call.Name]; asks {
			x.context.Functions[call.Name] = inquiry.function(x)
		}
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
	value, found := x.assumed[question]
	if !found {
		value = x.guess
		x.path = append(x.path, question)
		x.assumed[question] = value
	}
	return value
}

type sample struct {
	value cty.Value
	diags hcl.Diagnostics
}

// outcome is what an evaluation comes to: a known bool or string, or one of these.
type outcome int

const (
	// fails is the outcome of an error, of null and of a value of another type.
	fails outcome = iota
	// unsettled is a value that is not known, as of unknown variables or live.
	unsettled
)

// outcome reduces a value to what is compared.
func (s sample) outcome(want cty.Type) any {
	value, _ := s.value.UnmarkDeep()
	switch {
	case !s.diags.HasErrors() && value.Type() == cty.DynamicPseudoType && !value.IsNull():
		return unsettled
	case s.diags.HasErrors() || value.IsNull() || value.Type() != want:
		return fails
	case !value.IsKnown():
		return unsettled
	case want == cty.Bool:
		return value.True()
	}
	return value.AsString()
}

// agree gives what all combinations come to by judge, and the first evaluation. agreed is false if
// they differ, or if there are too many.
func (x *exploration) agree(expr hcl.Expression, judge func(sample) any) (result any, first sample, agreed bool) {
	try := func() (s sample) {
		s.value, s.diags = expr.Value(x.context)
		return s
	}
	x.path, x.assumed, x.guess = nil, map[any]bool{}, true
	first = try()
	result = judge(first)
	if len(x.path) == 0 {
		return result, first, true
	}
	// Most expressions that depend on the answers differ between all yes and all no.
	x.path, x.assumed, x.guess = nil, map[any]bool{}, false
	for more := true; more; more = x.next() {
		if judge(try()) != result || len(x.path) > x.most || x.Budget.Stopped() {
			return nil, first, false
		}
	}
	return result, first, true
}

// next turns to the next combination, if there is one: depth first, the last question first.
func (x *exploration) next() bool {
	for n, last := range slices.Backward(x.path) {
		if !x.assumed[last] {
			x.assumed[last] = true
			return true
		}
		delete(x.assumed, last)
		x.path = x.path[:n]
	}
	return false
}

// holds gives what part comes to in all combinations. An error that all of them have is reported.
func (x *exploration) holds(part hclsyntax.Expression) Truth {
	result, first, agreed := x.agree(part, func(s sample) any { return [2]any{s.outcome(cty.Bool), s.diags.HasErrors()} })
	if agreed && first.diags.HasErrors() {
		x.explain(first.diags, x.secret)
	}
	return map[any]Truth{[2]any{true, false}: True, [2]any{false, false}: False}[result]
}
