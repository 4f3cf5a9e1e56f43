package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// Attributes are strict: nothing is converted, null is not the same as leaving an attribute out,
// and a list without items asserts nothing. A nil attribute is one that is left out. What is
// read is nil where it is left out, not known, or an error.

func (d *decoder) text(a *hcl.Attribute) *Value[string] {
	return single(d, a, cty.String, cty.Value.AsString)
}

func (d *decoder) flag(a *hcl.Attribute) *Value[bool] { return single(d, a, cty.Bool, cty.Value.True) }

func single[T any](d *decoder, a *hcl.Attribute, want cty.Type, of func(cty.Value) T) *Value[T] {
	if a == nil {
		return nil
	}
	if value, ok := d.Printable(a.Name, a.Expr); ok && d.Is(value, want, a.Name, a.Expr.Range()) {
		return &Value[T]{Value: of(value), Range: a.Range}
	}
	return nil
}

func choice[T ~string](d *decoder, a *hcl.Attribute, what string, known []T) *Value[T] {
	text := d.text(a)
	if text == nil {
		return nil
	}
	var names []string
	for _, one := range known {
		if string(one) == text.Value {
			return &Value[T]{Value: one, Range: text.Range}
		}
		names = append(names, string(one))
	}
	d.Error(a.Expr.Range(), "Invalid "+what, "A %s is one of \"%s\", not %q.%s",
		what, strings.Join(names, "\", \""), diag.Clip(text.Value), diag.DidYouMean(text.Value, names))
	return nil
}

func (d *decoder) texts(a *hcl.Attribute) []Value[string] { return d.list(a, false) }

// list reads a list of strings, or one string as well. Each has the range of its item, where the
// list is written out, or of the attribute.
func (d *decoder) list(a *hcl.Attribute, orText bool) []Value[string] {
	if a == nil {
		return nil
	}
	value, ok := d.Printable(a.Name, a.Expr)
	at, typ := a.Expr.Range(), value.Type()
	isCollection := typ.IsListType() || typ.IsSetType()
	switch {
	case !ok || typ == cty.DynamicPseudoType && !value.IsNull():
	case value.IsNull():
		d.Null(a.Name, at)
	case orText && typ == cty.String:
		if text := d.text(a); text != nil {
			return []Value[string]{*text}
		}
	case !typ.IsTupleType() && !isCollection, isCollection && typ.ElementType() != cty.String && typ.ElementType() != cty.DynamicPseudoType:
		d.WrongType(a.Name, "a list of strings", typ, at)
	case !value.IsKnown():
	case value.LengthInt() == 0:
		d.Error(at, "Empty list", "An empty list asserts nothing. Name at least one, or remove %q.", a.Name)
	default:
		return d.items(a, value)
	}
	return nil
}

// items reads the strings of a list. Where one has an error, the others are judged all the same.
func (d *decoder) items(a *hcl.Attribute, value cty.Value) (list []Value[string]) {
	expressions, _ := hcl.ExprList(a.Expr)
	seen := names{}
	for i, element := range value.AsValueSlice() {
		item, at := Value[string]{Range: a.Range}, a.Expr.Range()
		if len(expressions) == value.LengthInt() {
			at = expressions[i].Range()
			item.Range = at
		}
		if !d.Is(element, cty.String, fmt.Sprintf("%s[%d]", a.Name, i), at) {
			continue
		}
		if item.Value = element.AsString(); d.once(seen, "Repeated item", "item", item.Value, at) {
			list = append(list, item)
		}
	}
	return list
}

// itemRange is where an item of a list is written, or the list as a whole.
func itemRange(item Value[string], a *hcl.Attribute) hcl.Range {
	if item.Range == a.Range {
		return a.Expr.Range()
	}
	return item.Range
}
