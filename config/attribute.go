package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// Attributes are strict: nothing is converted, null is not the same as leaving
// an attribute out, and a list without items asserts nothing. A nil attribute is
// one that is left out. There is no value, and the bool is false, where it is left
// out, mistaken, or unknown.

// text reads a string.
func (d *decoder) text(a *hcl.Attribute) (Value[string], bool) {
	value, ok := d.shown(a)
	if !ok || !d.is(value, cty.String, a.Name, a.Expr.Range()) {
		return Value[string]{}, false
	}
	return Value[string]{Value: value.AsString(), Range: a.Range}, true
}

// flag reads a bool.
func (d *decoder) flag(a *hcl.Attribute) (Value[bool], bool) {
	value, ok := d.shown(a)
	if !ok || !d.is(value, cty.Bool, a.Name, a.Expr.Range()) {
		return Value[bool]{}, false
	}
	return Value[bool]{Value: value.True(), Range: a.Range}, true
}

// texts reads a list of strings. Each has the range of its item, where the list
// is written out, or of the attribute.
func (d *decoder) texts(a *hcl.Attribute) []Value[string] {
	if a == nil {
		return nil
	}
	value, ok := d.shown(a)
	if !ok {
		return nil
	}
	return d.stringList(a, value)
}

// textOrTexts reads a string or a list of strings.
func (d *decoder) textOrTexts(a *hcl.Attribute) []Value[string] {
	value, ok := d.shown(a)
	if !ok {
		return nil
	}
	if value.Type() != cty.String {
		return d.stringList(a, value)
	}
	if !d.is(value, cty.String, a.Name, a.Expr.Range()) {
		return nil
	}
	return []Value[string]{{Value: value.AsString(), Range: a.Range}}
}

// shown evaluates an attribute whose value may be printed. A sensitive value has
// no place there.
func (d *decoder) shown(a *hcl.Attribute) (cty.Value, bool) {
	if a == nil {
		return cty.DynamicVal, false
	}
	return d.printable(a.Name, a.Expr)
}

func (d *decoder) printable(name string, expr hcl.Expression) (cty.Value, bool) {
	value, ok := d.value(expr)
	if !ok {
		return cty.DynamicVal, false
	}
	if value.ContainsMarked() {
		d.Error(expr.Range(), "Sensitive value not allowed",
			"%q is part of what is printed, so it cannot depend on a sensitive variable. Only \"enabled\" and the condition of an assert can.", name)
		return cty.DynamicVal, false
	}
	return value, true
}

// is tells whether a value is known, not null, and of a type. Where it is of
// another type or null, that is reported.
func (d *decoder) is(value cty.Value, want cty.Type, name string, at hcl.Range) bool {
	switch {
	case value.IsNull():
		d.null(name, at)
	case value.Type() == cty.DynamicPseudoType:
		// Unknown, and so is its type.
	case value.Type() != want:
		d.wrongType(name, "a "+want.FriendlyName(), value.Type(), at)
	default:
		return value.IsKnown()
	}
	return false
}

func (d *decoder) null(name string, at hcl.Range) {
	d.Error(at, "Null value", "%q is null, which is not the same as leaving it out. Give it a value, or remove it.", name)
}

func (d *decoder) wrongType(name, want string, got cty.Type, at hcl.Range) {
	detail := ""
	switch {
	case got == cty.String && want == "a bool":
		detail = " Write true or false without quotes; a variable needs type = bool."
	case got == cty.Number && want == "a string":
		detail = " Put it in quotes."
	}
	d.Error(at, "Incorrect value type", "%q must be %s, and this is %s.%s", name, want, article(got), detail)
}

// article names a type in a sentence.
func article(t cty.Type) string {
	switch {
	case t.IsTupleType():
		return "a list"
	case t.IsObjectType():
		return "an object"
	}
	return "a " + t.FriendlyName()
}

func (d *decoder) stringList(a *hcl.Attribute, value cty.Value) []Value[string] {
	at, typ := a.Expr.Range(), value.Type()
	switch {
	case value.IsNull():
		d.null(a.Name, at)
		return nil
	case typ == cty.DynamicPseudoType:
		return nil
	case typ == cty.String:
		d.Error(at, "Incorrect value type", "%q must be a list of strings, and this is a string. Put it in brackets.", a.Name)
		return nil
	case !typ.IsTupleType() && !typ.IsListType() && !typ.IsSetType():
		d.wrongType(a.Name, "a list of strings", typ, at)
		return nil
	case !value.IsKnown():
		if !typ.IsTupleType() && typ.ElementType() != cty.String && typ.ElementType() != cty.DynamicPseudoType {
			d.wrongType(a.Name, "a list of strings", typ, at)
		}
		return nil
	case value.LengthInt() == 0:
		d.Error(at, "Empty list", "An empty list asserts nothing. Name at least one, or remove %q.", a.Name)
		return nil
	}
	return d.items(a, value)
}

// distinctItems finds an item that is in a list twice.
type distinctItems struct {
	*decoder
	name string
	seen map[string]hcl.Range
}

func (s *distinctItems) first(item string, at hcl.Range) bool {
	if first, found := s.seen[item]; found {
		s.Error(at, "Repeated item", "%q stands in %q twice; first at %s.", diag.Clip(item), s.name, first)
		return false
	}
	if s.seen == nil {
		s.seen = map[string]hcl.Range{}
	}
	s.seen[item] = at
	return true
}

// items reads the strings of a list. Where one is mistaken, the others are
// judged all the same.
func (d *decoder) items(a *hcl.Attribute, value cty.Value) []Value[string] {
	expressions, diags := hcl.ExprList(a.Expr)
	written := !diags.HasErrors() && len(expressions) == value.LengthInt()
	var list []Value[string]
	seen := distinctItems{decoder: d, name: a.Name}
	i := 0
	for it := value.ElementIterator(); it.Next(); i++ {
		_, element := it.Element()
		item := Value[string]{Range: a.Range}
		if written {
			item.Range = expressions[i].Range()
		}
		at := item.Range
		if !written {
			at = a.Expr.Range()
		}
		switch {
		case element.IsNull():
			d.Error(at, "Null value", "An item of %q is null.", a.Name)
			continue
		case element.Type() != cty.String && element.Type() != cty.DynamicPseudoType:
			d.Error(at, "Incorrect value type", "Every item of %q must be a string, and this is %s.", a.Name, article(element.Type()))
			continue
		case !element.IsKnown():
			continue
		}
		item.Value = element.AsString()
		if seen.first(item.Value, at) {
			list = append(list, item)
		}
	}
	return list
}
