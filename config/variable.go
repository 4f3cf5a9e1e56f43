package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/config/internal/syntax"
)

// variable is a declared variable. Where its declaration or its value is
// mistaken, the value is unknown, and nothing that uses it is judged by it.
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
	// from is where the value stands, or the variable where that is nowhere.
	from        hcl.Range
	validations []validation
	used        bool
}

// declareVariable reads a variable block.
func (d *decoder) declareVariable(block *hcl.Block) {
	content, diags := block.Body.Content(d.language["variable"].Body())
	for _, m := range diags {
		if strings.Contains(m.Detail, `"ephemeral"`) {
			m.Detail = "kreconcile keeps no value beyond a run, so that every variable is ephemeral. A value that must not be shown is sensitive."
		}
	}
	d.Add(diags...)
	name := block.Labels[0]
	v := &variable{
		name: name, at: headerRange(block), typ: cty.DynamicPseudoType, nullable: true,
		fallback: cty.NilVal, value: cty.DynamicVal, broken: diags.HasErrors(),
	}
	v.from = v.at
	if !hclsyntax.ValidIdentifier(name) {
		d.Error(block.LabelRanges[0], "Invalid name", "A variable's name begins with a letter, and holds only letters, digits, \"_\" and \"-\".")
	} else if first := d.variables[name]; first != nil {
		d.Error(v.at, "Duplicate variable", "The variable %q is already declared at %s.", name, first.at)
	} else {
		d.variables[name] = v
	}
	// First of all: it decides what the errors below may quote.
	v.sensitive = d.constantBool(content.Attributes["sensitive"], false, true)
	v.nullable = d.constantBool(content.Attributes["nullable"], true, true)
	if a := content.Attributes["description"]; a != nil {
		d.constantString(a)
	}
	if a := content.Attributes["type"]; a != nil {
		d.variableType(v, a)
	}
	if a := content.Attributes["default"]; a != nil {
		d.variableDefault(v, a)
	}
	for _, inner := range content.Blocks {
		d.declareValidation(v, inner)
	}
}

func (d *decoder) variableType(v *variable, a *hcl.Attribute) {
	// In JSON, hcl parses the text of a type as an expression.
	if text, diags := a.Expr.Value(nil); !diags.HasErrors() && text.Type() == cty.String && text.IsKnown() && !text.IsNull() {
		if fault := syntax.CheckExpression(text.AsString()); fault != nil {
			d.Error(a.Expr.Range(), fault.Summary, "%s", fault.Detail)
			v.broken = true
			return
		}
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
	d.Add(diags...)
	if diags.HasErrors() {
		v.broken = true
		return
	}
	v.typ, v.defaults, v.typed = typ, defaults, true
}

func (d *decoder) variableDefault(v *variable, a *hcl.Attribute) {
	value, ok := d.constant(a.Expr, v.sensitive)
	if !ok {
		v.broken = true
		return
	}
	if value.IsNull() && !v.nullable {
		d.Error(a.Expr.Range(), "Invalid default", "The variable %q is not nullable, so its default cannot be null.", v.name)
		v.broken = true
		return
	}
	v.from = a.Expr.Range()
	v.fallback = d.converted(v, value, v.from, "The default")
}

// constantBool reads an attribute that is true or false without variables.
// Where it is mistaken, the value is onMistake.
func (d *decoder) constantBool(a *hcl.Attribute, fallback, onMistake bool) bool {
	if a == nil {
		return fallback
	}
	value, ok := d.constant(a.Expr, false)
	if !ok {
		return onMistake
	}
	if !d.is(value, cty.Bool, a.Name, a.Expr.Range()) {
		return onMistake
	}
	return value.True()
}

func (d *decoder) constantString(a *hcl.Attribute) (string, bool) {
	value, ok := d.constant(a.Expr, false)
	if !ok || !d.is(value, cty.String, a.Name, a.Expr.Range()) {
		return "", false
	}
	return value.AsString(), true
}

// assignment is one value that was given to a variable.
type assignment struct {
	Assignment
	// value is what a variable file gives, at its place there.
	value cty.Value
	at    hcl.Range
	file  bool
}

// assign gives every variable its value.
func (d *decoder) assign() {
	given := map[string]assignment{}
	for _, a := range d.inputs.Variables {
		if a.Source != nil {
			d.readValues(*a.Source, given)
			continue
		}
		v := d.variables[a.Name]
		switch {
		case v != nil:
			given[a.Name] = assignment{Assignment: a, at: v.at}
		case !a.Environment:
			d.Error(source.WholeFile(a.Origin), "Undeclared variable",
				"A value is given to the variable %q, which is not declared.%s", diag.Clip(a.Name), diag.DidYouMean(a.Name, sortedKeys(d.variables)))
		}
	}
	for _, name := range sortedKeys(d.variables) {
		v := d.variables[name]
		if !v.broken {
			v.value = d.chosen(v, given)
		}
		if v.sensitive {
			v.value = v.value.Mark(sensitive)
		}
	}
}

// readValues reads a variable file.
func (d *decoder) readValues(s Source, given map[string]assignment) {
	body := d.parseValues(s)
	if body == nil {
		// It may have held any variable.
		for _, v := range d.variables {
			v.broken = true
		}
		return
	}
	attributes, diags := body.JustAttributes()
	d.Add(diags...)
	for _, a := range sortedAttributes(attributes) {
		name := a.Name
		v := d.variables[name]
		if v == nil {
			d.Warn(a.NameRange, "Undeclared variable",
				"The file gives a value to the variable %q, which is not declared.%s", diag.Clip(name), diag.DidYouMean(name, sortedKeys(d.variables)))
			continue
		}
		value, ok := d.constant(a.Expr, v.sensitive)
		if !ok {
			v.broken = true
			continue
		}
		given[name] = assignment{value: value, at: a.Expr.Range(), file: true}
	}
}

// parseValues parses a variable file. Where there is a sensitive variable, which
// of the values is its own is not known before the file is parsed.
func (d *decoder) parseValues(s Source) hcl.Body {
	secret := slices.ContainsFunc(sortedKeys(d.variables), func(name string) bool { return d.variables[name].sensitive })
	before := len(d.Diags)
	body := syntax.Parse(s, lang.Values(), d.List, d.budget)
	for _, m := range d.Diags[before:] {
		if secret {
			m.Detail = concealed
		}
	}
	if d.Diags[before:].HasErrors() {
		return nil
	}
	return body
}

// chosen gives the value of a variable: the last that was given, or the default.
func (d *decoder) chosen(v *variable, given map[string]assignment) cty.Value {
	a, found := given[v.name]
	var value cty.Value
	what := "The value"
	switch {
	case !found && v.fallback != cty.NilVal:
		return v.fallback
	case !found && d.inputs.AllowUnknown:
		unknown := cty.UnknownVal(v.typ.WithoutOptionalAttributesDeep())
		if !v.nullable {
			unknown = unknown.RefineNotNull()
		}
		return unknown
	case !found:
		d.Error(v.at, "Missing variable",
			"The variable %q has no default, and no value is given to it. Set it with --var %s=…, in a file with --var-file, or with the environment variable KRECONCILE_VAR_%s.",
			v.name, v.name, v.name)
		return cty.DynamicVal
	case a.file:
		value, v.from = a.value, a.at
	default:
		v.from = v.at
		what = "The value from " + a.Origin
		var ok bool
		if value, ok = d.fromText(v, a); !ok {
			return cty.DynamicVal
		}
	}
	if value.IsNull() && !v.nullable {
		if v.fallback != cty.NilVal {
			return v.fallback
		}
		d.Error(a.at, "Null value", "%s for the variable %q is null, and the variable is not nullable.", what, v.name)
		return cty.DynamicVal
	}
	return d.converted(v, value, a.at, what)
}

// fromText reads a value given as text. For a type that is a single text, number
// or bool, the text is the value; for others it is an expression.
func (d *decoder) fromText(v *variable, a assignment) (cty.Value, bool) {
	if !utf8.ValidString(a.Value) {
		d.Error(v.at, "Invalid value", "The value from %s for the variable %q is not valid UTF-8.", a.Origin, v.name)
		return cty.DynamicVal, false
	}
	if !v.typed || v.typ.IsPrimitiveType() {
		if v.typ == cty.Number && !syntax.SensibleNumber([]byte(a.Value)) {
			d.Error(v.at, "Number out of range", "The value from %s for the variable %q may have at most %d digits, written out without an exponent.",
				a.Origin, v.name, syntax.MaxDigits)
			return cty.DynamicVal, false
		}
		return cty.StringVal(a.Value), true
	}
	invalid := func(detail string) (cty.Value, bool) {
		if v.sensitive {
			detail = concealed
		} else if meant := hint.Value(a.Value, v.typ); meant != "" && a.Environment {
			detail = fmt.Sprintf("In a shell, write KRECONCILE_VAR_%s='%s'.", a.Name, meant)
		} else if meant != "" {
			detail = fmt.Sprintf("In a shell, write --var '%s=%s'.", a.Name, meant)
		}
		d.Error(v.at, "Invalid value",
			"The value from %s for the variable %q cannot be read as its type, %s. %s", a.Origin, v.name, typeexpr.TypeString(v.typ), detail)
		return cty.DynamicVal, false
	}
	if fault := syntax.CheckExpression(a.Value); fault != nil {
		return invalid(fault.Detail)
	}
	expr, diags := hclsyntax.ParseExpression([]byte(a.Value), a.Origin, hcl.InitialPos)
	if diags.HasErrors() {
		return invalid(diags[0].Detail)
	}
	if !d.budget.Step(v.at) {
		return cty.DynamicVal, false
	}
	if !d.guard(expr) {
		return cty.DynamicVal, false
	}
	value, diags := expr.Value(nil)
	switch {
	case diags.HasErrors():
		return invalid(diags[0].Detail)
	case v.typ.IsCollectionType() && value.Type().IsPrimitiveType():
		return invalid("It is " + article(value.Type()) + ".")
	}
	return value, true
}

// converted gives a value the variable's type, as Terraform does.
func (d *decoder) converted(v *variable, value cty.Value, at hcl.Range, what string) cty.Value {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	if !d.fitsMemory(value, at, what+" for the variable", v.name) {
		return cty.DynamicVal
	}
	if !d.budget.Step(at) {
		return cty.DynamicVal
	}
	converted, err := convertValue(value, v.typ)
	if err != nil {
		why := ": " + err.Error()
		if v.typ == cty.Bool {
			why = ": write true or false"
		}
		if v.sensitive {
			why = ""
		}
		d.Error(at, "Invalid value", "%s for the variable %q does not fit its type, %s%s.", what, v.name, typeexpr.TypeString(v.typ), why)
		return cty.DynamicVal
	}
	if !numbersInRange(converted) {
		d.Error(at, "Number out of range", "%s for the variable %q holds a number that is infinite or has more than %d digits.", what, v.name, funcs.MaxDigits)
		return cty.DynamicVal
	}
	return converted
}
