package eval

import (
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// Assignment gives one variable a value as text, or, by a variable file, several
// variables theirs.
type Assignment struct {
	Name string
	// Value is the text. For a variable whose type is string, number or bool, or
	// is not declared, it is the value itself; for other types it is an
	// expression in native syntax.
	Value string
	// Origin says where the text comes from, as an error names it: "--var", or
	// "environment variable KRECONCILE_VAR_x".
	Origin string
	// Environment means that a name which is not declared is not an error: the
	// environment is shared with others.
	Environment bool
	// Source is a variable file, as config.LoadValues gives it. Where it is not nil,
	// nothing else counts.
	Source *source.Source
}

// given is a value that was given to a variable: a text, or what a variable file has.
type given struct {
	text  Assignment
	value cty.Value // NilVal for a text
	at    hcl.Range
}

// assign gives every variable its value. parse parses a variable file, and may give
// nil where it reports an error.
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
			e.Error(source.WholeFile(a.Origin), "Undeclared variable",
				"A value is given to the variable %q, which is not declared.%s", diag.Clip(a.Name), diag.DidYouMean(a.Name, sortedKeys(e.variables)))
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

// readValues reads a variable file.
func (e *Scope) readValues(s source.Source, parse func(source.Source) hcl.Body, values map[string]given) {
	before := len(e.Diags)
	body := parse(s)
	failed := body == nil || e.Diags[before:].HasErrors()
	for _, v := range e.variables {
		// A file that cannot be parsed may hold any variable.
		v.broken = v.broken || failed
		for _, m := range e.Diags[before:] {
			if v.sensitive {
				m.Detail = Concealed
			}
		}
	}
	if failed {
		return
	}
	attributes, diags := body.JustAttributes()
	e.Add(diags...)
	for _, a := range SortedAttributes(attributes) {
		v := e.variables[a.Name]
		if v == nil {
			e.Warn(a.NameRange, "Undeclared variable",
				"The file gives a value to the variable %q, which is not declared.%s", diag.Clip(a.Name), diag.DidYouMean(a.Name, sortedKeys(e.variables)))
			continue
		}
		if value, ok := e.constant(a.Expr, v.sensitive); ok {
			values[a.Name] = given{value: value, at: a.Expr.Range()}
		} else {
			v.broken = true
		}
	}
}

// chosen gives the value of a variable: the last that was given, or the default.
func (e *Scope) chosen(v *variable, g given, found bool) cty.Value {
	value, what := g.value, "The value"
	switch {
	case !found && v.fallback != cty.NilVal:
		return v.fallback
	case !found && e.AllowUnknown && v.nullable:
		return cty.UnknownVal(v.typ.WithoutOptionalAttributesDeep())
	case !found && e.AllowUnknown:
		return cty.UnknownVal(v.typ.WithoutOptionalAttributesDeep()).RefineNotNull()
	case !found:
		e.Error(v.at, "Missing variable",
			"The variable %q has no default, and no value is given to it. Set it with --var %s=…, in a file with --var-file, or with the environment variable KRECONCILE_VAR_%s.",
			v.name, v.name, v.name)
		return cty.DynamicVal
	case value == cty.NilVal:
		what += " from " + g.text.Origin
		var ok bool
		if value, ok = e.fromText(v, g.text, what); !ok {
			return cty.DynamicVal
		}
	}
	v.from = g.at
	switch {
	case !value.IsNull() || v.nullable:
		return e.converted(v, value, g.at, what)
	case v.fallback == cty.NilVal:
		e.Error(g.at, "Null value", "%s for the variable %q is null, and the variable is not nullable.", what, v.name)
		return cty.DynamicVal
	}
	return v.fallback
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
	invalid := func(detail string) (cty.Value, bool) {
		meant := hint.Value(a.Value, v.typ)
		switch {
		case v.sensitive:
			detail = Concealed
		case meant != "" && a.Environment:
			detail = fmt.Sprintf("In a shell, write KRECONCILE_VAR_%s='%s'.", a.Name, meant)
		case meant != "":
			detail = fmt.Sprintf("In a shell, write --var '%s=%s'.", a.Name, meant)
		}
		e.Error(v.at, "Invalid value", "%s for the variable %q cannot be read as its type, %s. %s", what, v.name, typeexpr.TypeString(v.typ), detail)
		return cty.DynamicVal, false
	}
	if fault := e.CheckText(a.Value); fault != nil {
		return invalid(fault.Detail)
	}
	expr, diags := hclsyntax.ParseExpression([]byte(a.Value), a.Origin, hcl.InitialPos)
	if diags.HasErrors() {
		return invalid(diags[0].Detail)
	}
	if !e.Budget.Step(v.at) || !e.guard(expr) {
		return cty.DynamicVal, false
	}
	value, diags := expr.Value(nil)
	switch {
	case diags.HasErrors():
		return invalid(diags[0].Detail)
	case v.typ.IsCollectionType() && value.Type().IsPrimitiveType():
		return invalid("It is " + Article(value.Type()) + ".")
	}
	return value, true
}

// converted gives a value the variable's type, as Terraform does.
func (e *Scope) converted(v *variable, value cty.Value, at hcl.Range, what string) cty.Value {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	if !e.fitsMemory(value, at, what+" for the variable", v.name) || !e.Budget.Step(at) {
		return cty.DynamicVal
	}
	converted, err := convertValue(value, v.typ)
	if err != nil {
		why := ": " + err.Error()
		switch {
		case v.sensitive:
			why = ""
		case v.typ == cty.Bool:
			why = ": write true or false"
		}
		e.Error(at, "Invalid value", "%s for the variable %q does not fit its type, %s%s.", what, v.name, typeexpr.TypeString(v.typ), why)
		return cty.DynamicVal
	}
	if !numbersInRange(converted) {
		e.Error(at, "Number out of range", "%s for the variable %q holds a number that is infinite or has more than %d digits.", what, v.name, funcs.MaxDigits)
		return cty.DynamicVal
	}
	return converted
}
