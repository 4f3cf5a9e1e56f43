package funcs

import (
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

const (
	// maxLiteralDigits bounds the numbers that a text may write.
	maxLiteralDigits = 1000
	// MaxDigits bounds the numbers within expressions, which may be computed.
	MaxDigits = 10 * maxLiteralDigits
	// mantissaBits is how many bits of a number cty keeps.
	mantissaBits = 512
	// mantissaDigits is how many digits a fraction such as 0.1 comes to with these.
	mantissaDigits = mantissaBits/3 + 4
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
	switch {
	case v.IsNull() || !v.IsKnown():
		return 0
	case v.Type() == cty.String:
		return textDigits(v.AsString())
	case v.Type() != cty.Number:
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

// textDigits bounds how long a text is as a number, where it can be read as one.
func textDigits(s string) int {
	if strings.Trim(s, "0123456789+-._eEpP") != "" {
		return 0
	}
	i := strings.IndexAny(s, "eEpP")
	if i < 0 {
		return measuredDigits(len(s))
	}
	exponent, err := strconv.Atoi(s[i+1:])
	if err != nil || max(exponent, -exponent) > MaxDigits {
		return MaxDigits + 1
	}
	return measuredDigits(len(s) + max(exponent, -exponent))
}

// measuredDigits is what Digits may measure a number of that many to have: it takes three bits
// for one, and looks at the mantissa beside.
func measuredDigits(n int) int { return min(n+n/8+mantissaDigits+2, MaxDigits+1) }
