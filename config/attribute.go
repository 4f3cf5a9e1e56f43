package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/eval"
)

// Attributes are strict: nothing is converted, null is an error, and so is an empty list. What is read
// is nil if the attribute is left out, not known, or wrong.

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

// or gives what was read, or another value where nothing was.
func or[T any](read *Value[T], other T) T {
	if read != nil {
		return read.Value
	}
	return other
}

func choice[T ~string](d *decoder, a *hcl.Attribute, what string, known []T) *Value[T] {
	text := d.text(a)
	if text == nil {
		return nil
	}
	if i := slices.Index(known, T(text.Value)); i >= 0 {
		return &Value[T]{Value: known[i], Range: text.Range}
	}
	var names []string
	for _, one := range known {
		names = append(names, string(one))
	}
	d.Error(a.Expr.Range(), "Invalid "+what, "A %s is one of \"%s\", not %q.%s",
		what, strings.Join(names, "\", \""), diag.Clip(text.Value), diag.DidYouMean(text.Value, names))
	return nil
}

func (d *decoder) texts(a *hcl.Attribute) []Value[string] { return d.list(a, false) }

// list reads a list of strings, or one string too if orText is set. Each string has the range of its
// item if the list is written out, and that of the attribute otherwise.
func (d *decoder) list(a *hcl.Attribute, orText bool) []Value[string] {
	if a == nil {
		return nil
	}
	items, _ := hcl.ExprList(a.Expr)
	values := make([]cty.Value, 0, len(items))
	for _, item := range items {
		if value, ok := eval.Literal(item); ok {
			values = append(values, value)
		}
	}
	if len(values) > 0 && len(values) == len(items) {
		return d.items(a, items, values)
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
		return d.items(a, items, value.AsValueSlice())
	}
	return nil
}

// items reads the strings of a list. Where one has an error, the others are judged all the same.
func (d *decoder) items(a *hcl.Attribute, expressions []hcl.Expression, values []cty.Value) (list []Value[string]) {
	seen := names{}
	for i, value := range values {
		item, at := Value[string]{Range: a.Range}, a.Expr.Range()
		if len(expressions) == len(values) {
			at = expressions[i].Range()
			item.Range = at
		}
		if !d.Is(value, cty.String, a.Name+"["+strconv.Itoa(i)+"]", at) {
			continue
		}
		if item.Value = value.AsString(); d.once(seen, "Repeated item", "item", item.Value, at) {
			list = append(slices.Grow(list, len(values)-i), item)
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
