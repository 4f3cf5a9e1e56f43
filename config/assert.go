package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
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

func (t Truth) String() string {
	switch t {
	case Unknown:
		return "unknown"
	case False:
		return "false"
	case True:
		return "true"
	}
	panic("config: no such truth")
}

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
func (a *Assert) Evaluate(env Environment) (Condition, hcl.Diagnostics) {
	var c Condition
	var diags hcl.Diagnostics
	limits := budget.Default()
	if a.evaluator.limits != nil {
		limits = *a.evaluator.limits
	}
	if exceeded := a.evaluator.budget.Run(a, limits, func() { c, diags = a.evaluate(env) }); exceeded != nil {
		return Condition{}, hcl.Diagnostics{exceeded}
	}
	return c, diags
}

func (a *Assert) evaluate(env Environment) (Condition, hcl.Diagnostics) {
	e := *a.evaluator
	e.List, e.environment = &diag.List{}, &env
	holds, ok := e.decide(a.condition, cty.Bool).(bool)
	switch {
	case !ok:
		return Condition{}, e.Diags
	case holds:
		return Condition{Holds: True}, nil
	}
	c := Condition{Holds: False}
	c.Message, _ = e.decide(a.message, cty.String).(string)
	return c, e.Diags
}

// decide gives the bool or the string that an expression comes to whatever is not known.
// Where it fails, an error was reported.
func (e *evaluator) decide(expr hcl.Expression, want cty.Type) any {
	x := e.explore(expr, thorough)
	if x == nil {
		e.decided()
		return fails
	}
	if live, used := x.context.Variables["live"]; used && !live.IsWhollyKnown() {
		// What does not depend on live is asked all the same, so that it takes no more rounds.
		delete(x.context.Variables, "live")
		for _, n := range natives(x.expr) {
			calls(n, func(call *hclsyntax.FunctionCallExpr) {
				if isClusterFunction(call.Name) {
					_, _ = call.Value(x.context)
				}
			})
		}
		return unsettled
	}
	var first *sample
	result, agreed := x.agree(x.expr, func(value cty.Value, diags hcl.Diagnostics) any {
		if first == nil {
			first = &sample{value, diags}
		}
		result := outcomeOf(value, diags, want)
		// Some functions come to no value for null. A secret would be printed.
		if result == unsettled && !x.open || want == cty.String && value.ContainsMarked() {
			return fails
		}
		return result
	})
	if !agreed {
		return unsettled
	}
	switch result {
	case unsettled:
		return unsettled
	case fails:
		e.explain(first.diags, x.secret)
		switch {
		case first.diags.HasErrors():
		case want == cty.String && first.value.ContainsMarked():
			e.Error(expr.Range(), "Sensitive value not allowed", "It is printed, so it cannot depend on a sensitive variable.")
		default:
			e.Error(expr.Range(), "Incorrect value type", "It must be %s, and this is %s.", article(want), kind(first.value))
		}
	}
	e.decided()
	return result
}

// kind says in words what a value is, without showing it.
func kind(value cty.Value) string {
	switch {
	case value.IsNull():
		return "null"
	case value.Type() == cty.DynamicPseudoType:
		return "no value"
	}
	return article(value.Type())
}

func (e *evaluator) decided() {
	if e.environment.Decided != nil {
		e.budget.Call(e.environment.Decided)
	}
}

// live gives live.version and its like.
func (env *Environment) live(name string, b *budget.Budget) cty.Value {
	live := cty.UnknownVal(cty.String).RefineNotNull()
	if env.Live != nil {
		b.Call(func() {
			if value, known := env.Live(name); known {
				live = cty.StringVal(value)
			}
		})
	}
	return live
}

// liveReference resolves what begins with live.
func (e *evaluator) liveReference(t hcl.Traversal) (reference, bool) {
	name := ""
	if len(t) > 1 {
		if attribute, ok := t[1].(hcl.TraverseAttr); ok {
			name = attribute.Name
		}
	}
	switch {
	case e.environment == nil:
		e.Error(t.SourceRange(), "Known only from the cluster",
			"What live tells is known only once a cluster was asked, and may stand only in an assert of a check.")
	case name == "":
		e.Error(t.SourceRange(), "Incomplete reference", "live stands before a dot and a name, as in live.version.")
	case !slices.Contains(LiveNames(), name):
		e.Error(t.SourceRange(), "Unknown reference", "Of the cluster, live.version, live.git_version, live.emulation_version and live.platform are known.%s",
			diag.DidYouMean("live."+name, []string{"live.emulation_version", "live.git_version", "live.platform", "live.version"}))
	default:
		return reference{live: name}, true
	}
	return reference{}, false
}

// calls visits the function calls within an expression of native syntax.
func calls(expr hclsyntax.Expression, visit func(*hclsyntax.FunctionCallExpr)) {
	// A visitor that returns no diagnostics causes none.
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		if call, ok := node.(*hclsyntax.FunctionCallExpr); ok {
			visit(call)
		}
		return nil
	})
}

// native gives an expression as native syntax has it. A text of JSON is a
// template there. It is nil for other values of JSON.
func native(expr hcl.Expression) hclsyntax.Expression {
	expr, _ = unscoped(expr)
	if n, ok := expr.(hclsyntax.Expression); ok {
		return n
	}
	// Without a context, a text of JSON is itself.
	value, _ := expr.Value(nil)
	if value.IsNull() || !value.IsKnown() || value.Type() != cty.String || !strings.Contains(value.AsString(), "{") {
		return nil
	}
	at := expr.Range().Start
	template, diags := hclsyntax.ParseTemplate([]byte(value.AsString()), expr.Range().Filename, hcl.Pos{Line: at.Line, Column: at.Column + 1, Byte: at.Byte + 1})
	if diags.HasErrors() {
		return nil
	}
	return template
}

// natives gives the parts of an expression in native syntax: all of it, or each
// text of a value of JSON.
func natives(expr hcl.Expression) []hclsyntax.Expression {
	expr, _ = unscoped(expr)
	if n := native(expr); n != nil {
		return []hclsyntax.Expression{n}
	}
	var all []hclsyntax.Expression
	if items, diags := hcl.ExprList(expr); !diags.HasErrors() {
		for _, item := range items {
			all = append(all, natives(item)...)
		}
	} else if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		for _, pair := range pairs {
			all = append(all, natives(pair.Key)...)
			all = append(all, natives(pair.Value)...)
		}
	}
	return all
}

// asksCluster reports calls of functions that ask a cluster, where none can be
// asked.
func (e *evaluator) asksCluster(expr hcl.Expression) bool {
	if isPlain(expr) {
		return false
	}
	found := false
	for _, n := range natives(expr) {
		calls(n, func(call *hclsyntax.FunctionCallExpr) {
			if isClusterFunction(call.Name) {
				found = true
				e.Error(call.NameRange, "Known only from the cluster",
					"What the function %q tells is known only once a cluster was asked, and may stand only in an assert of a check.", call.Name)
			}
		})
	}
	return found
}

// isPlain tells, of most expressions that declarations have, that they call
// nothing, without a walk through them.
func isPlain(expr hcl.Expression) bool {
	switch n := expr.(type) {
	case guard:
		return isPlain(n.Expression)
	case *hclsyntax.ParenthesesExpr:
		return isPlain(n.Expression)
	case *hclsyntax.LiteralValueExpr, *hclsyntax.ScopeTraversalExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return n.IsStringLiteral()
	case *hclsyntax.TupleConsExpr:
		for _, item := range n.Exprs {
			if !isPlain(item) {
				return false
			}
		}
		return true
	}
	return false
}
