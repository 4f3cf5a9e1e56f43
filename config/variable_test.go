package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/config"
)

const env = "environment variable KRECONCILE_VAR_x"

func byFlag(name, value string) config.Assignment {
	return config.Assignment{Name: name, Value: value, Origin: "--var"}
}

func byEnvironment(name, value string) config.Assignment {
	return config.Assignment{Name: name, Value: value, Origin: env, Environment: true}
}

func byFile(name, content string) config.Assignment {
	return config.Assignment{Source: &config.Source{Name: name, Bytes: []byte(content)}}
}

// The value of a variable shows in the reason of the one requirement.
func TestVariableValues(t *testing.T) {
	tests := []struct {
		name     string
		variable string
		given    []config.Assignment
		use      string
		want     string
	}{
		{"the default", `default = "d"`, nil, "var.x", "d"},
		{"the environment before the default", `default = "d"`, []config.Assignment{byEnvironment("x", "e")}, "var.x", "e"},
		{"the command line before the environment", `default = "d"`, []config.Assignment{byEnvironment("x", "e"), byFlag("x", "f")}, "var.x", "f"},
		{"the last of the command line", ``, []config.Assignment{byFlag("x", "f"), byFile("a.hclvars", `x = "file"`)}, "var.x", "file"},
		{"a text stays a text without a type", ``, []config.Assignment{byFlag("x", "[1]")}, "var.x", "[1]"},
		{"a text becomes a number", `type = number`, []config.Assignment{byFlag("x", "08")}, `"n${var.x + 1}"`, "n9"},
		{"a text becomes a bool", `type = bool`, []config.Assignment{byFlag("x", "true")}, `var.x ? "yes" : "no"`, "yes"},
		{"an expression becomes a list", `type = list(string)`, []config.Assignment{byFlag("x", `["a", 2]`)}, `"${var.x[0]}${var.x[1]}"`, "a2"},
		{"an expression for any", `type = any`, []config.Assignment{byFlag("x", `{ a = "b" }`)}, "var.x.a", "b"},
		{"an optional attribute", `type = object({ a = optional(string, "o") })`, []config.Assignment{byFlag("x", "{}")}, "var.x.a", "o"},
		{"a number in a file becomes a text", `type = string`, []config.Assignment{byFile("a.hclvars", "x = 5")}, "var.x", "5"},
		{"a file in JSON", `type = list(string)`, []config.Assignment{byFile("a.hclvars.json", `{"x": ["a"]}`)}, "var.x[0]", "a"},
		{"null where the variable is not nullable is the default", "nullable = false\n default = \"d\"", []config.Assignment{byFile("a.hclvars", "x = null")}, "var.x", "d"},
		{"a set", `type = set(string)`, []config.Assignment{byFlag("x", `["b", 1, "b", true]`)}, `join(",", var.x)`, "1,b,true"},
		{"a map of numbers", `type = map(number)`, []config.Assignment{byFlag("x", `{ a = "1", b = 2 }`)}, `"n${var.x.a + var.x["b"]}"`, "n3"},
		{"a list of any takes one type", `type = list(any)`, []config.Assignment{byFlag("x", `["a", 1, true]`)}, `join("", var.x)`, "a1true"},
		{"attributes that the type does not have are dropped", `type = object({ a = string })`, []config.Assignment{byFlag("x", `{ a = 1, b = 2 }`)}, `jsonencode(var.x)`, `{"a":"1"}`},
		{
			"optional attributes within lists", `type = list(object({ a = string, b = optional(object({ c = optional(number, 1) }), {}), d = optional(string) }))`,
			[]config.Assignment{byFlag("x", `[{ a = "x" }, { a = "y", b = { c = "2" } }]`)}, `"${var.x[0].b.c}${var.x[1].b.c}${var.x[0].d == null}"`, "12true",
		},
		{"a null attribute takes its default", `type = object({ a = optional(string, "o") })`, []config.Assignment{byFlag("x", "{ a = null }")}, "var.x.a", "o"},
		{"a default is converted too", "type = object({ a = number, b = optional(bool, true) })\n default = { a = \"7\" }", nil, `"${var.x.a + 1}${var.x.b}"`, "8true"},
		{"a tuple", `type = tuple([string, number])`, []config.Assignment{byFlag("x", `[1, "2"]`)}, `"${var.x[0]}${var.x[1] + 1}"`, "13"},
		{"the word null is a text for a string", `type = string`, []config.Assignment{byFlag("x", "null")}, "var.x", "null"},
		{"an unknown name in the environment is ignored", `default = "d"`, []config.Assignment{byEnvironment("other", "e")}, "var.x", "d"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "variable \"x\" {\n " + test.variable + "\n}\napi \"v1\" {\n reason = " + test.use + "\n}\n"
			declaration, diags := parse(text, config.Inputs{Variables: test.given})
			if len(diags) > 0 {
				t.Fatalf("diagnostics: %v", report(diags))
			}
			if got := declaration.APIs[0].Reason; got != test.want {
				t.Errorf("the value is %q, want %q", got, test.want)
			}
		})
	}
}

func TestVariableMistakes(t *testing.T) {
	tests := []struct {
		name     string
		variable string
		given    []config.Assignment
		want     []string
	}{
		{
			"a name that is not declared, on the command line", `default = 1`, []config.Assignment{byFlag("gatewy", "1")},
			[]string{`--var:0,0-0: error: Undeclared variable: A value is given to the variable "gatewy", which is not declared. Did you mean "gateway"?`},
		},
		{
			"a name that is not declared, in a file", `default = 1`, []config.Assignment{byFile("a.hclvars", "gatewy = 1")},
			[]string{`a.hclvars:1,1-7: warning: Undeclared variable: A value is given to the variable "gatewy", which is not declared. Did you mean "gateway"?`},
		},
		{
			"a name twice, far apart in a file", `default = 1`,
			[]config.Assignment{byFile("a.hclvars", "gateway = 1\n"+strings.Repeat("# \n", 3)+"a = ["+strings.Repeat("[1],", 1100)+"]\nb = ["+strings.Repeat("[1],", 1100)+"]\ngateway = 2")},
			[]string{`a.hclvars:7,1-8: error: Attribute redefined: The argument "gateway" was already set at a.hclvars:1,1-8.`},
		},
		{
			"a text that is no number", `type = number`, []config.Assignment{byFlag("gateway", "many")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" does not fit its type, number: a number is required.`},
		},
		{
			"a text that is no expression", `type = list(string)`, []config.Assignment{byEnvironment("gateway", "[")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from environment variable KRECONCILE_VAR_x for the variable "gateway" cannot be read as its type, list(string). In a shell, put it in single quotes: '["a", "b"]'.`},
		},
		{
			"an expression with a reference", `type = list(string)`, []config.Assignment{byFlag("gateway", "[var.a]")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, list(string). In a shell, put it in single quotes: '["a", "b"]'.`},
		},
		{
			"a list without quotes", `type = list(string)`, []config.Assignment{byFlag("gateway", "[get]")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, list(string). In a shell, put it in single quotes: '["a", "b"]'.`},
		},
		{
			"a list without brackets", `type = set(string)`, []config.Assignment{byEnvironment("gateway", "get,list")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from environment variable KRECONCILE_VAR_x for the variable "gateway" cannot be read as its type, set(string). In a shell, put it in single quotes: '["a", "b"]'.`},
		},
		{
			"one item in place of a list", `type = list(string)`, []config.Assignment{byFlag("gateway", "\"get\"")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" does not fit its type, list(string): list of string required, but have string.`},
		},
		{
			"numbers without brackets", `type = list(number)`, []config.Assignment{byFlag("gateway", "1,2")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, list(number). In a shell, put it in single quotes: '[1, 2]'.`},
		},
		{
			"a map without quotes", `type = map(string)`, []config.Assignment{byFlag("gateway", "a=b, c:d")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, map(string). In a shell, put it in single quotes: '{ a = "b" }'.`},
		},
		{
			"a text without quotes, in a file", "", []config.Assignment{byFile("a.hclvars", "gateway = shop")},
			[]string{`a.hclvars:1,11-15: error: Variables not allowed: There is no "shop". For text, use quotes: "shop".`},
		},
		{
			"a text of two words without quotes, in a file", "", []config.Assignment{byFile("a.hclvars", "gateway = my shop")},
			[]string{`a.hclvars:1,14-18: error: Missing newline after argument: An argument definition must end with a newline. Put text in quotes.`},
		},
		{
			"YAML in a file", "", []config.Assignment{byFile("a.hclvars", "# The shop.\ngateway: shop\nother: [1]")},
			[]string{`a.hclvars:2,1-14: error: YAML in a variable file: The file is YAML. A variable file is written in HCL: name = "value".`},
		},
		{
			"JSON in a file", "", []config.Assignment{byFile("a.hclvars", `{"gateway": "shop"}`)},
			[]string{`a.hclvars:1,1-20: error: JSON in a variable file: The file is JSON. The name of a variable file in HCL's JSON syntax ends in .hclvars.json.`},
		},
		{
			"True", "type = bool", []config.Assignment{byFlag("gateway", "True")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" does not fit its type, bool: a bool is required; to convert from string, use lowercase "true".`},
		},
		{
			"a text nested without end (case 36)", `type = any`, []config.Assignment{byFlag("gateway", strings.Repeat("[", 100_000))},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, any. Brackets, quotes and operators may be inside one another at most 500 deep.`},
		},
		{
			"a number with an absurd exponent (case 38)", `type = number`, []config.Assignment{byFlag("gateway", "1e999999999")},
			[]string{`main.hcl:1,1-19: error: Number out of range: The value from --var for the variable "gateway" holds a number that is infinite or has more than 10000 digits.`},
		},
		{
			"a text in another encoding", ``, []config.Assignment{byFlag("gateway", "\xff")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" is not valid UTF-8.`},
		},
		{
			"null where it is not nullable", `nullable = false`, []config.Assignment{byFile("a.hclvars", "gateway = null")},
			[]string{`a.hclvars:1,11-15: error: Null value: The value for the variable "gateway" is null, and the variable is not nullable.`},
		},
		{
			"an attribute that is missing", `type = object({ a = string, b = number })`, []config.Assignment{byFlag("gateway", `{ a = "x" }`)},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" does not fit its type, object({a=string,b=number}): attribute "b" is required.`},
		},
		{
			"a function in a value", `type = list(string)`, []config.Assignment{byFlag("gateway", `[upper("a")]`)},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, list(string). Functions may not be called here.`},
		},
		{
			"a value that fails a validation, in a file", "type = number\n validation {\n condition = var.gateway > 0\n error_message = \"It is positive.\"\n }",
			[]config.Assignment{byFile("a.hclvars", "gateway = -1")},
			[]string{`a.hclvars:1,11-13: error: Invalid value for variable: The variable "gateway": It is positive. This is what the validation at main.hcl:3,2-12 says.`},
		},
		{
			"a value that is too large", `type = list(string)`, []config.Assignment{byFile("a.hclvars", `gateway = ["`+strings.Repeat("x", 1<<20)+`"]`)},
			[]string{`a.hclvars:1,11-1048591: error: Value too large: The value for the variable "gateway" may take at most 1 MiB.`},
		},
		{
			"an index that is an absurd number", `type = any`, []config.Assignment{byFlag("gateway", `[[1]["1e999999999"]]`)},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, any. The given key does not identify an element in this collection value: a number is required.`},
		},
		{
			"a block in a file", `default = 1`, []config.Assignment{byFile("a.hclvars", "gateway {}")},
			[]string{`a.hclvars:1,1-8: error: Unexpected "gateway" block: Blocks are not allowed here.`},
		},
		{
			"a sensitive value of the wrong type (case 40)", "sensitive = true\n type = number", []config.Assignment{byFlag("gateway", "swordfish")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" does not fit its type, number.`},
		},
		{
			"a sensitive expression (case 40)", "sensitive = true\n type = list(number)", []config.Assignment{byFlag("gateway", "swordfish()")},
			[]string{`main.hcl:1,1-19: error: Invalid value: The value from --var for the variable "gateway" cannot be read as its type, list(number). What is wrong exactly is not shown, because it could show a sensitive value.`},
		},
		{
			"a broken file beside a sensitive variable (case 40)", "sensitive = true", []config.Assignment{byFile("a.hclvars.json", `{"gateway": swordfish}`)},
			[]string{
				`a.hclvars.json:1,13-22: error: Invalid JSON keyword: What is wrong exactly is not shown, because it could show a sensitive value.`,
			},
		},
		{
			"a byte order mark (case 39)", ``, []config.Assignment{byFile("a.hclvars", "\ufeffgateway = 1")},
			[]string{`a.hclvars:1,1-1: error: Unsupported encoding: The file begins with a byte order mark, which some editors add. Save it as UTF-8 without a byte order mark.`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "variable \"gateway\" {\n " + test.variable + "\n}\napi \"v1\" {\n enabled = var.gateway != \"\"\n}\n"
			_, diags := parse(text, config.Inputs{Variables: test.given})
			got := report(diags)
			if diff := cmp.Diff(sorted(test.want), sorted(got)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			if strings.Contains(strings.Join(got, ""), "swordfish") {
				t.Error("a diagnostic quotes the secret")
			}
		})
	}
}

// With AllowUnknown, what has no value is judged as far as its type is known.
func TestUnknownValues(t *testing.T) {
	const text = `
variable "flag" {
  type = bool
}
variable "verbs" {
  type = list(string)
}
variable "free" {}

cluster {
  kubernetes     = var.free
  endpoint       = "https://${pod.namespace}"
  server_address = var.verbs
}
api "v1" {
  enabled   = var.flag
  served    = var.flag
  preferred = var.flag
  resource "pods" {
    verbs        = var.verbs
    subresources = ["log", var.free]
    scope        = var.free
  }
}
# It may be that only one of the two is enabled.
api "v1" {
  enabled = !var.flag
  served  = false
}
`
	declaration, diags := parse(text, config.Inputs{AllowUnknown: true})
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %v", report(diags))
	}
	if got, want := declaration.Requirements, 7; got != want {
		t.Errorf("%d requirements, want %d", got, want)
	}
	if a := declaration.APIs[0]; !a.Enabled || !a.Served || a.Preferred != nil || a.Resources[0].Verbs != nil {
		t.Errorf("the facets of an unknown value are not zero: %+v", a)
	}
	if declaration.Endpoints[0].URL != "" || declaration.Kubernetes[0].Constraint.String() != "" {
		t.Error("the cluster's facets of an unknown value are not zero")
	}

	_, diags = parse("variable \"count\" {\n  type = list(number)\n}\napi \"v1\" {\n  reason = var.count\n  resource \"pods\" {\n    verbs = var.count\n  }\n}\n",
		config.Inputs{AllowUnknown: true})
	want := []string{
		`main.hcl:5,12-21: error: Incorrect value type: "reason" must be a string, and this is a list of number.`,
		`main.hcl:7,13-22: error: Incorrect value type: "verbs" must be a list of strings, and this is a list of number.`,
	}
	if diff := cmp.Diff(want, report(diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

// A validation of what is unknown says nothing; one that is false all the same
// does, with a message that does not depend on the value.
func TestUnknownValidations(t *testing.T) {
	text := `
variable "a" {
  type = number

  validation {
    condition     = var.a > 0
    error_message = "It is positive."
  }
  validation {
    condition     = var.a > 0 && false
    error_message = "It is ${var.a}."
  }
}
api "v1" {
  enabled = var.a == 1
}
`
	_, diags := parse(text, config.Inputs{AllowUnknown: true})
	want := []string{`main.hcl:2,1-13: error: Invalid value for variable: The variable "a": Its value is not one that is allowed. This is what the validation at main.hcl:9,3-13 says.`}
	if diff := cmp.Diff(want, report(diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

// Locals may refer to one another over any distance, and in circles.
func TestManyLocals(t *testing.T) {
	const many = 5_000
	// One block may not hold them all.
	divide := func(i int) string {
		if i%500 == 499 {
			return "}\nlocals {\n"
		}
		return ""
	}
	chain := func(last string) string {
		var b strings.Builder
		b.WriteString("locals {\n")
		for i := range many {
			fmt.Fprintf(&b, "  a%d = local.a%d\n%s", i, i+1, divide(i))
		}
		fmt.Fprintf(&b, "  a%d = %s\n}\napi \"v1\" {\n  reason = local.a0\n}\n", many, last)
		return b.String()
	}
	declaration, diags := parse(chain(`"end"`), config.Inputs{})
	if len(diags) > 0 || declaration.APIs[0].Reason != "end" {
		t.Errorf("a chain: %v", report(diags))
	}
	_, diags = parse(chain("local.a0"), config.Inputs{})
	if got := report(diags); len(got) != 1 || !strings.Contains(got[0], "local.a9 (main.hcl:11,3-5) → … → local.a0.") {
		t.Errorf("a circle: %v", got)
	}
	// Each cycle is found at the end of a walk through all that lead to it.
	var b strings.Builder
	b.WriteString("locals {\n")
	for i := range many {
		fmt.Fprintf(&b, "  a%d = local.a%d == local.b%d\n  b%d = local.b%d\n%s", i, i+1, i, i, i, divide(i))
	}
	fmt.Fprintf(&b, "  a%d = 1\n}\n", many)
	_, diags = parse(b.String(), config.Inputs{AllowEmpty: true})
	if got := len(diags); got != 1001 || diags[got-1].Summary != "Too many errors" {
		t.Errorf("%d diagnostics, want 1000 of cycles and one of the rest", got)
	}
}
