package eval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

const (
	// sensitive is put on the values of sensitive variables. It stays on whatever is computed from them.
	sensitive = "sensitive"
	// maxValue bounds what a variable or a local value may take, in bytes: it may be used many times.
	maxValue = 1 << 20
)

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
	// Functions are what an expression may call where only var, local and pod are known.
	Functions map[string]function.Function
	// Budget watches every evaluation.
	Budget *budget.Budget
	// Inquiries are the functions that ask a cluster, and cluster answers them: in an assert only.
	Inquiries map[string]Inquiry
	cluster   *Answers
}

// New gives a scope without variables and locals.
func New(b *budget.Budget) *Scope {
	e := &Scope{List: &diag.List{}, Budget: b, variables: map[string]*variable{}, locals: map[string]*local{}, Functions: map[string]function.Function{}}
	for _, group := range functionGroups() {
		for _, f := range group.Functions {
			e.Functions[f.Name] = f.Impl
		}
	}
	return e
}

// Settle gives variables and locals their values, and validates variables. parse parses a variable
// file, and gives nil after an error.
func (e *Scope) Settle(assignments []Assignment, parse func(source.Source) hcl.Body) {
	e.assign(assignments, parse)
	for _, l := range e.localOrder {
		e.evaluateLocal(l, nil)
	}
	for _, name := range sortedKeys(e.variables) {
		e.validate(e.variables[name])
	}
}

// Value evaluates an expression. If it is false, an error was reported.
func (e *Scope) Value(expr hcl.Expression) (cty.Value, bool) {
	p, ok := e.prepare(expr)
	if !ok {
		return cty.DynamicVal, false
	}
	return e.evaluate(p, p.context, p.secret)
}

// constant evaluates an expression that may refer to nothing. Where secret, no error quotes a part of it.
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
	// It refers to something sensitive, or not known.
	secret, open bool
}

// prepare prepares an expression for evaluation. If it is false, an error was reported.
func (e *Scope) prepare(expr hcl.Expression) (p prepared, ok bool) {
	s, ok := expr.(scoped)
	if ok {
		expr = s.Expression
	}
	if !e.Budget.Step(expr.Range()) {
		return p, false
	}
	n, diags := native(expr)
	e.Add(diags...)
	variables, ok := e.referents(n, s.iterators)
	if !ok || diags.HasErrors() {
		return p, false
	}
	p = prepared{Expression: n, context: &hcl.EvalContext{Variables: variables, Functions: e.Functions}}
	p.calls = e.guard(n)
	for _, call := range p.calls {
		ok = e.callable(call) && ok
	}
	for _, value := range variables {
		p.secret, p.open = p.secret || value.ContainsMarked(), p.open || !value.IsWhollyKnown()
	}
	return p, ok
}

func (e *Scope) evaluate(expr hcl.Expression, context *hcl.EvalContext, secret bool) (cty.Value, bool) {
	value, diags := expr.Value(context)
	e.explain(diags, secret)
	return value, !diags.HasErrors()
}

// explain reports diagnostics of hcl. Some details quote values, so they are left out where a secret is involved.
func (e *Scope) explain(diags hcl.Diagnostics, secret bool) {
	for _, d := range diags {
		if secret {
			d.Detail = diag.Concealed
		}
		e.Add(d)
	}
}

// bounded tells whether a variable or a local may have a value, and reports one that is too large.
func (e *Scope) bounded(value cty.Value, at hcl.Range, what, name string) bool {
	if funcs.Size(value, maxValue) > maxValue {
		e.Error(at, "Value too large", "%s %q may take at most %d MiB.", what, name, maxValue>>20)
		return false
	}
	err := cty.Walk(value, func(_ cty.Path, inner cty.Value) (bool, error) {
		if inner.Type() == cty.Number {
			return true, fewDigits(inner)
		}
		return true, nil
	})
	if err != nil {
		e.Error(at, "Number out of range", "%s %q holds a number that is infinite or has more than %d digits.", what, name, funcs.MaxDigits)
	}
	return err == nil
}

// Printable evaluates an expression whose value is printed. It refuses a sensitive value.
func (e *Scope) Printable(name string, expr hcl.Expression) (cty.Value, bool) {
	if value, ok := Literal(hcl.UnwrapExpression(expr)); ok {
		return value, true
	}
	value, ok := e.Value(expr)
	if ok && value.ContainsMarked() {
		e.Error(expr.Range(), "Sensitive value not allowed",
			"%q is part of what is printed, so it cannot depend on a sensitive variable. Only \"enabled\" and the condition of an assert can.", name)
		return cty.DynamicVal, false
	}
	return value, ok
}

// Is tells whether a value is known, not null, and of a type. It reports null and other types.
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
	}
	return "a " + t.FriendlyName()
}
