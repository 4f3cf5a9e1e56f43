package eval

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

type mark string

// sensitive is put on the values of sensitive variables. It stays on whatever is computed from them.
const sensitive mark = "sensitive"

// Scope evaluates expressions over var.*, local.* and pod.namespace, the
// iterators of dynamic blocks and, in an assert, what the cluster tells.
type Scope struct {
	*diag.List
	PodNamespace string
	AllowUnknown bool
	// CheckText checks the nesting of an expression that is not parsed yet.
	CheckText  func(string) *hcl.Diagnostic
	variables  map[string]*variable
	locals     map[string]*local
	localOrder []*local
	// implementations are those of functions, once one is called.
	implementations map[string]function.Function
	// Budget watches every evaluation.
	Budget *budget.Budget
	// Inquiries are the functions that ask a cluster, and cluster answers them: in an assert only.
	Inquiries map[string]Inquiry
	cluster   *Answers
}

// New gives a scope without variables and locals.
func New(b *budget.Budget) *Scope {
	return &Scope{List: &diag.List{}, Budget: b, variables: map[string]*variable{}, locals: map[string]*local{}}
}

// Settle gives variables and locals their values, and judges those of variables. parse parses a
// variable file, and may give nil where it reports an error.
func (e *Scope) Settle(assignments []Assignment, parse func(source.Source) hcl.Body) {
	e.assign(assignments, parse)
	e.evaluateLocals()
	e.validate()
}

// Value evaluates an expression. Where it is false, an error was reported.
func (e *Scope) Value(expr hcl.Expression) (cty.Value, bool) {
	p, ok := e.prepare(expr)
	if !ok {
		return cty.DynamicVal, false
	}
	return e.evaluate(p, p.context, p.secret)
}

// constant evaluates an expression that may refer to nothing. Where secret, no
// error quotes a part of it.
func (e *Scope) constant(expr hcl.Expression, secret bool) (cty.Value, bool) {
	names := expr.Variables()
	for _, t := range names {
		detail := diag.Concealed
		if !secret {
			detail = e.unknownName(expr, t, true)
		}
		e.Error(t.SourceRange(), "Variables not allowed", "%s", detail)
	}
	if len(names) > 0 || !e.Budget.Step(expr.Range()) {
		return cty.DynamicVal, false
	}
	// Without a context, nothing can be called, and a text of JSON is itself.
	if n, ok := expr.(hclsyntax.Expression); ok {
		e.guard(n)
	}
	return e.evaluate(expr, nil, secret)
}

// prepared is an expression with guards, and with what it refers to.
type prepared struct {
	hclsyntax.Expression
	context *hcl.EvalContext
	calls   []*hclsyntax.FunctionCallExpr
	// secret means that it refers to something sensitive.
	secret bool
}

// prepare prepares an expression for evaluation. Where it is false, an error was reported.
func (e *Scope) prepare(expr hcl.Expression) (p prepared, ok bool) {
	expr, iterators := unscoped(expr)
	n, diags := native(expr)
	e.Add(diags...)
	variables, ok := e.referents(n, iterators)
	if !ok || diags.HasErrors() || !e.Budget.Step(expr.Range()) {
		return p, false
	}
	p = prepared{Expression: n, context: &hcl.EvalContext{Variables: variables}}
	visit(n, func(node hclsyntax.Node) {
		if call, is := node.(*hclsyntax.FunctionCallExpr); is {
			p.calls, ok = append(p.calls, call), e.callable(call) && ok
		}
	})
	if len(p.calls) > 0 {
		p.context.Functions = e.Functions()
	}
	for _, value := range variables {
		p.secret = p.secret || value.ContainsMarked()
	}
	e.guard(n)
	return p, ok
}

func (e *Scope) evaluate(expr hcl.Expression, context *hcl.EvalContext, secret bool) (cty.Value, bool) {
	value, diags := expr.Value(context)
	e.explain(diags, secret)
	return value, !diags.HasErrors()
}

// explain reports hcl's diagnostics of an evaluation. Some of their details quote
// values, so that they are left out where a secret is involved.
func (e *Scope) explain(diags hcl.Diagnostics, secret bool) {
	for _, d := range diags {
		if secret {
			d.Detail = diag.Concealed
		}
		e.Add(d)
	}
}

// referents gives exactly what an expression refers to, by the first name. Where something does
// not exist, that is reported.
func (e *Scope) referents(expr hclsyntax.Expression, iterators Iterators) (variables map[string]cty.Value, ok bool) {
	variables, ok = map[string]cty.Value{}, true
	objects := map[string]map[string]cty.Value{}
	for _, t := range expr.Variables() {
		root := t.RootName()
		if element, found := iterators[root]; found {
			variables[root] = element
			continue
		}
		value, exists := e.reference(expr, t)
		if ok = ok && exists; objects[root] == nil {
			objects[root] = map[string]cty.Value{}
		}
		objects[root][nameBehind(t)] = value
	}
	for root, object := range objects {
		variables[root] = cty.ObjectVal(object)
	}
	return variables, ok
}

// nameBehind gives the name behind the first dot of a reference, or "".
func nameBehind(t hcl.Traversal) string {
	if len(t) > 1 {
		if attribute, ok := t[1].(hcl.TraverseAttr); ok {
			return attribute.Name
		}
	}
	return ""
}

// reference gives the value of what a part of an expression refers to, which counts as a use
// of it. Where it is false, an error was reported.
func (e *Scope) reference(expr hclsyntax.Expression, t hcl.Traversal) (cty.Value, bool) {
	root, name, at := t.RootName(), nameBehind(t), t.SourceRange()
	if name != "" {
		at = hcl.RangeBetween(t[0].SourceRange(), t[1].SourceRange())
	}
	example, known := map[string]string{"var": "var.example", "local": "local.example", "pod": "pod.namespace", "live": "live.version"}[root]
	switch {
	case !known && len(t) == 1:
		e.Error(at, "Unknown name", "%s", e.unknownName(expr, t, false))
	case !known:
		e.Error(at, "Unknown reference", "%s", e.unknownName(expr, t, false))
	case root == "live" && e.cluster == nil:
		e.knownLater(at, "live")
	case name == "":
		e.Error(at, "Incomplete reference", "%s stands before a dot and a name, as in %s.", root, example)
	case root == "var":
		if v := e.variables[name]; v != nil {
			v.used = true
			return v.value, true
		}
		e.Error(at, "Undeclared variable", "No variable %q is declared.%s", name, diag.DidYouMean(name, sortedKeys(e.variables)))
	case root == "local":
		if l := e.locals[name]; l != nil {
			l.used = true
			return l.value, true
		}
		e.Error(at, "Undeclared local value", "No locals block sets %q.%s", name, diag.DidYouMean(name, sortedKeys(e.locals)))
	case root == "live":
		if slices.Contains(LiveNames(), name) {
			return e.live(name), true
		}
		e.Error(at, "Unknown reference", "Of the cluster, these are known: live.%s.%s", strings.Join(LiveNames(), ", live."), diag.DidYouMean(name, LiveNames()))
	case name != "namespace":
		e.Error(at, "Unknown reference", "Of the Pod, only pod.namespace is known.")
	case e.PodNamespace != "":
		return cty.StringVal(e.PodNamespace), true
	case e.AllowUnknown:
		return cty.UnknownVal(cty.String).RefineNotNull(), true
	default:
		e.Error(at, "Unknown namespace",
			"pod.namespace is the namespace of the Pod that kreconcile runs in, and it does not run in one. Outside of a Pod, add --namespace NAME.")
	}
	return cty.DynamicVal, false
}

// knownLater reports what only an assert may use.
func (e *Scope) knownLater(at hcl.Range, name string) {
	e.Error(at, "Known only from the cluster", "What %s tells is known only once a cluster was asked, and may stand only in an assert of a check.", name)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Printable evaluates an expression whose value is printed. A sensitive value has no place there.
func (e *Scope) Printable(name string, expr hcl.Expression) (cty.Value, bool) {
	value, ok := e.Value(expr)
	if ok && value.ContainsMarked() {
		e.Error(expr.Range(), "Sensitive value not allowed",
			"%q is part of what is printed, so it cannot depend on a sensitive variable. Only \"enabled\" and the condition of an assert can.", name)
		return cty.DynamicVal, false
	}
	return value, ok
}

// Is tells whether a value is known, not null, and of a type. Where it is of
// another type or null, that is reported.
func (e *Scope) Is(value cty.Value, want cty.Type, name string, at hcl.Range) bool {
	switch {
	case value.IsNull():
		e.Null(name, at)
	case value.Type() == cty.DynamicPseudoType:
		// Unknown, and so is its type.
	case value.Type() != want:
		e.WrongType(name, "a "+want.FriendlyName(), value.Type(), at)
	default:
		return value.IsKnown()
	}
	return false
}

// Null reports an attribute that is null.
func (e *Scope) Null(name string, at hcl.Range) {
	e.Error(at, "Null value", "%q is null, which is not the same as leaving it out. Give it a value, or remove it.", name)
}

// WrongType reports an attribute of another type.
func (e *Scope) WrongType(name, want string, got cty.Type, at hcl.Range) {
	detail := ""
	switch {
	case got == cty.String && want == "a bool":
		detail = " Write true or false without quotes, and in JSON an expression as \"${...}\"; a variable needs type = bool."
	case got == cty.Number && want == "a string":
		detail = " Put it in quotes."
	}
	e.Error(at, "Incorrect value type", "%q must be %s, and this is %s.%s", name, want, Article(got), detail)
}

// Article names a type in a sentence.
func Article(t cty.Type) string {
	switch {
	case t.IsTupleType():
		return "a list"
	case t.IsObjectType():
		return "an object"
	case t == cty.DynamicPseudoType:
		return "no value"
	}
	return "a " + t.FriendlyName()
}
