package config

import (
	"errors"
	"fmt"
	"io"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// guarded puts a check of the first argument before a function: what it refuses is
// never computed.
func guarded(f function.Function, check func(first cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(),
		Type: func(arguments []cty.Value) (cty.Type, error) {
			if first, _ := arguments[0].Unmark(); first.IsKnown() && !first.IsNull() {
				if err := check(first); err != nil {
					return cty.NilType, function.NewArgError(0, err)
				}
			}
			return f.ReturnTypeForValues(arguments)
		},
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(arguments) },
	})
}

// maxPatternSteps bounds the program that a regular expression becomes, and with
// it what matching takes for each byte.
const maxPatternSteps = 1000

// affordablePattern refuses a pattern that is too large. One that is not valid is
// left to who compiles it.
func affordablePattern(pattern string) error {
	if steps := patternSteps(pattern); steps > maxPatternSteps {
		return fmt.Errorf("the pattern is too large: with its repetitions written out, it may have at most %d steps", maxPatternSteps)
	}
	return nil
}

// patternSteps counts about the instructions that a pattern compiles to.
func patternSteps(pattern string) int {
	if len(pattern) > maxPatternSteps {
		return beyond
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 1
	}
	var count func(r *syntax.Regexp) int
	count = func(r *syntax.Regexp) int {
		steps := 1 + len(r.Rune)/16
		if r.Op == syntax.OpLiteral {
			steps = 1 + len(r.Rune)
		}
		for _, sub := range r.Sub {
			steps = add(steps, count(sub))
		}
		if r.Op == syntax.OpRepeat {
			steps = multiply(steps, max(r.Min, r.Max, 1)+1)
		}
		return steps
	}
	return count(parsed)
}

func boundedPattern(pattern cty.Value) error { return affordablePattern(pattern.AsString()) }

// maxWidth bounds the widths and precisions of format, and what indent adds.
const maxWidth = 1000

// formatWidths gives the number of verbs of a format and the largest number in
// one of them.
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
			number = min(number*10+int(c-'0'), beyond)
			width = max(width, number)
		case inVerb && strings.IndexByte("+-#. []", c) >= 0:
			number = 0
		default:
			inVerb = false
		}
	}
	return verbs, width
}

func boundedFormat(format cty.Value) error {
	if _, width := formatWidths(format.AsString()); width > maxWidth {
		return fmt.Errorf("a width or a precision may be at most %d", maxWidth)
	}
	return nil
}

func boundedIndent(spaces cty.Value) error {
	if n, _ := spaces.AsBigFloat().Int64(); n < 0 || n > maxWidth {
		return fmt.Errorf("must be from 0 to %d", maxWidth)
	}
	return nil
}

func boundedDigits(text cty.Value) error {
	if text.Type() == cty.String && len(text.AsString()) > maxDigits {
		return fmt.Errorf("may have at most %d digits", maxDigits)
	}
	return nil
}

func boundedNumber(text cty.Value) error {
	if text.Type() == cty.String && textDigits(text.AsString()) > maxDigits+mantissaDigits {
		return fmt.Errorf("may have at most %d digits, written out without an exponent", maxDigits)
	}
	return nil
}

// maxDecodedExponent bounds the exponents of numbers that jsondecode reads, which
// grow when they are written out.
const maxDecodedExponent = 64

// boundedJSON refuses what cty would decode by recursion without a limit, and
// numbers that are much longer than they look.
func boundedJSON(text cty.Value) error {
	decoder := jsontext.NewDecoder(strings.NewReader(text.AsString()), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		token, err := decoder.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errors.New("is not valid JSON")
		case decoder.StackDepth() > maxNesting:
			return fmt.Errorf("arrays and objects may stand inside one another at most %d deep", maxNesting)
		case token.Kind() == '0' && !decodable(token.String()):
			return fmt.Errorf("a number may have at most %d digits, and an exponent up to %d", maxDigits, maxDecodedExponent)
		}
	}
}

func decodable(number string) bool {
	if !sensibleNumber([]byte(number)) {
		return false
	}
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(number[i+1:])
	return err == nil && max(exponent, -exponent) <= maxDecodedExponent
}
