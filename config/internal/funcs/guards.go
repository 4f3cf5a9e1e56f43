package funcs

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// MaxResult bounds what one call makes, where that could be much more than its arguments, in
// bytes. The arguments of a call may have as much together.
const MaxResult = 1 << 20

var (
	errLarge  = fmt.Errorf("the result would have more than %d MiB", MaxResult>>20)
	errDigits = fmt.Errorf("a number may have at most %d digits, written out without an exponent", MaxDigits)
)

func notLarge(size int) error {
	if size > MaxResult {
		return errLarge
	}
	return nil
}

// guarded puts a check of the arguments before a function: what it refuses is never computed.
// Numbers with an absurd exponent, which hcl makes of texts, are always refused, the result
// included. Unknown arguments are not checked.
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
			if err == nil && result.Type() == cty.Number && Digits(result) > MaxDigits {
				return cty.NilVal, errDigits
			}
			return result, err
		},
	})
}

// maxPatternSteps bounds the length of a regular expression and the program that it becomes, and
// with it what matching takes for each byte.
const maxPatternSteps = 1000

// affordablePattern refuses a pattern that is too large. One that is not valid is left to
// whoever compiles it.
func affordablePattern(pattern string) error {
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
	if err := affordablePattern(arguments[0].AsString()); err != nil {
		return function.NewArgError(0, err)
	}
	return nil
}

// boundedMatches is for all matches, each of which has all groups and their names.
func boundedMatches(arguments []cty.Value) error {
	groups := 1 + strings.Count(arguments[0].AsString(), "(")
	if groups*len(arguments[1].AsString()) > MaxResult/4 {
		return errLarge
	}
	return boundedPattern(arguments)
}

// maxWidth bounds the widths and precisions of format, and what indent adds.
const maxWidth = 1000

// formatWidths gives the number of verbs of a format and the largest number in one of them.
func formatWidths(text string) (verbs, width int) {
	number, inVerb := 0, false
	for i := range len(text) {
		c := text[i]
		switch {
		case c == '%':
			inVerb = !inVerb
			if inVerb {
				verbs++
			}
			number = 0
		case inVerb && c >= '0' && c <= '9':
			number = min(number*10+int(c-'0'), maxWidth+1)
			width = max(width, number)
		case inVerb && strings.IndexByte("+-#. []", c) >= 0:
			number = 0
		default:
			inVerb = false
		}
	}
	return verbs, width
}

// boundedFormat refuses widths, and formats that show large values many times: each verb may
// show any of the values. formatlist shows each of the single values with each of the items.
func boundedFormat(lists bool) func(arguments []cty.Value) error {
	return func(arguments []cty.Value) error {
		format := arguments[0].AsString()
		verbs, width := formatWidths(format)
		if width > maxWidth {
			return function.NewArgErrorf(0, "a width or a precision may be at most %d", maxWidth)
		}
		values, single, most := 0, len(format), 1
		for _, a := range arguments[1:] {
			values += Size(a, MaxResult)
			if a.CanIterateElements() {
				most = max(most, a.LengthInt())
			} else {
				single += Size(a, MaxResult)
			}
		}
		if verbs > 1 && verbs*(values+width) > MaxResult || lists && most*(single+width) > MaxResult {
			return errLarge
		}
		return nil
	}
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
	combinations, size := 1, 0
	for _, set := range arguments {
		if !set.CanIterateElements() {
			return nil
		}
		combinations *= set.LengthInt()
		size += elementSize
		if combinations*size > MaxResult {
			return errLarge
		}
	}
	return nil
}

// finite refuses arguments for which there is no result, or too large a one.
func finite(do func(a, b float64) float64) func(arguments []cty.Value) error {
	return func(arguments []cty.Value) error {
		a, _ := arguments[0].AsBigFloat().Float64()
		b, _ := arguments[1].AsBigFloat().Float64()
		if result := do(a, b); math.IsNaN(result) || math.IsInf(result, 0) {
			return errors.New("there is no such number, or it is too large")
		}
		return nil
	}
}

func logarithm(number, base float64) float64 { return math.Log(number) / math.Log(base) }

func boundedDigits(arguments []cty.Value) error {
	if text := arguments[0]; text.Type() == cty.String && len(text.AsString()) > maxLiteralDigits {
		return function.NewArgErrorf(0, "may have at most %d digits", maxLiteralDigits)
	}
	return nil
}

func boundedNumber(arguments []cty.Value) error {
	if text := arguments[0]; text.Type() == cty.String && Digits(text) > maxLiteralDigits+mantissaDigits {
		return function.NewArgErrorf(0, "may have at most %d digits, written out without an exponent", maxLiteralDigits)
	}
	return nil
}

const (
	// maxDecodedExponent bounds the exponents of numbers that jsondecode reads, which grow
	// when they are written out.
	maxDecodedExponent = 64
	// maxDecodedDepth bounds what cty decodes by recursion.
	maxDecodedDepth = 500
	// maxDecodedTokens bounds the values and names, each of which takes some hundred bytes.
	maxDecodedTokens = 50_000
)

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
		case tokens > maxDecodedTokens:
			return function.NewArgErrorf(0, "may have at most %d values and names", maxDecodedTokens)
		case decoder.StackDepth() > maxDecodedDepth:
			return function.NewArgErrorf(0, "arrays and objects may be inside one another at most %d deep", maxDecodedDepth)
		case token.Kind() == '0' && !decodable(token.String()):
			return function.NewArgErrorf(0, "a number may have at most %d digits, and an exponent up to %d", maxLiteralDigits, maxDecodedExponent)
		}
	}
}

func decodable(number string) bool {
	_, exponent, found := strings.Cut(strings.ToLower(number), "e")
	n, err := strconv.Atoi(exponent)
	return len(number) <= maxLiteralDigits && (!found || err == nil && max(n, -n) <= maxDecodedExponent)
}
