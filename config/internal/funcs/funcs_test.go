package funcs_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

// Nothing leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// evaluate gives the value of an expression in JSON, or its errors.
func evaluate(t *testing.T, text string) (value cty.Value, shown string) {
	t.Helper()
	context := &hcl.EvalContext{Functions: map[string]function.Function{}, Variables: map[string]cty.Value{
		"unknown": cty.UnknownVal(cty.String), "list": cty.UnknownVal(cty.List(cty.String)), "secret": cty.StringVal("swordfish").Mark("secret"),
		"nulls": cty.ListVal([]cty.Value{cty.NullVal(cty.String)}), "text": cty.StringVal(strings.Repeat("a\n", 200_000)), "words": cty.StringVal(strings.Repeat("a", 200_000)),
	}}
	for _, group := range funcs.Groups() {
		for _, f := range group.Functions {
			context.Functions[f.Name] = f.Impl
		}
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", text, diags)
	}
	value, diags = expr.Value(context)
	if diags.HasErrors() {
		return value, "error: " + diags[0].Detail
	}
	unmarked, _ := value.UnmarkDeep()
	if !unmarked.IsWhollyKnown() {
		return value, "unknown"
	}
	encoded, err := ctyjson.Marshal(unmarked, unmarked.Type())
	if err != nil {
		t.Fatal(err)
	}
	return value, string(encoded)
}

// Every example of the table gives what it says.
func TestExamples(t *testing.T) {
	for _, group := range funcs.Groups() {
		for _, f := range group.Functions {
			t.Run(f.Name, func(t *testing.T) {
				if !strings.HasPrefix(f.Signature, f.Name+"(") || !strings.Contains(f.Example, f.Name+"(") || f.Doc == "" {
					t.Errorf("incomplete: %+v", f)
				}
				_, got := evaluate(t, f.Example)
				if _, want := evaluate(t, f.Result); got != want {
					t.Errorf("%s is %s, and the table says %s", f.Example, got, f.Result)
				}
			})
		}
	}
}

func TestValues(t *testing.T) {
	for text, want := range map[string]string{
		`length("größe")`:                       `5`,
		`length({ a = 1 })`:                     `1`,
		`length([])`:                            `0`,
		`length(list)`:                          `unknown`,
		`one([])`:                               `null`,
		`one(tolist(["a"]))`:                    `"a"`,
		`one(toset([unknown, "a"]))`:            `unknown`,
		`index(["a", unknown], "b")`:            `unknown`,
		`sum([1, "2"])`:                         `3`,
		`sum([1, tonumber(unknown)])`:           `unknown`,
		`alltrue([])`:                           `true`,
		`alltrue([true, null])`:                 `false`,
		`anytrue([false, null])`:                `false`,
		`anytrue([tobool(unknown), false])`:     `unknown`,
		`anytrue([tobool(unknown), true])`:      `true`,
		`coalesce(unknown, "a")`:                `unknown`,
		`coalesce(null, "", 1, "b")`:            `"1"`,
		`format("%%1000000000s %s", "1e99999")`: `"%1000000000s 1e99999"`,
		`matchkeys(["a"], ["x"], ["y"])`:        `[]`,
		`matchkeys(["a"], [unknown], ["y"])`:    `unknown`,
		`transpose({})`:                         `{}`,
		`transpose({ a = [unknown] })`:          `unknown`,
		`replace("a1b22", "/[0-9]+/", "<$0>")`:  `"a\u003c1\u003eb\u003c22\u003e"`,
		`replace("a/b", "/", "-")`:              `"a-b"`,
		`can(unknown)`:                          `unknown`,
		`try(unknown, 1)`:                       `unknown`,
		`try(tonumber("a"), tonumber("b"), 1)`:  `1`,
		`format("%%|%5.1f|%-3s|", 1, "a")`:      `"%|  1.0|a  |"`,
		`formatlist("%s-%s", ["a", "b"], "c")`:  `["a-c","b-c"]`,
		`regexall("(a)|b", "ab")`:               `[["a"],[null]]`,
		`setproduct(list, ["a"])`:               `unknown`,
		`join(",", list)`:                       `unknown`,
		`abs(tonumber("-1e300"))`:               `1` + strings.Repeat("0", 300),
		`jsondecode("[1e64]")[0]`:               `1` + strings.Repeat("0", 64),
	} {
		if _, got := evaluate(t, text); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	const none, json = "there is no such value, or it has more than 10000 digits.", "may have at most 50000 values and names, at most 500 deep."
	const digits, large = "a number may have at most 10000 digits, written out without an exponent.", "the result would have more than 1 MiB."
	for text, want := range map[string]string{
		`log(-1, 2)`:        none,
		`pow(9, 9999)`:      none,
		`abs("1e99999")`:    digits,
		`max(1, "1e99999")`: digits,
		`lookup(tomap({ a = 1 }), "b", "1e99999")`:     none,
		`sum(["1e99999"])`:                             digits,
		`sum([])`:                                      "cannot sum an empty list.",
		`sum("a")`:                                     "list of number required, but have string.",
		`sum([null])`:                                  "must not contain null.",
		`index("a", "b")`:                              "must be a list or a tuple.",
		`index(["a"], "b")`:                            "item not found.",
		`length(1)`:                                    "collection must be a list, a map or a tuple.",
		`one(["a", "b"])`:                              "must be a list, a set or a tuple with no element or one.",
		`one(tolist(["a", "b"]))`:                      "must be a list, a set or a tuple with no element or one.",
		`matchkeys(["a"], [], ["a"])`:                  "values and keys must be of the same length.",
		`matchkeys(["a"], ["a"], [["a"]])`:             "keys and searchset must be of the same type.",
		`transpose({ a = null })`:                      "must not contain a null list or string.",
		`transpose({ a = [null] })`:                    "must not contain a null list or string.",
		`coalesce(null, "")`:                           "no non-null arguments.",
		`coalesce([], {})`:                             "all arguments must have the same type.",
		`tonumber("1e20000")`:                          digits,
		`parseint(words, 16)`:                          none,
		`format("%%%1000000000s", "a")`:                "a width or a precision may be at most 1000.",
		`format("%.99999999999999999999f", 1)`:         "a width or a precision may be at most 1000.",
		`format("%d", "1e99999")`:                      digits,
		`formatlist("%s %+.2f", "a", ["1e99999"])`:     digits,
		`format("%s%s%s%s%s%s", words, 1, 1, 1, 1, 1)`: large,
		`formatlist("%1000s, %s", range(1024), "a text that is long enough to count")`: large,
		`indent(-1, "a")`:                             "must be from 0 to 1000.",
		`indent(1000000000, "a")`:                     "must be from 0 to 1000.",
		`indent(1000, text)`:                          large,
		`split("", text)`:                             large,
		`join(words, ["a", "b", "c", "d", "e", "f"])`: large,
		`setproduct(range(1000), range(1000))`:        large,
		`replace(text, "a", "12345678")`:              large,
		`replace(text, "/a/", "$0$0$0$0")`:            large,
		`replace("a", "/(/", "")`:                     "error parsing regexp: missing closing ): `(`.",
		`replace("a", "/(bca{24}){40}/", "")`:         "the pattern is too large: with its repetitions written out, it may have at most 1000 steps.",
		`regex("(bca{24}){40}", "")`:                  "the pattern is too large: with its repetitions written out, it may have at most 1000 steps.",
		`regex(words, "")`:                            "the pattern is too large: with its repetitions written out, it may have at most 1000 steps.",
		`regexall("(a)(a)(a)", words)`:                large,
		`base64decode("?")`:                           "is not valid base64.",
		`base64decode("/w==")`:                        "is not UTF-8 once decoded.",
		`jsondecode("[")`:                             "is not valid JSON.",
		`jsondecode("[1e65000]")`:                     digits,
		`jsondecode(format("[%s1]", join("", [for i in range(1000) : "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"])))`: json,
		`jsondecode(join("", [for i in range(1000) : "["]))`: json,
		`try(tonumber("a"))`: `no expression succeeded: Invalid function argument: Invalid value for "v" parameter: cannot convert "a" to number; given string must be a decimal representation of a number..`,
	} {
		if _, got := evaluate(t, text); !strings.HasSuffix(got, want) || !strings.HasPrefix(got, "error: ") {
			t.Errorf("%s is %.300s\nwant %s", text, got, want)
		}
	}
}

// What depends on a sensitive value is sensitive, whether or not it fails.
func TestMarks(t *testing.T) {
	for _, text := range []string{`can(tonumber(secret))`, `try(tonumber(secret), 1)`, `can(secret)`, `upper(secret)`, `length([secret])`, `replace("a", "a", secret)`} {
		if value, shown := evaluate(t, text); !value.ContainsMarked() {
			t.Errorf("%s is %s, which is not sensitive", text, shown)
		}
	}
}

func TestSizes(t *testing.T) {
	number := cty.MustParseNumberVal
	for _, test := range []struct {
		value cty.Value
		least int
	}{
		{number("1"), 1}, {number("1e900"), 901}, {number("1e-900"), 901}, {cty.StringVal("1e900"), 901}, {cty.StringVal("-1.5"), 2},
		{number("1e99999"), funcs.MaxDigits + 1}, {cty.StringVal("1e99999"), funcs.MaxDigits + 1}, {cty.PositiveInfinity, funcs.MaxDigits + 1},
		{cty.StringVal("-0.01e-999999999"), funcs.MaxDigits + 1},
		{cty.StringVal("a"), 0}, {cty.StringVal("inf"), 0}, {cty.StringVal("1.2.3"), 0}, {cty.True, 0}, {cty.NullVal(cty.Number), 0},
	} {
		if got := funcs.Digits(test.value); got < test.least || test.least == 0 && got > 0 {
			t.Errorf("%#v has %d digits, want %d at least", test.value, got, test.least)
		}
	}
	if got := funcs.Digits(cty.StringVal("0.0e-999999999")); got > funcs.MaxDigits {
		t.Errorf("zero has %d digits", got)
	}
	list := cty.ListVal([]cty.Value{cty.StringVal("abc"), cty.StringVal("def")})
	if got := funcs.Size(cty.ObjectVal(map[string]cty.Value{"name": list}), 1000); got < 10 || got > 100 {
		t.Errorf("the size is %d", got)
	}
	if got := funcs.Size(list, 10); got < 10 {
		t.Errorf("the size is %d", got)
	}
}
