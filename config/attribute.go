package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/eval"
)

// Attributes are strict: nothing is converted, null is not the same as leaving an attribute out,
// and a list without items asserts nothing. A nil attribute is one that is left out.

// text reads a string.
func (d *decoder) text(a *hcl.Attribute) (Value[string], bool) {
	value, ok := d.single(a, cty.String)
	if !ok {
		return Value[string]{}, false
	}
	return Value[string]{Value: value.AsString(), Range: a.Range}, true
}

// flag reads a bool.
func (d *decoder) flag(a *hcl.Attribute) (Value[bool], bool) {
	value, ok := d.single(a, cty.Bool)
	if !ok {
		return Value[bool]{}, false
	}
	return Value[bool]{Value: value.True(), Range: a.Range}, true
}

func (d *decoder) single(a *hcl.Attribute, want cty.Type) (cty.Value, bool) {
	if a == nil {
		return cty.DynamicVal, false
	}
	value, ok := d.Printable(a.Name, a.Expr)
	return value, ok && d.Is(value, want, a.Name, a.Expr.Range())
}

// texts reads a list of strings. Each has the range of its item, where the list
// is written out, or of the attribute.
func (d *decoder) texts(a *hcl.Attribute) []Value[string] { return d.list(a, false) }

// textOrTexts reads a string or a list of strings.
func (d *decoder) textOrTexts(a *hcl.Attribute) []Value[string] { return d.list(a, true) }

func (d *decoder) list(a *hcl.Attribute, orText bool) []Value[string] {
	if a == nil {
		return nil
	}
	value, ok := d.Printable(a.Name, a.Expr)
	at, typ := a.Expr.Range(), value.Type()
	switch {
	case !ok:
	case value.IsNull():
		d.Null(a.Name, at)
	case typ == cty.String && orText:
		if value.IsKnown() {
			return []Value[string]{{Value: value.AsString(), Range: a.Range}}
		}
	case typ == cty.DynamicPseudoType:
	case typ == cty.String:
		d.Error(at, "Incorrect value type", "%q must be a list of strings, and this is a string. Put it in brackets.", a.Name)
	case !typ.IsTupleType() && !typ.IsListType() && !typ.IsSetType(),
		!value.IsKnown() && !typ.IsTupleType() && typ.ElementType() != cty.String && typ.ElementType() != cty.DynamicPseudoType:
		d.WrongType(a.Name, "a list of strings", typ, at)
	case !value.IsKnown():
	case value.LengthInt() == 0:
		d.Error(at, "Empty list", "An empty list asserts nothing. Name at least one, or remove %q.", a.Name)
	default:
		return d.items(a, value)
	}
	return nil
}

// items reads the strings of a list. Where one has an error, the others are
// judged all the same.
func (d *decoder) items(a *hcl.Attribute, value cty.Value) []Value[string] {
	expressions, diags := hcl.ExprList(a.Expr)
	written := !diags.HasErrors() && len(expressions) == value.LengthInt()
	var list []Value[string]
	seen := map[string]hcl.Range{}
	for i, element := range value.AsValueSlice() {
		item, at := Value[string]{Range: a.Range}, a.Expr.Range()
		if written {
			at = expressions[i].Range()
			item.Range = at
		}
		switch {
		case element.IsNull():
			d.Error(at, "Null value", "An item of %q is null.", a.Name)
		case element.Type() != cty.String && element.Type() != cty.DynamicPseudoType:
			d.Error(at, "Incorrect value type", "Every item of %q must be a string, and this is %s.", a.Name, eval.Article(element.Type()))
		case element.IsKnown():
			item.Value = element.AsString()
			if d.distinct(seen, a.Name, item.Value, at) {
				list = append(list, item)
			}
		}
	}
	return list
}

// distinct tells whether an item is in a list for the first time.
func (d *decoder) distinct(seen map[string]hcl.Range, list, item string, at hcl.Range) bool {
	first, found := seen[item]
	if found {
		d.Error(at, "Repeated item", "%q stands in %q twice; first at %s.", diag.Clip(item), list, first)
		return false
	}
	seen[item] = at
	return true
}
