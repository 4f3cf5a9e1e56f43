package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

func constraint(t *testing.T, text string) cty.Type {
	t.Helper()
	typ, _, diags := typeexpr.TypeConstraintWithDefaults(nativeExpression(t, text))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return typ
}

// What is collected before converts to the same as what is not, errors included.
func TestCollected(t *testing.T) {
	values := []string{
		`[]`, `{}`, `[1, 2]`, `["a", "b", "a"]`, `[true]`, `[0, -0, 1.5, -7, 9223372036854775808, 1e30]`, `[1, "a", true]`, `[null]`, `[1, null]`, `["a", null, null]`, `null`, `1`, `"a"`,
		`[[1], [2]]`, `[[1], [2, 3]]`, `[[1, "a"], ["b", 2]]`, `[["a"], []]`, `[[], []]`, `[[1], null]`, `[[1], "a"]`, `[[null], [null]]`,
		`[{}, {}]`, `[{ a = 1 }, { a = 2 }]`, `[{ a = 1 }, { a = "x" }]`, `[{ a = 1 }, { b = 2 }]`, `[{ a = null }, { a = null }]`, `[{ a = [1] }, { a = ["x"] }]`,
		`{ a = 1 }`, `{ a = 1, b = 2 }`, `{ a = "x", b = 2 }`, `{ a = null }`, `{ a = [1, 2] }`, `{ a = ["x"], b = [1] }`, `{ a = ["x"], b = ["y"] }`, `{ a = [1], b = [] }`,
		`{ a = { b = "x" } }`, `{ a = { a = 1 }, b = { a = 2 } }`, `{ a = { a = 1 }, b = {} }`, `{ a = {}, b = {} }`, `[marked, 1]`, `[unknown, 1]`, `[anything, 1]`, `{ a = marked }`,
		`{ a = [unknown], b = [marked] }`, `secrets`, `secret`, `[list, list]`, `[list, ["a"]]`, `[list, [1]]`, `{ a = list, b = set }`, `[set, set]`, `[map, map]`, `[map, { a = "b" }]`, `map`, `list`,
	}
	types := []string{"any", "string", "tuple([any])", "tuple([number, string])", "tuple([list(any), list(string)])", "object({})"}
	inner := []string{
		"any", "string", "number", "bool", "list(string)", "list(any)", "set(number)", "map(any)", "map(number)", "map(list(any))", "object({ a = optional(string) })",
		"object({ a = any })", "object({ a = number, b = optional(list(object({ a = optional(any) }))) })", "tuple([any])", "tuple([number])",
	}
	for _, in := range inner {
		types = append(types, "list("+in+")", "set("+in+")", "map("+in+")", "object({ a = "+in+" })", "object({ a = optional("+in+"), b = optional(any) })",
			"list(list("+in+"))", "map(map("+in+"))", "map(object({ a = optional("+in+") }))", "object({ a = map(object({ a = optional("+in+") })), b = optional(number) })")
	}
	text := cty.StringVal("t")
	context := &hcl.EvalContext{Variables: map[string]cty.Value{
		"marked": cty.NumberIntVal(1).Mark(sensitive), "unknown": cty.UnknownVal(cty.Number), "anything": cty.DynamicVal,
		"secrets": cty.TupleVal([]cty.Value{text, text}).Mark(sensitive), "secret": cty.ObjectVal(map[string]cty.Value{"a": text.Mark(sensitive)}).Mark(sensitive),
		"list": cty.ListVal([]cty.Value{text}), "set": cty.SetVal([]cty.Value{text}), "map": cty.MapVal(map[string]cty.Value{"a": text}),
	}}
	made := 0
	for _, value := range values {
		v, diags := nativeExpression(t, value).Value(context)
		if diags.HasErrors() {
			t.Fatal(value, diags)
		}
		for _, typ := range types {
			want := constraint(t, typ)
			was, wasErr := convert.Convert(v, want)
			before, cost := collected(v, want)
			is, err := convert.Convert(before, want)
			// Which of two mistaken attributes cty tells of is left to chance.
			for try := 0; try < 100 && fmt.Sprint(err) != fmt.Sprint(wasErr); try++ {
				_, err = convert.Convert(before, want)
			}
			if fmt.Sprint(err) != fmt.Sprint(wasErr) {
				t.Errorf("%s as %s: %v, and plainly: %v", value, typ, err, wasErr)
			} else if err == nil && !is.RawEquals(was) {
				t.Errorf("%s as %s: %#v, and plainly: %#v", value, typ, is, was)
			}
			if cost == 0 && !before.Type().Equals(v.Type()) {
				made++
			}
		}
	}
	if made < 500 {
		t.Errorf("only %d values were collected", made)
	}
}

// Of many items of one type, no types are left to compare: the value has the type
// already, so that cty returns it as it is.
func TestCollectedWithoutComparison(t *testing.T) {
	tests := []struct{ name, item, typ, want string }{
		{"texts", `"x"`, "list(string)", "list(string)"},
		{"numbers as texts", `1`, "list(string)", "list(string)"},
		{"a set", `1`, "set(number)", "set(number)"},
		{"any type", `1`, "list(any)", "list(number)"},
		{"nulls", `null, 1`, "list(number)", "list(number)"},
		{"lists", `["x"], ["y", 1]`, "list(list(string))", "list(list(string))"},
		{"objects", `{ a = 1 }, { a = "x", b = 2 }`, "list(object({ a = string, b = optional(number) }))", "list(object({ a = string, b = number }))"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			items := "[" + strings.Repeat(test.item+",", 10_000) + "]"
			for value, layout := range map[string]string{items: "%s", "{ x = " + items + " }": "object({ x = %s })", "[" + items + "]": "tuple([%s])"} {
				v, _ := nativeExpression(t, value).Value(nil)
				got, cost := collected(v, constraint(t, fmt.Sprintf(layout, test.typ)))
				if want := constraint(t, fmt.Sprintf(layout, test.want)); !got.Type().Equals(want) || cost != 0 {
					t.Errorf("the type is %s, and %d comparisons are left", typeexpr.TypeString(got.Type()), cost)
				}
			}
		})
	}
}

// What is left to compare is counted from above.
func TestComparisons(t *testing.T) {
	tests := []struct {
		value, typ string
		want       int
	}{
		{`[1, "a"]`, "list(any)", 4},
		{`[1, "a"]`, "list(string)", 0},
		{`[1, "a"]`, "any", 0},
		{`[[1, "a"], [2, 3]]`, "list(any)", 12},
		{`[[1, 2, 3, 4, 5, 6, 7, 8], ["a"]]`, "list(any)", 81},
		{`[[1, "a"], [2]]`, "list(list(any))", 14},
		{`{ a = 1, b = "a" }`, "map(any)", 4},
		{`{ x = [1, "a"], y = ["b", 2] }`, "object({ x = list(any), y = set(any) })", 8},
	}
	for _, test := range tests {
		v, _ := nativeExpression(t, test.value).Value(nil)
		if _, got := collected(v, constraint(t, test.typ)); got != test.want {
			t.Errorf("%s as %s: %d, want %d", test.value, test.typ, got, test.want)
		}
	}
}

// Before, cty compared each of these with each: that took minutes.
func TestManyItems(t *testing.T) {
	items := make([]cty.Value, 100_000)
	for i := range items {
		items[i] = cty.True
	}
	tuple, attributes := cty.TupleVal(items), map[string]cty.Value{}
	for i := range items {
		attributes[fmt.Sprint(i)] = cty.TupleVal(items[:1])
	}
	one := cty.StringVal("x")
	calls := map[string][]cty.Value{
		"join": {one, tuple}, "alltrue": {tuple}, "anytrue": {tuple}, "transpose": {cty.ObjectVal(attributes)}, "zipmap": {tuple, tuple},
	}
	start := time.Now()
	for name, arguments := range calls {
		f := newEvaluator().functions()[name]
		for i, a := range arguments {
			want := f.VarParam()
			if i < len(f.Params()) {
				want = &f.Params()[i]
			}
			// hcl converts an argument before it calls the function.
			var err error
			if arguments[i], err = convert.Convert(a, want.Type); err != nil {
				t.Fatal(name, err)
			}
		}
		if _, err := f.Call(arguments); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("the calls took %v", took)
	}
}

// What the conversions of a declaration compare is bounded together, and those that
// compare nothing go on.
func TestComparisonsTogether(t *testing.T) {
	d := &decoder{evaluator: *newEvaluator()}
	v := &variable{name: "v", typ: cty.List(cty.DynamicPseudoType)}
	mixed, _ := nativeExpression(t, "["+strings.Repeat(`1, "",`, 2000)+"]").Value(nil)
	d.unified = maxUnifyCosts - maxUnifyCost/2
	if got := d.converted(v, mixed, hcl.Range{}, "The value"); got != cty.DynamicVal || len(d.Diags) != 1 ||
		d.Diags[0].Detail != `The value for the variable "v", together with those before it, has too many items of different types to find one type for them. Its type, list(any), should say it.` {
		t.Fatalf("%v: %v", got.Type(), d.Diags)
	}
	same := cty.TupleVal([]cty.Value{cty.True, cty.True})
	if got := d.converted(v, same, hcl.Range{}, "The value"); !got.Type().Equals(cty.List(cty.Bool)) || len(d.Diags) != 1 {
		t.Errorf("%v: %v", got.Type(), d.Diags)
	}
}
