package eval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

// maxValue bounds what a variable or a local value may take, in bytes: it may be used many times.
const maxValue = 1 << 20

// bounded tells whether a value may have a name, and reports where it is too large.
func (e *Scope) bounded(value cty.Value, at hcl.Range, what, name string) bool {
	if funcs.Size(value, maxValue) > maxValue {
		e.Error(at, "Value too large", "%s %q may take at most %d MiB.", what, name, maxValue>>20)
		return false
	}
	inRange := true
	_ = cty.Walk(value, func(_ cty.Path, inner cty.Value) (bool, error) {
		inner, _ = inner.Unmark()
		inRange = inRange && (inner.Type() != cty.Number || funcs.Digits(inner) <= funcs.MaxDigits)
		return inRange, nil
	})
	if !inRange {
		e.Error(at, "Number out of range", "%s %q holds a number that is infinite or has more than %d digits.", what, name, funcs.MaxDigits)
	}
	return inRange
}
