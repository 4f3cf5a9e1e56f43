package funcs

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

const (
	// MaxResult bounds, in bytes, what one call makes if that could be much more than its arguments, and
	// what the arguments of a call have together.
	MaxResult = 1 << 20
	// MaxDigits bounds the numbers within expressions, which may be computed.
	MaxDigits = 10_000
	// mantissaBits is how many bits of a number cty keeps.
	mantissaBits = 512
	// elementSize is about what a value takes beside its text.
	elementSize = 16
	// maxPatternSteps bounds the length of a regular expression and the program that it becomes,
	// and with it what matching takes for each byte.
	maxPatternSteps = 1000
	// maxWidth bounds the widths and precisions of format, and what indent adds.
	maxWidth = 1000
	// maxDecodedTokens bounds the values and names in JSON, each of which takes some hundred bytes.
	maxDecodedTokens = 50_000
	// maxDecodedDepth bounds what cty decodes by recursion.
	maxDecodedDepth = 500
)

var (
	errLarge  = fmt.Errorf("the result would have more than %d MiB", MaxResult>>20)
	errDigits = fmt.Errorf("a number may have at most %d digits, written out without an exponent", MaxDigits)
	errNone   = fmt.Errorf("there is no such value, or it has more than %d digits", MaxDigits)
)

func notLarge(size int) error {
	if size > MaxResult {
		return errLarge
	}
	return nil
}

// guarded checks the arguments before it calls a function. It always refuses numbers with a huge
// exponent, which hcl makes of texts, also as the result. It does not check unknown arguments.
func guarded(f function.Function, check func(arguments []cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(),
		Type: func(arguments []cty.Value) (cty.Type, error) {
			known := make([]cty.Value, len(arguments))
			for i, a := range arguments {
				if known[i], _ = a.UnmarkDeep(); !known[i].IsWhollyKnown() || known[i].IsNull() {
					return f.ReturnTypeForValues(arguments)
				}
				if a.Type() == cty.Number && Digits(a) > MaxDigits {
					return cty.NilType, function.NewArgError(i, errDigits)
				}
			}
			if check != nil {
				if err := check(known); err != nil {
					return cty.NilType, err
				}
			}
			return f.ReturnTypeForValues(arguments)
		},
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
			result, err := f.Call(arguments)
			_, panicked := errors.AsType[function.PanicError](err)
			if panicked || err == nil && result.Type() == cty.Number && Digits(result) > MaxDigits {
				return cty.NilVal, errNone
			}
			return result, err
		},
	})
}

// affordable refuses a pattern that is too large. An invalid one is left to whoever compiles it.
func affordable(pattern string) error {
	steps := len(pattern)
	if steps <= maxPatternSteps {
		if parsed, err := syntax.Parse(pattern, syntax.Perl); err == nil {
			program, _ := syntax.Compile(parsed.Simplify())
			steps = len(program.Inst)
		}
	}
	if steps > maxPatternSteps {
		return fmt.Errorf("the pattern is too large: with its repetitions written out, it may have at most %d steps", maxPatternSteps)
	}
	return nil
}

func boundedPattern(arguments []cty.Value) error {
	if err := affordable(arguments[0].AsString()); err != nil {
		return function.NewArgError(0, err)
	}
	return nil
}

// boundedMatches is for all matches, each of which has all groups and their names.
func boundedMatches(arguments []cty.Value) error {
	groups := 1 + strings.Count(arguments[0].AsString(), "(")
	return cmp.Or(notLarge(4*groups*len(arguments[1].AsString())), boundedPattern(arguments))
}

// verbs finds the verbs of a format, each with its width, its precision and its letter.
var verbs = regexp.MustCompile(`%[-+# 0]*([0-9]*)(?:\.([0-9]*))?(?:\[[0-9]+\])?([a-zA-Z])`)

// boundedFormat refuses large widths, numbers with a huge exponent, and formats that show large values
// many times. Each verb may show any value. formatlist shows the single values with each item.
func boundedFormat(lists bool) func(arguments []cty.Value) error {
	return func(arguments []cty.Value) error {
		format, width, isNumeric := arguments[0].AsString(), 0, false
		found := verbs.FindAllStringSubmatch(strings.ReplaceAll(format, "%%", ""), -1)
		for _, verb := range found {
			for _, number := range verb[1:3] {
				n, _ := strconv.Atoi(number) // It is huge where it is out of range, and 0 where there is none.
				width = max(width, n)
			}
			isNumeric = isNumeric || slices.Contains([]string{"b", "d", "o", "x", "X", "e", "E", "f", "g", "G"}, verb[3])
		}
		if width > maxWidth {
			return function.NewArgErrorf(0, "a width or a precision may be at most %d", maxWidth)
		}
		values, single, most := 0, len(format), 1
		for _, a := range arguments[1:] {
			if isNumeric && holdsHuge(a) {
				return errDigits
			}
			values += Size(a, MaxResult)
			if a.CanIterateElements() {
				most = max(most, a.LengthInt())
			} else {
				single += Size(a, MaxResult)
			}
		}
		if len(found) > 1 && len(found)*(values+width) > MaxResult || lists && most*(single+width) > MaxResult {
			return errLarge
		}
		return nil
	}
}

// holdsHuge tells whether a number in a value, or a text that may be read as one, is too long.
func holdsHuge(v cty.Value) (huge bool) {
	_ = cty.Walk(v, func(_ cty.Path, inner cty.Value) (bool, error) {
		huge = huge || Digits(inner) > MaxDigits
		return !huge, nil
	})
	return huge
}

func boundedIndent(arguments []cty.Value) error {
	n, _ := arguments[0].AsBigFloat().Int64()
	if n < 0 || n > maxWidth {
		return function.NewArgErrorf(0, "must be from 0 to %d", maxWidth)
	}
	return notLarge(int(n) * strings.Count(arguments[1].AsString(), "\n"))
}

func boundedSplit(arguments []cty.Value) error {
	return notLarge(strings.Count(arguments[1].AsString(), arguments[0].AsString()) * elementSize)
}

func boundedJoin(arguments []cty.Value) error {
	items := 0
	for _, list := range arguments[1:] {
		items += list.LengthInt()
	}
	return notLarge(items * len(arguments[0].AsString()))
}

func boundedProduct(arguments []cty.Value) error {
	combinations := 1
	for _, set := range arguments {
		if set.CanIterateElements() {
			combinations = min(combinations*set.LengthInt(), MaxResult)
		}
	}
	return notLarge(combinations * len(arguments) * elementSize)
}

func boundedNumber(arguments []cty.Value) error {
	if Digits(arguments[0]) > MaxDigits {
		return function.NewArgError(0, errDigits)
	}
	return nil
}

// boundedJSON refuses what takes much more memory than its text.
func boundedJSON(arguments []cty.Value) error {
	decoder := jsontext.NewDecoder(strings.NewReader(arguments[0].AsString()), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for tokens := 0; ; tokens++ {
		token, err := decoder.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return function.NewArgErrorf(0, "is not valid JSON")
		case tokens > maxDecodedTokens, decoder.StackDepth() > maxDecodedDepth:
			return function.NewArgErrorf(0, "may have at most %d values and names, at most %d deep", maxDecodedTokens, maxDecodedDepth)
		case token.Kind() == '0' && Digits(cty.StringVal(token.String())) > MaxDigits:
			return function.NewArgError(0, errDigits)
		}
	}
}

// Size is about how many bytes a value takes. It stops counting beyond most. A value that is used
// twice counts twice, because it is written out twice.
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

// Digits is an upper bound of the digits of a number, or of the number that a string holds. It is
// at most MaxDigits+1, and 0 for any other value.
func Digits(v cty.Value) int {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return 0
	}
	written := ""
	if v.Type() == cty.String && strings.Trim(v.AsString(), "0123456789+-._eEpP") == "" {
		written = strings.TrimRight(v.AsString(), "0123456789+-_")
		v, _ = cty.ParseNumberVal(v.AsString())
	}
	if v.Type() != cty.Number {
		return 0
	}
	f := v.AsBigFloat()
	if f.IsInf() || f.Sign() == 0 && strings.ContainsAny(written, "123456789") { // It is too large or too small for cty.
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
