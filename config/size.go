package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A few lines of locals can double a text sixty times, and a for expression
// within another multiplies. So what an expression would take is estimated, from
// above, before it is evaluated. A unit is about a byte of text or an element.
const (
	maxExpressionSize = 1 << 20
	maxTotalSize      = 32 << 20
	// maxResultDigits bounds the numbers within an expression.
	maxResultDigits = 10 * maxDigits
	// beyond is where counting stops. The product of two sizes still fits.
	beyond = maxResultDigits + maxExpressionSize
)

// extent is an upper bound of what a value takes, of how many elements it has,
// and of what one of them takes.
type extent struct {
	size, length, element int
	// digits bounds the numbers in the value, and the texts that an operator or a
	// function would read as one: "1e999" is longer as a number.
	digits int
	// value is the value itself, where it is known before evaluation, or NilVal.
	value cty.Value
}

// anything is the extent of a value of which only the size is known.
func anything(size int) extent {
	return extent{size: size, length: size, element: size, digits: size}
}

// scalar is the extent of a value that is no collection.
func scalar(size int) extent {
	return extent{size: size, length: 1, element: size, digits: size}
}

func add(sizes ...int) int {
	sum := 0
	for _, s := range sizes {
		sum = min(sum+s, beyond)
	}
	return sum
}

func multiply(a, b int) int { return min(a*b, beyond) }

// estimator bounds what the evaluation of an expression takes.
type estimator struct {
	context *hcl.EvalContext
	// functions gives what may be called; it is nil where nothing may.
	functions func() map[string]functionSchema
	// calls are what the expressions call.
	calls []*hclsyntax.FunctionCallExpr
}

// symbols are the names that for expressions and splats bind.
type symbols struct {
	outer   *symbols
	names   [2]string
	splat   *hclsyntax.AnonSymbolExpr
	element extent
}

func (s *symbols) named(name string) (extent, bool) {
	for ; s != nil; s = s.outer {
		if s.splat == nil && (s.names[0] == name || s.names[1] == name) {
			return s.element, true
		}
	}
	return extent{}, false
}

func (s *symbols) anonymous(splat *hclsyntax.AnonSymbolExpr) extent {
	for ; s != nil; s = s.outer {
		if s.splat == splat {
			return s.element
		}
	}
	return anything(beyond)
}

// expression estimates an expression of either syntax.
func (e *estimator) expression(expr hcl.Expression) extent {
	if native, ok := expr.(hclsyntax.Expression); ok {
		return e.native(native, nil)
	}
	if items, diags := hcl.ExprList(expr); !diags.HasErrors() {
		out := extent{size: 1, length: len(items)}
		for _, item := range items {
			x := e.expression(item)
			out.put(x.size, x.digits)
		}
		return out
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		out := extent{size: 1, length: len(pairs)}
		for _, pair := range pairs {
			key, value := e.expression(pair.Key), e.expression(pair.Value)
			out.put(add(key.size, value.size), max(key.digits, value.digits))
		}
		return out
	}
	// Without a context, a string of HCL JSON is its text, not a template.
	value, _ := expr.Value(nil)
	if value.IsKnown() && !value.IsNull() && value.Type() == cty.String && e.context != nil {
		template, diags := hclsyntax.ParseTemplate([]byte(value.AsString()), "", hcl.InitialPos)
		if !diags.HasErrors() {
			return e.native(template, nil)
		}
	}
	return valueExtent(value)
}

// reconciled charges for a result of a condition, whose items hcl compares, each with each,
// to find one type for both results. Where nothing is known of it, it is no large one.
func reconciled(result hclsyntax.Expression, of extent) int {
	items := 0
	switch x := result.(type) {
	case *hclsyntax.ParenthesesExpr:
		return reconciled(x.Expression, of)
	case *hclsyntax.TupleConsExpr:
		items = len(x.Exprs)
	case *hclsyntax.ObjectConsExpr:
		items = len(x.Items)
	default:
		if of.value != cty.NilVal && (of.value.Type().IsTupleType() || of.value.Type().IsObjectType()) {
			items = of.length
		}
	}
	return min(items*items/4, beyond)
}

func (e *estimator) native(expr hclsyntax.Expression, s *symbols) extent {
	switch x := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return valueExtent(x.Val)
	case *hclsyntax.ParenthesesExpr:
		return e.native(x.Expression, s)
	case *hclsyntax.TemplateWrapExpr:
		return e.native(x.Wrapped, s)
	case *hclsyntax.TemplateJoinExpr:
		return textOf(e.native(x.Tuple, s).size)
	case *hclsyntax.ObjectConsKeyExpr:
		if name := hcl.ExprAsKeyword(x.Wrapped); name != "" && !x.ForceNonLiteral {
			return textOf(len(name) + 1)
		}
		return e.native(x.Wrapped, s)
	case *hclsyntax.TemplateExpr:
		if x.IsStringLiteral() {
			return e.native(x.Parts[0], s)
		}
		return textOf(e.sum(s, x.Parts...))
	case *hclsyntax.FunctionCallExpr:
		return e.call(x, s)
	case *hclsyntax.ScopeTraversalExpr:
		return e.reference(x, s)
	case *hclsyntax.RelativeTraversalExpr:
		return within(e.native(x.Source, s))
	case *hclsyntax.AnonSymbolExpr:
		return s.anonymous(x)
	case *hclsyntax.IndexExpr:
		collection := e.native(x.Collection, s)
		return extent{
			size:    add(collection.size, e.native(x.Key, s).size),
			length:  collection.element,
			element: collection.element,
			digits:  collection.digits,
		}
	case *hclsyntax.TupleConsExpr:
		out := extent{size: 1, length: len(x.Exprs)}
		for _, item := range x.Exprs {
			inner := e.native(item, s)
			out.put(inner.size, inner.digits)
		}
		return out
	case *hclsyntax.ObjectConsExpr:
		out := extent{size: 1, length: len(x.Items)}
		for _, item := range x.Items {
			key, value := e.native(item.KeyExpr, s), e.native(item.ValueExpr, s)
			out.put(add(key.size, value.size), max(key.digits, value.digits))
		}
		return out
	case *hclsyntax.ConditionalExpr:
		yes, no := e.native(x.TrueResult, s), e.native(x.FalseResult, s)
		return extent{
			size:    add(e.native(x.Condition, s).size, yes.size, no.size, reconciled(x.TrueResult, yes), reconciled(x.FalseResult, no)),
			length:  max(yes.length, no.length),
			element: max(yes.element, no.element),
			digits:  max(yes.digits, no.digits),
		}
	case *hclsyntax.UnaryOpExpr:
		return e.operation(x.Op, s, x.Val)
	case *hclsyntax.BinaryOpExpr:
		return e.operation(x.Op, s, x.LHS, x.RHS)
	case *hclsyntax.ForExpr:
		return e.repeated(x, s)
	case *hclsyntax.SplatExpr:
		source := e.native(x.Source, s)
		one := anything(max(source.element, source.size/max(source.length, 1)))
		one.digits = source.digits
		each := e.native(x.Each, &symbols{outer: s, splat: x.Item, element: one})
		length := max(source.length, 1)
		return extent{size: add(source.size, multiply(length, add(each.size, 1))), length: length, element: each.size, digits: each.digits}
	}
	// What is left are placeholders of the parser, which evaluate to nothing.
	return anything(1)
}

// put adds an element.
func (x *extent) put(size, digits int) {
	x.size, x.element, x.digits = add(x.size, size, 1), max(x.element, size), max(x.digits, digits)
}

// within is the extent of a part of a value.
func within(whole extent) extent {
	out := anything(whole.size)
	out.digits = whole.digits
	return out
}

func (e *estimator) operation(op *hclsyntax.Operation, s *symbols, operands ...hclsyntax.Expression) extent {
	size, digits := 1, 1
	for _, operand := range operands {
		x := e.native(operand, s)
		size, digits = add(size, x.size), add(digits, x.digits)
	}
	if op.Type != cty.Number {
		return scalar(max(size, boolSize))
	}
	if op == hclsyntax.OpDivide {
		digits = add(digits, mantissaDigits)
	}
	if digits > maxResultDigits {
		digits = beyond
	}
	out := scalar(max(size, digits))
	out.digits = digits
	return out
}

// call bounds a function's result, and what it takes to compute it.
func (e *estimator) call(x *hclsyntax.FunctionCallExpr, s *symbols) extent {
	e.calls = append(e.calls, x)
	arguments := make([]extent, 0, max(len(x.Args), boundArguments))
	for i, expr := range x.Args {
		a := e.native(expr, s)
		if !x.ExpandFinal || i < len(x.Args)-1 {
			arguments = append(arguments, a)
			continue
		}
		if a.length > maxExpanded {
			return anything(beyond)
		}
		one := anything(a.element)
		one.digits = a.digits
		arguments = append(arguments, slices.Repeat([]extent{one}, a.length)...)
	}
	if e.functions == nil {
		return anything(sums(arguments).size)
	}
	f, found := e.functions()[x.Name]
	if !found {
		return anything(sums(arguments).size)
	}
	out := f.bound(pad(arguments))
	// The arguments are computed too.
	out.size = max(out.size, sums(arguments).size)
	return out
}

// maxExpanded is how many arguments "..." may make of a list.
const maxExpanded = 1000

func (e *estimator) sum(s *symbols, parts ...hclsyntax.Expression) int {
	size := 1
	for _, part := range parts {
		size = add(size, e.native(part, s).size)
	}
	return size
}

func (e *estimator) repeated(x *hclsyntax.ForExpr, s *symbols) extent {
	collection := e.native(x.CollExpr, s)
	one := anything(max(collection.element, indexDigits))
	one.digits = max(collection.digits, indexDigits)
	inner := &symbols{outer: s, names: [2]string{x.KeyVar, x.ValVar}, element: one}
	value := e.native(x.ValExpr, inner)
	body, digits := add(value.size, 1), value.digits
	if x.KeyExpr != nil {
		key := e.native(x.KeyExpr, inner)
		body, digits = add(body, key.size), max(digits, key.digits)
	}
	if x.CondExpr != nil {
		body = add(body, e.native(x.CondExpr, inner).size)
	}
	out := extent{size: add(collection.size, multiply(collection.length, body)), length: collection.length, element: body, digits: digits}
	if x.Group {
		out.element = out.size
	}
	return out
}

func (e *estimator) reference(x *hclsyntax.ScopeTraversalExpr, s *symbols) extent {
	if bound, ok := s.named(x.Traversal.RootName()); ok {
		return within(bound)
	}
	if e.context == nil {
		return anything(1)
	}
	value, diags := x.Traversal.TraverseAbs(e.context)
	if diags.HasErrors() {
		return anything(1)
	}
	return valueExtent(value)
}

// boolSize is what a bool takes, which may become a text.
const boolSize = 6

const (
	// mantissaBits is how many bits of a number cty keeps.
	mantissaBits = 512
	// mantissaDigits is how many digits a fraction such as 0.1 comes to with these.
	mantissaDigits = mantissaBits/3 + 4
)

// indexDigits is how many digits the index of an element can have.
const indexDigits = 8

// valueExtent measures a value. It stops where the limit is reached.
func valueExtent(v cty.Value) extent {
	v, _ = v.Unmark()
	out := measured(v)
	out.value = v
	return out
}

func measured(v cty.Value) extent {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return scalar(1)
	}
	switch {
	case v.Type() == cty.String:
		out := scalar(len(v.AsString()) + 1)
		out.digits = max(out.digits, textDigits(v.AsString()))
		return out
	case v.Type() == cty.Number:
		return scalar(digits(v))
	case !v.CanIterateElements():
		return scalar(boolSize)
	}
	out := extent{size: 1, length: v.LengthInt()}
	for it := v.ElementIterator(); it.Next() && out.size < beyond; {
		key, element := it.Element()
		x := measured(element)
		if v.Type().IsMapType() || v.Type().IsObjectType() {
			k := measured(key)
			x.size, x.digits = add(k.size, x.size), max(k.digits, x.digits)
		}
		out.put(x.size, x.digits)
	}
	return out
}

// digits bounds how long a number is when it is written out.
func digits(v cty.Value) int {
	f := v.AsBigFloat()
	if f.IsInf() {
		return beyond
	}
	exponent, mantissa := f.MantExp(nil), int(f.MinPrec())
	if f.IsInt() {
		// A small number that is added makes the mantissa as long as the number is.
		mantissa = min(exponent, mantissaBits)
	}
	// Ten bits are about three digits; both the exponent and the mantissa count.
	return min((max(exponent, -exponent)+mantissa)/3+2, beyond)
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
	if err != nil {
		return beyond
	}
	return measuredDigits(add(len(s), min(max(exponent, -exponent), beyond)))
}

// measuredDigits is what digits may measure a number of that many to have: it takes
// three bits for one, and looks at the mantissa beside.
func measuredDigits(n int) int { return add(n, n/8, mantissaDigits, 2) }
