package funcs

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

const (
	// MaxDigits bounds the numbers within expressions, which may be computed.
	MaxDigits = 10_000
	// mantissaBits is how many bits of a number cty keeps.
	mantissaBits = 512
	// elementSize is about what a value takes beside its text.
	elementSize = 16
)

// Size is about how many bytes a value takes. It stops counting where that is more than most.
// A value that two others share counts twice, as it does for whoever writes it out.
func Size(v cty.Value, most int) int {
	v, _ = v.Unmark()
	size := elementSize
	switch {
	case v.IsNull() || !v.IsKnown():
	case v.Type() == cty.String:
		size += len(v.AsString())
	case v.Type() == cty.Number:
		size += Digits(v)
	case v.CanIterateElements():
		for it := v.ElementIterator(); size <= most && it.Next(); {
			key, element := it.Element()
			if v.Type().IsMapType() || v.Type().IsObjectType() {
				size += len(key.AsString())
			}
			size += Size(element, most-size)
		}
	}
	return size
}

// Digits bounds how long a number is when it is written out, or a text that is read as one. It
// is MaxDigits+1 at most, and 0 for any other value.
func Digits(v cty.Value) int {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return 0
	}
	if v.Type() == cty.String && strings.Trim(v.AsString(), "0123456789+-._eEpP") == "" {
		v, _ = cty.ParseNumberVal(v.AsString())
	}
	if v.Type() != cty.Number {
		return 0
	}
	f := v.AsBigFloat()
	if f.IsInf() {
		return MaxDigits + 1
	}
	exponent, mantissa := f.MantExp(nil), int(f.MinPrec())
	if f.IsInt() {
		// A small number that is added makes the mantissa as long as the number is.
		mantissa = min(exponent, mantissaBits)
	}
	// Ten bits are about three digits; both the exponent and the mantissa count.
	return min((max(exponent, -exponent)+mantissa)/3+2, MaxDigits+1)
}
