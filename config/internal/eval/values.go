package eval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

// convertValue is convert.Convert, but quick for a list of texts or numbers: cty compares the
// type of each item with that of each other.
func convertValue(value cty.Value, to cty.Type) (cty.Value, error) {
	if !to.IsListType() || !to.ElementType().IsPrimitiveType() || !value.Type().IsTupleType() ||
		!value.IsWhollyKnown() || value.IsNull() || value.IsMarked() || value.LengthInt() == 0 {
		return convert.Convert(value, to)
	}
	items := value.AsValueSlice()
	for i, item := range items {
		converted, err := convert.Convert(item, to.ElementType())
		if err != nil {
			return convert.Convert(value, to)
		}
		items[i] = converted
	}
	return cty.ListVal(items), nil
}

// maxValue bounds what a variable or a local value may take, in bytes: it may be used many times.
const maxValue = 1 << 20

// bounded tells whether a value may have a name, and reports where it is too large.
func (e *Scope) bounded(value cty.Value, at hcl.Range, what, name string) bool {
	switch {
	case funcs.Size(value, maxValue) > maxValue:
		e.Error(at, "Value too large", "%s %q may take at most %d MiB.", what, name, maxValue>>20)
	case !numbersInRange(value):
		e.Error(at, "Number out of range", "%s %q holds a number that is infinite or has more than %d digits.", what, name, funcs.MaxDigits)
	default:
		return true
	}
	return false
}

// numbersInRange tells whether every number could be written out.
func numbersInRange(v cty.Value) bool {
	inRange := true
	_ = cty.Walk(v, func(_ cty.Path, inner cty.Value) (bool, error) {
		inner, _ = inner.Unmark()
		if inner.Type() == cty.Number && funcs.Digits(inner) > funcs.MaxDigits {
			inRange = false
		}
		return inRange, nil
	})
	return inRange
}
