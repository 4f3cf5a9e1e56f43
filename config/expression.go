package config

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// mark is put on the values of sensitive variables. It stays on whatever is
// computed from them.
type mark string

const sensitive mark = "sensitive"

// concealed is the detail of an error whose own detail could quote a secret.
const concealed = diag.Concealed

// evaluator evaluates expressions over var.*, local.* and pod.namespace, the
// iterators of dynamic blocks and, in an assert, what the cluster tells.
type evaluator struct {
	*diag.List
	inputs    Inputs
	variables map[string]*variable
	locals    map[string]*local
	// implementations are those of functions, and made when one is called first.
	implementations map[string]function.Function
	// budget watches every evaluation. Its limits are the program's where limits is nil.
	budget *budget.Budget
	limits *budget.Limits
	// ranges counts the version ranges that were judged.
	ranges int
	// environment is set in an assert only.
	environment *Environment
}

// value evaluates an expression. Where it is false, an error was reported.
func (e *evaluator) value(expr hcl.Expression) (cty.Value, bool) {
	context, ok := e.context(expr)
	expr, _ = unscoped(expr)
	if e.asksCluster(expr) || !ok {
		return cty.DynamicVal, false
	}
	return e.within(expr, context)
}

// constant evaluates an expression that may refer to nothing. Where secret, no
// error quotes a part of it.
func (e *evaluator) constant(expr hcl.Expression, secret bool) (cty.Value, bool) {
	if e.asksCluster(expr) {
		return cty.DynamicVal, false
	}
	if names := expr.Variables(); len(names) > 0 {
		interpolated := interpolatedIn(expr)
		for _, t := range names {
			detail := concealed
			if !secret {
				detail = e.constantName(t, interpolated()[spelled(t)])
			}
			e.Error(t.SourceRange(), "Variables not allowed", "%s", detail)
		}
		return cty.DynamicVal, false
	}
	return e.evaluate(expr, nil, secret)
}

func (e *evaluator) within(expr hcl.Expression, context *hcl.EvalContext) (cty.Value, bool) {
	calls := callsIn(expr)
	if !e.callable(expr, calls) {
		return cty.DynamicVal, false
	}
	if len(calls) > 0 {
		context.Functions = e.functions()
	}
	return e.evaluate(expr, context, marked(context))
}

// evaluate evaluates an expression under the budget.
func (e *evaluator) evaluate(expr hcl.Expression, context *hcl.EvalContext, secret bool) (cty.Value, bool) {
	if !e.budget.Step(expr.Range()) {
		return cty.DynamicVal, false
	}
	checked, ok := e.guarded(expr, context)
	if !ok {
		return cty.DynamicVal, false
	}
	value, diags := checked.Value(context)
	e.explain(diags, secret)
	return value, !diags.HasErrors()
}

// explain reports hcl's diagnostics of an evaluation. Some of their details quote
// values, so that they are left out where a secret is involved.
func (e *evaluator) explain(diags hcl.Diagnostics, secret bool) {
	for _, d := range diags {
		if secret {
			d.Detail = concealed
		}
		e.Add(d)
	}
}

func marked(context *hcl.EvalContext) bool {
	for _, v := range context.Variables {
		if v.ContainsMarked() {
			return true
		}
	}
	return false
}

// context gives an expression exactly what it refers to. Where it refers to
// something that does not exist, that is reported.
func (e *evaluator) context(expr hcl.Expression) (*hcl.EvalContext, bool) {
	expr, iterators := unscoped(expr)
	traversals := expr.Variables()
	if len(traversals) == 0 {
		return &hcl.EvalContext{}, true
	}
	context := &hcl.EvalContext{Variables: map[string]cty.Value{}}
	live := map[string]cty.Value{}
	variables, locals, ok := map[string]cty.Value{}, map[string]cty.Value{}, true
	pod := cty.NilVal
	interpolated := interpolatedIn(expr)
	for _, traversal := range traversals {
		if element, found := iterators[traversal.RootName()]; found {
			context.Variables[traversal.RootName()] = element
			continue
		}
		r, valid := e.reference(traversal, interpolated)
		if !valid {
			ok = false
			continue
		}
		switch {
		case r.variable != nil:
			variables[r.variable.name] = r.variable.value
		case r.local != nil:
			locals[r.local.name] = r.local.value
		case r.live != "":
			live[r.live] = e.environment.live(r.live, e.budget)
		default:
			pod = e.podNamespace()
			if pod == cty.NilVal {
				e.Error(traversal.SourceRange(), "Unknown namespace",
					"pod.namespace is the namespace of the Pod that kreconcile runs in, and it does not run in one. Outside of a Pod, add --namespace NAME.")
				ok = false
			}
		}
	}
	if len(variables) > 0 {
		context.Variables["var"] = cty.ObjectVal(variables)
	}
	if len(locals) > 0 {
		context.Variables["local"] = cty.ObjectVal(locals)
	}
	if len(live) > 0 {
		context.Variables["live"] = cty.ObjectVal(live)
	}
	if pod != cty.NilVal {
		context.Variables["pod"] = cty.ObjectVal(map[string]cty.Value{"namespace": pod})
	}
	return context, ok
}

func (e *evaluator) podNamespace() cty.Value {
	switch {
	case e.inputs.PodNamespace != "":
		return cty.StringVal(e.inputs.PodNamespace)
	case e.inputs.AllowUnknown:
		return cty.UnknownVal(cty.String).RefineNotNull()
	}
	return cty.NilVal
}

// reference is what a traversal refers to; none means pod.namespace.
type reference struct {
	variable *variable
	local    *local
	live     string
}

// reference resolves a traversal, which counts as a use of what it refers to, or reports why it cannot.
func (e *evaluator) reference(t hcl.Traversal, interpolated func() map[string]bool) (reference, bool) {
	root := t.RootName()
	if root == "live" {
		return e.liveReference(t)
	}
	if root != "var" && root != "local" && root != "pod" {
		e.unknownRoot(t, interpolated()[spelled(t)])
		return reference{}, false
	}
	name, at := "", t.SourceRange()
	if len(t) > 1 {
		if attribute, ok := t[1].(hcl.TraverseAttr); ok {
			name, at = attribute.Name, hcl.RangeBetween(t[0].SourceRange(), attribute.SrcRange)
		}
	}
	switch {
	case name == "":
		e.Error(at, "Incomplete reference", "%s stands before a dot and a name, as in %s.", root, example(root))
	case root == "var" && e.variables[name] != nil:
		e.variables[name].used = true
		return reference{variable: e.variables[name]}, true
	case root == "local" && e.locals[name] != nil:
		e.locals[name].used = true
		return reference{local: e.locals[name]}, true
	case root == "pod" && name == "namespace":
		return reference{}, true
	case root == "var":
		e.Error(at, "Undeclared variable", "No variable %q is declared.%s", name, diag.DidYouMean(name, sortedKeys(e.variables)))
	case root == "local":
		e.Error(at, "Undeclared local value", "No locals block sets %q.%s", name, diag.DidYouMean(name, sortedKeys(e.locals)))
	default:
		e.Error(at, "Unknown reference", "Of the Pod, only pod.namespace is known.")
	}
	return reference{}, false
}

func example(root string) string {
	if root == "pod" {
		return "pod.namespace"
	}
	return root + ".example"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
