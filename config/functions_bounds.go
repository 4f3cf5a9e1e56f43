package config

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Each of these bounds what one function or several take, from above, given the
// bounds of the arguments. The functions themselves refuse what a bound cannot
// know: a width in a format, or the repetitions of a pattern.

// boundArguments is how many arguments a bound may look at without counting.
const boundArguments = 3

// pad gives at least boundArguments arguments.
func pad(arguments []extent) []extent {
	for len(arguments) < boundArguments {
		arguments = append(arguments, extent{size: 1, length: 1, digits: 1})
	}
	return arguments
}

// textOf is the extent of a text, of which it is not known what number it may be.
func textOf(size int) extent {
	return extent{size: size, length: 1, element: size, digits: beyond}
}

func numberOf(digits int) extent {
	if digits > maxResultDigits {
		digits = beyond
	}
	return extent{size: digits, length: 1, element: digits, digits: digits}
}

// known gives the text of an argument, where it is known before evaluation.
func (x *extent) known() (string, bool) {
	if x.value == cty.NilVal || x.value.Type() != cty.String || !x.value.IsKnown() || x.value.IsNull() {
		return "", false
	}
	return x.value.AsString(), true
}

// sums adds up what arguments take.
func sums(arguments []extent) extent {
	out := extent{size: 1}
	for _, a := range arguments {
		out.size, out.length = add(out.size, a.size), add(out.length, a.length)
		out.element, out.digits = max(out.element, a.element), max(out.digits, a.digits)
	}
	return out
}

// unified charges for what it takes to find one type for the arguments, and for the
// items of lists: cty compares each with each.
func unified(out extent, arguments []extent) extent {
	out.size = add(out.size, min(len(arguments)*len(arguments)/4, beyond))
	for _, a := range arguments {
		if a.value != cty.NilVal && a.value.Type().IsCollectionType() {
			continue // it has one type already
		}
		// A quarter of what is beyond all bounds would be within them.
		out.size = add(out.size, min(a.length*a.length/4*(1+a.element/16), beyond))
	}
	return out
}

func sameNumber(arguments []extent) extent {
	return numberOf(add(sums(arguments).digits, mantissaDigits))
}
func checkedNumber(arguments []extent) extent {
	out := numberOf(min(sums(arguments).digits, maxDigits) + mantissaDigits)
	return counted(out, arguments)
}
func floatNumber([]extent) extent          { return numberOf(2 * mantissaDigits) }
func smallNumber([]extent) extent          { return numberOf(20) }
func parsedNumber([]extent) extent         { return numberOf(2 * maxDigits) }
func smallCount(arguments []extent) extent { return counted(numberOf(20), arguments) }
func boolOf(arguments []extent) extent     { return counted(scalar(boolSize), arguments) }
func sameText(arguments []extent) extent   { return textOf(sums(arguments).size) }
func anyCase(arguments []extent) extent    { return textOf(multiply(sums(arguments).size, 3)) }
func encoded(arguments []extent) extent    { return textOf(multiply(sums(arguments).size, 6)) }
func together(arguments []extent) extent   { return unified(sums(arguments), arguments) }

// kindObject is the name of a kind within an object.
func kindObject(arguments []extent) extent {
	out := arguments[0]
	out.size, out.length, out.element, out.value = add(out.size, len("{ kind = }")), 1, out.size, cty.NilVal
	return out
}

func compared(arguments []extent) extent    { return unified(sums(arguments), arguments) }
func search(arguments []extent) extent      { return unified(boolOf(arguments), arguments) }
func searchIndex(arguments []extent) extent { return unified(smallCount(arguments), arguments) }

// counted is a small result of arguments, which must be looked at.
func counted(out extent, arguments []extent) extent {
	out.size = add(out.size, sums(arguments).size)
	return out
}

func formatted(arguments []extent) extent {
	return textOf(formatSize(arguments[0], sums(arguments[1:]).size))
}

// formatSize bounds one text, each verb of which may show any of the values, at
// worst as JSON or in quotes.
func formatSize(format extent, values int) int {
	verbs, width := format.size/2, maxWidth
	if known, ok := format.known(); ok {
		verbs, width = formatWidths(known)
	}
	return add(format.size, multiply(verbs, add(width, multiply(values, 6), 10)))
}

func formattedList(arguments []extent) extent {
	lengths, values := 1, 0
	for _, a := range arguments[1:] {
		lengths = max(lengths, a.length)
		values = add(values, max(a.element, 1))
		if a.length == 0 || a.value != cty.NilVal && a.value.Type().IsPrimitiveType() {
			values = add(values, a.size)
		}
	}
	element := formatSize(arguments[0], values)
	return extent{size: multiply(lengths, add(element, 1)), length: lengths, element: element, digits: beyond}
}

func indented(arguments []extent) extent {
	lines := arguments[1].size
	if known, ok := arguments[1].known(); ok {
		lines = strings.Count(known, "\n")
	}
	spaces := maxWidth
	if v := arguments[0].value; v != cty.NilVal && v.Type() == cty.Number && v.IsKnown() && !v.IsNull() {
		n, _ := v.AsBigFloat().Int64()
		spaces = int(min(max(n, 0), maxWidth))
	}
	return textOf(add(arguments[1].size, multiply(lines, spaces)))
}

func joined(arguments []extent) extent {
	all := sums(arguments[1:])
	return textOf(add(all.size, multiply(all.length, arguments[0].size)))
}

func replaced(arguments []extent) extent {
	subject, old, replacement := arguments[0], arguments[1], arguments[2]
	if known, ok := old.known(); ok && (len(known) < 2 || known[0] != '/') {
		places := subject.size/max(len(known), 1) + 1
		if text, ok := subject.known(); ok {
			places = strings.Count(text, known)
		}
		return textOf(add(subject.size, multiply(places, replacement.size)))
	}
	// A replacement may refer to the whole match with each two of its bytes.
	product := multiply(add(subject.size, 1), add(replacement.size, 1))
	return textOf(add(multiply(2, product), matching(old, subject)))
}

// matching charges for running a pattern over a text.
func matching(pattern, subject extent) int {
	steps := min(patternBytes(pattern), maxPatternSteps)
	if known, ok := pattern.known(); ok {
		steps = min(patternSteps(strings.Trim(known, "/")), maxPatternSteps)
	}
	return add(multiply(subject.size, 1+steps/8), steps)
}

// patternBytes bounds the steps of a pattern of which only the size is known. A
// repetition takes few bytes.
func patternBytes(pattern extent) int { return multiply(pattern.size, maxPatternSteps) }

func matched(arguments []extent) extent {
	pattern, subject := arguments[0], arguments[1]
	groups := pattern.size
	if known, ok := pattern.known(); ok {
		groups = strings.Count(known, "(") + 1
	}
	return extent{
		size:   add(pattern.size, multiply(groups, add(subject.size, 2)), matching(pattern, subject)),
		length: groups, element: add(subject.size, pattern.size), digits: beyond,
	}
}

func allMatched(arguments []extent) extent {
	pattern, subject := arguments[0], arguments[1]
	groups, names := pattern.size, pattern.size
	if known, ok := pattern.known(); ok {
		groups = strings.Count(known, "(") + 1
		if !strings.Contains(known, "(?") {
			names = 0
		}
	}
	matches := add(subject.size, 1)
	return extent{
		// The matches do not overlap, but each has all groups and their names.
		size:   add(multiply(groups, multiply(2, matches)), multiply(matches, add(names, groups, 1)), matching(pattern, subject)),
		length: matches, element: add(names, multiply(groups, add(subject.size, 2))), digits: beyond,
	}
}

func parts(arguments []extent) extent {
	size := add(arguments[1].size, 1)
	length := size
	separator, ok := arguments[0].known()
	if subject, known := arguments[1].known(); ok && known && separator != "" {
		length = strings.Count(subject, separator) + 1
	}
	return extent{size: multiply(size, 3), length: length, element: size, digits: beyond}
}

// sameList bounds what is in the first argument, or a part of it, in any order.
func sameList(arguments []extent) extent {
	out := arguments[0]
	out.value = cty.NilVal
	out.size = add(out.size, sums(arguments[1:]).size)
	return unified(out, arguments[:1])
}

func chunked(arguments []extent) extent {
	out := sameList(arguments)
	out.size, out.element = add(out.size, multiply(2, out.length)), out.size
	return out
}

// oneOf bounds a value that is one of the arguments.
func oneOf(arguments []extent) extent {
	out := extent{size: 1}
	for _, a := range arguments {
		out.size, out.length = add(out.size, a.size), max(out.length, a.length)
		out.element, out.digits = max(out.element, a.element), max(out.digits, a.digits)
	}
	return unified(out, arguments)
}

func item(arguments []extent) extent {
	list := arguments[0]
	out := extent{size: list.size, length: list.element, element: list.element, digits: list.digits}
	return unified(out, arguments[:1])
}

func lookedUp(arguments []extent) extent {
	out := item(arguments)
	fallback := arguments[2]
	return extent{
		size: add(out.size, arguments[1].size, fallback.size), length: max(out.length, fallback.length),
		element: max(out.element, fallback.element), digits: max(out.digits, fallback.digits),
	}
}

func flat(arguments []extent) extent {
	out := arguments[0]
	return extent{size: multiply(2, out.size), length: out.size, element: out.element, digits: out.digits}
}

func matchedKeys(arguments []extent) extent {
	out := sameList(arguments)
	cost := multiply(arguments[1].length, add(arguments[2].length, 1))
	out.size = add(out.size, multiply(cost, 1+min(arguments[1].element, arguments[2].element)/16))
	return unified(out, arguments[1:])
}

func ranged(arguments []extent) extent {
	const most = 1024
	digits := add(sums(arguments).digits, 8)
	return extent{size: multiply(most, numberOf(digits).size), length: most, element: digits, digits: digits}
}

func transposed(arguments []extent) extent {
	out := arguments[0]
	size := multiply(out.size, add(out.element, 1))
	return extent{size: size, length: out.size, element: add(out.element, out.size), digits: beyond}
}

func zipped(arguments []extent) extent {
	keys, values := arguments[0], arguments[1]
	return unified(extent{
		size:   add(keys.size, values.size, multiply(2, keys.length)),
		length: keys.length, element: add(keys.element, values.element, 1), digits: max(keys.digits, values.digits),
	}, arguments[1:])
}

func product(arguments []extent) extent {
	length, element, digits := 1, 1, 0
	for _, a := range arguments {
		length, element, digits = multiply(length, a.length), add(element, a.element, 1), max(digits, a.digits)
	}
	return unified(extent{size: multiply(length, add(element, 1)), length: length, element: element, digits: digits}, arguments)
}

// decoded bounds what JSON of some size can hold: each element takes two bytes,
// and a number with an exponent is longer than it looks.
func decoded(arguments []extent) extent {
	size := arguments[0].size
	out := multiply(size, 20)
	return extent{size: out, length: size, element: out, digits: min(add(size, maxDecodedExponent+maxDigits+mantissaDigits), maxResultDigits)}
}
