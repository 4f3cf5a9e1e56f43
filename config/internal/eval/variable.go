package eval

import (
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// variable is a declared variable. After an error in its declaration or value, the value is unknown,
// and nothing is judged by it.
type variable struct {
	name            string
	typ             cty.Type
	defaults        *typeexpr.Defaults
	value, fallback cty.Value // fallback is NilVal where there is no default.
	// from is where the value is written. If that is nowhere, it is where the variable is.
	at, from    hcl.Range
	validations []Validation

	typed, nullable, sensitive, broken, used bool
}

// DeclareVariable declares the variable of a block. It is broken where the block has errors.
func (e *Scope) DeclareVariable(block *hcl.Block, at hcl.Range, content *hcl.BodyContent, broken bool, validations []Validation) {
	name := block.Labels[0]
	v := &variable{name: name, at: at, from: at, typ: cty.DynamicPseudoType, value: cty.DynamicVal, broken: broken, validations: validations}
	if !hclsyntax.ValidIdentifier(name) {
		e.Error(block.LabelRanges[0], "Invalid name", "A variable's name begins with a letter, and holds only letters, digits, \"_\" and \"-\".")
	} else if first := e.variables[name]; first != nil {
		e.Error(at, "Duplicate variable", "The variable %q is already declared at %s.", name, first.at)
	} else {
		e.variables[name] = v
	}
	// This comes first: the errors below must not quote a sensitive value.
	v.sensitive = e.constantBool(content.Attributes["sensitive"], false)
	v.nullable = e.constantBool(content.Attributes["nullable"], true)
	e.ConstantString(content.Attributes["description"])
	if a := content.Attributes["type"]; a != nil && !e.readType(v, a.Expr) {
		v.broken = true
	}
	if a := content.Attributes["default"]; a != nil && !e.readDefault(v, a.Expr) {
		v.broken = true
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
	if ok && value.IsNull() && !v.nullable {
		e.Error(expr.Range(), "Invalid default", "The variable %q is not nullable, so its default cannot be null.", v.name)
		return false
	}
	if v.from = expr.Range(); ok {
		v.fallback = e.converted(v, value, v.from, "The default")
	}
	return ok
}

// constantBool reads true or false without variables. It is true where it has an error.
func (e *Scope) constantBool(a *hcl.Attribute, fallback bool) bool {
	if a == nil {
		return fallback
	}
	value, ok := e.constant(a.Expr, false)
	return !ok || !e.Is(value, cty.Bool, a.Name, a.Expr.Range()) || value.True()
}

// ConstantString reads a string without variables. It is false where a is nil or an error was reported.
func (e *Scope) ConstantString(a *hcl.Attribute) (string, bool) {
	if a == nil {
		return "", false
	}
	value, ok := e.constant(a.Expr, false)
	if !ok || !e.Is(value, cty.String, a.Name, a.Expr.Range()) {
		return "", false
	}
	return value.AsString(), true
}

// Assignment gives one variable a value as text, or, by a variable file, several theirs.
type Assignment struct {
	Name string
	// Value is the value itself where the type is string, number or bool, or is not declared. For
	// other types it is an expression in native syntax.
	Value string
	// Origin is the source that an error names: "--var", "environment variable KRECONCILE_VAR_x".
	Origin string
	// Environment allows a name that is not declared: the environment is shared with others.
	Environment bool
	// Source is a variable file. Where it is not nil, nothing else counts.
	Source *source.Source
}

// given is a value that was given to a variable: a text, or what a variable file has.
type given struct {
	text  Assignment
	value cty.Value // NilVal for a text
	at    hcl.Range
}

// assign gives every variable its value. parse parses a variable file, and gives nil after an error.
func (e *Scope) assign(assignments []Assignment, parse func(source.Source) hcl.Body) {
	values := map[string]given{}
	for _, a := range assignments {
		v := e.variables[a.Name]
		switch {
		case a.Source != nil:
			e.readValues(*a.Source, parse, values)
		case v != nil:
			values[a.Name] = given{text: a, at: v.at}
		case !a.Environment:
			e.Error(source.WholeFile(a.Origin), "Undeclared variable", "%s", e.undeclared(a.Name))
		}
	}
	for _, name := range sortedKeys(e.variables) {
		v := e.variables[name]
		if !v.broken {
			g, found := values[name]
			v.value = e.chosen(v, g, found)
		}
		if v.sensitive {
			v.value = v.value.Mark(sensitive)
		}
	}
}

func (e *Scope) undeclared(name string) string {
	return fmt.Sprintf("A value is given to the variable %q, which is not declared.%s", diag.Clip(name), diag.DidYouMean(name, sortedKeys(e.variables)))
}

func (e *Scope) readValues(s source.Source, parse func(source.Source) hcl.Body, values map[string]given) {
	before := len(e.Diags)
	body := parse(s)
	failed := body == nil || e.Diags[before:].HasErrors()
	for _, v := range e.variables {
		// A file that cannot be parsed may hold any variable.
		v.broken = v.broken || failed
		for _, m := range e.Diags[before:] {
			if v.sensitive {
				m.Detail = diag.Concealed
			}
		}
	}
	if failed {
		return
	}
	attributes, diags := body.JustAttributes()
	e.Add(diags...)
	for _, a := range SortedAttributes(attributes) {
		if v := e.variables[a.Name]; v == nil {
			e.Warn(a.NameRange, "Undeclared variable", "%s", e.undeclared(a.Name))
		} else if value, ok := e.constant(a.Expr, v.sensitive); ok {
			values[a.Name] = given{value: value, at: a.Expr.Range()}
		} else {
			v.broken = true
		}
	}
}

// chosen gives the value of a variable: the last that was given, or the default.
func (e *Scope) chosen(v *variable, g given, found bool) cty.Value {
	value, what, ok := g.value, "The value", true
	switch {
	case !found && v.fallback != cty.NilVal:
		return v.fallback
	case !found && e.AllowUnknown:
		unknown := cty.UnknownVal(v.typ.WithoutOptionalAttributesDeep())
		if !v.nullable {
			unknown = unknown.RefineNotNull()
		}
		return unknown
	case !found:
		e.Error(v.at, "Missing variable",
			"The variable %q has no default, and no value is given to it. Set it with --var %s=…, in a file with --var-file, or with the environment variable KRECONCILE_VAR_%s.",
			v.name, v.name, v.name)
		return cty.DynamicVal
	case value == cty.NilVal:
		what += " from " + g.text.Origin
		value, ok = e.fromText(v, g.text, what)
	}
	v.from = g.at
	switch {
	case !ok:
	case !value.IsNull() || v.nullable:
		return e.converted(v, value, g.at, what)
	case v.fallback != cty.NilVal:
		return v.fallback
	default:
		e.Error(g.at, "Null value", "%s for the variable %q is null, and the variable is not nullable.", what, v.name)
	}
	return cty.DynamicVal
}

// fromText reads a value given as text. For a type that is a single text, number
// or bool, the text is the value; for others it is an expression.
func (e *Scope) fromText(v *variable, a Assignment, what string) (cty.Value, bool) {
	if !utf8.ValidString(a.Value) {
		e.Error(v.at, "Invalid value", "%s for the variable %q is not valid UTF-8.", what, v.name)
		return cty.DynamicVal, false
	}
	if !v.typed || v.typ.IsPrimitiveType() {
		return cty.StringVal(a.Value), true
	}
	value, fault := e.parsed(a, v.at)
	if fault == nil {
		return value, true
	}
	if meant := hint.Value(a.Value, v.typ); v.sensitive {
		fault.Detail = diag.Concealed
	} else if meant != "" {
		fault.Detail = fmt.Sprintf("In a shell, put it in single quotes: '%s'.", meant)
	}
	e.Error(v.at, "Invalid value", "%s for the variable %q cannot be read as its type, %s. %s", what, v.name, typeexpr.TypeString(v.typ), fault.Detail)
	return cty.DynamicVal, false
}

// parsed gives the value of an expression that refers to nothing, or what is wrong with it.
func (e *Scope) parsed(a Assignment, at hcl.Range) (value cty.Value, fault *hcl.Diagnostic) {
	if fault := e.CheckText(a.Value); fault != nil {
		return cty.DynamicVal, fault
	}
	expr, diags := hclsyntax.ParseExpression([]byte(a.Value), a.Origin, hcl.InitialPos)
	if value = cty.DynamicVal; !diags.HasErrors() && e.Budget.Step(at) {
		e.guard(expr)
		value, diags = expr.Value(nil)
	}
	if diags.HasErrors() {
		fault = diags[0]
	}
	return value, fault
}

// converted gives a value the variable's type, as Terraform does.
func (e *Scope) converted(v *variable, value cty.Value, at hcl.Range, what string) cty.Value {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	if !e.Budget.Step(at) {
		return cty.DynamicVal
	}
	converted, err := convert.Convert(value, v.typ)
	switch typ := typeexpr.TypeString(v.typ); {
	case err != nil && v.sensitive:
		e.Error(at, "Invalid value", "%s for the variable %q does not fit its type, %s.", what, v.name, typ)
	case err != nil:
		e.Error(at, "Invalid value", "%s for the variable %q does not fit its type, %s: %s.", what, v.name, typ, err)
	case e.bounded(converted, at, what+" for the variable", v.name):
		return converted
	}
	return cty.DynamicVal
}
