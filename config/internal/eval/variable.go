package eval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// variable is a declared variable. Where its declaration or its value has an error, the
// value is unknown, and nothing that uses it is judged by it.
type variable struct {
	name      string
	at        hcl.Range
	typ       cty.Type
	typed     bool
	defaults  *typeexpr.Defaults
	fallback  cty.Value // NilVal where there is no default
	nullable  bool
	sensitive bool
	broken    bool
	value     cty.Value
	// from is where the value is written, or the variable where it is written nowhere.
	from        hcl.Range
	validations []Validation
	used        bool
}

// DeclareVariable declares the variable of a block. It is broken where the block has errors.
func (e *Scope) DeclareVariable(block *hcl.Block, at hcl.Range, content *hcl.BodyContent, broken bool, validations []Validation) {
	name := block.Labels[0]
	v := &variable{name: name, at: at, from: at, typ: cty.DynamicPseudoType, value: cty.DynamicVal, broken: broken}
	if !hclsyntax.ValidIdentifier(name) {
		e.Error(block.LabelRanges[0], "Invalid name", "A variable's name begins with a letter, and holds only letters, digits, \"_\" and \"-\".")
	} else if first := e.variables[name]; first != nil {
		e.Error(at, "Duplicate variable", "The variable %q is already declared at %s.", name, first.at)
	} else {
		e.variables[name] = v
	}
	// First of all: it decides what the errors below may quote.
	v.sensitive = e.constantBool(content.Attributes["sensitive"], false)
	v.nullable = e.constantBool(content.Attributes["nullable"], true)
	if a := content.Attributes["description"]; a != nil {
		e.ConstantString(a)
	}
	if a := content.Attributes["type"]; a != nil {
		v.broken = !e.readType(v, a.Expr) || v.broken
	}
	if a := content.Attributes["default"]; a != nil {
		v.broken = !e.readDefault(v, a.Expr) || v.broken
	}
	for _, rule := range validations {
		e.declareValidation(v, rule)
	}
}

func (e *Scope) readType(v *variable, expr hcl.Expression) bool {
	// In JSON, hcl parses the text of a type as an expression.
	if text, diags := expr.Value(nil); !diags.HasErrors() && text.Type() == cty.String && text.IsKnown() && !text.IsNull() {
		if fault := e.CheckText(text.AsString()); fault != nil {
			e.Error(expr.Range(), fault.Summary, "%s", fault.Detail)
			return false
		}
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(expr)
	e.Add(diags...)
	if diags.HasErrors() {
		return false
	}
	v.typ, v.defaults, v.typed = typ, defaults, true
	return true
}

func (e *Scope) readDefault(v *variable, expr hcl.Expression) bool {
	value, ok := e.constant(expr, v.sensitive)
	switch {
	case !ok:
		return false
	case value.IsNull() && !v.nullable:
		e.Error(expr.Range(), "Invalid default", "The variable %q is not nullable, so its default cannot be null.", v.name)
		return false
	}
	v.from = expr.Range()
	v.fallback = e.converted(v, value, v.from, "The default")
	return true
}

// constantBool reads an attribute that is true or false without variables. It is true where it
// has an error.
func (e *Scope) constantBool(a *hcl.Attribute, fallback bool) bool {
	if a == nil {
		return fallback
	}
	value, ok := e.constant(a.Expr, false)
	return !ok || !e.Is(value, cty.Bool, a.Name, a.Expr.Range()) || value.True()
}

func (e *Scope) ConstantString(a *hcl.Attribute) (string, bool) {
	value, ok := e.constant(a.Expr, false)
	if !ok || !e.Is(value, cty.String, a.Name, a.Expr.Range()) {
		return "", false
	}
	return value.AsString(), true
}
