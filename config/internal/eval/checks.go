package eval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

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

// is tells whether a value is known, not null, and of a type. Where it is of
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

func (e *Scope) Null(name string, at hcl.Range) {
	e.Error(at, "Null value", "%q is null, which is not the same as leaving it out. Give it a value, or remove it.", name)
}

func (e *Scope) WrongType(name, want string, got cty.Type, at hcl.Range) {
	detail := ""
	switch {
	case got == cty.String && want == "a bool":
		detail = " Write true or false without quotes; a variable needs type = bool."
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
