package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/config/internal/budget"
)

// generous are limits that no test reaches.
func generous() budget.Limits {
	return budget.Limits{Time: time.Hour, Memory: 1 << 40, Live: 1 << 40, Later: 1 << 40}
}

// As many requirements are taken as a report has room for in memory.
func TestManyRequirements(t *testing.T) {
	limits := generous()
	limits.Later = 100 * 4 << 10
	verbs := "permission \"p\" {\n  verbs = [\"get\", \"list\"]\n  resources = [" + many(51, `"r%d",`) + "]\n}\n"
	for _, test := range []struct {
		name, text string
		accepted   bool
	}{
		{"as many as may be", many(100, "api \"g%d/v1\" {}\n"), true},
		{"one more", many(101, "api \"g%d/v1\" {}\n"), false},
		{"in a block", "api \"v1\" {\n" + many(100, "  resource \"r%d\" {}\n") + "}\n", false},
		{"verbs and resources", verbs, false},
		{"dynamic blocks", dynamics(3, 10), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, diags := config.ParseWithin([]config.Source{source(test.text)}, config.Inputs{}, limits)
			got := strings.Join(report(diags), "\n")
			if test.accepted != (d != nil) || test.accepted == strings.Contains(got, "error: Declaration takes too much memory: ") {
				t.Errorf("got %.1000s", got)
			}
		})
	}
}

// What a very large release may declare is far from every bound.
func TestLargeDeclaration(t *testing.T) {
	text := many(5_000, `api "group%d.example.com/v1" {
  reason = "templates/thing.yaml"

  resource "things" {
    scope = "Namespaced"
    verbs = ["get", "list", "watch"]
  }
}

`)
	d, diags := parse(text, config.Inputs{})
	if len(diags) > 0 || d.Requirements != 10_000 {
		t.Fatalf("%v", report(diags))
	}
}

// A block may be as large as a file, however it is laid out.
func TestLargeBlock(t *testing.T) {
	for name, indent := range map[string]string{"indented": "  ", "not indented": ""} {
		t.Run(name, func(t *testing.T) {
			fields := many(5000, "IIfield \"spec.field%d\" {\nIIItype = \"string\"\nII}\n")
			text := strings.ReplaceAll("api \"example.com/v1\" {\nIkind \"Thing\" {\n"+fields+"I}\n}\n", "I", indent)
			d, diags := parse(text, config.Inputs{})
			if len(diags) > 0 || d.Requirements != 5002 {
				t.Fatalf("%.1000v", report(diags))
			}
		})
	}
}

// Case 38: what could take all memory at one stroke is refused.
func TestExpressionsThatGrow(t *testing.T) {
	doubling := func(step string) string {
		var b strings.Builder
		b.WriteString("locals {\n  a0 = [\"0123456789\"]\n")
		for i := range 60 {
			fmt.Fprintf(&b, "  a%d = "+step+"\n", i+1, i, i)
		}
		b.WriteString("}\napi \"v1\" {\n  reason = local.a60[0]\n}\n")
		return b.String()
	}
	list := "[" + strings.Repeat("1,", 1000) + "1]"
	tests := []struct{ name, text, want string }{
		{"a text doubled", doubling(`["${local.a%d[0]}${local.a%d[0]}"]`), "Value too large"},
		{"a list doubled", doubling(`[local.a%d, local.a%d]`), "Value too large"},
		{"an object doubled", doubling(`{ x = local.a%d, y = local.a%d }`), "Value too large"},
		{"a text within a text", "locals {\n  a = \"" + strings.Repeat("x", 1<<19) + "\"\n  b = \"${\"${local.a}${local.a}${local.a}\" == \"\"}\"\n}\n", "Value too large"},
		{"a for expression as an object", "locals {\n  l = " + list + "\n  x = { for a in local.l : \"a${a}\" => local.l... }\n}\n", "Value too large"},
		{"a literal with an absurd exponent", "locals {\n  x = \"${1e999999999}\"\n}\n", "Number out of range"},
		{"a literal with an absurd negative exponent", "locals {\n  x = 1e-999999999\n}\n", "Number out of range"},
		{"a product", "locals {\n  x = " + strings.Repeat("1e999*", 30) + "1\n}\n", "Value too large"},
		{"squares", "locals {\n  a = 1e900\n  b = local.a * local.a * local.a\n  c = local.b * local.b * local.b * local.b\n  d = local.c * local.c\n}\n", "Number out of range"},
		{"a number in JSON", `{"locals":{"a":1e999999999}}`, "Number out of range"},
		{"a template in JSON", `{"locals":{"a":"${1e999999999}"}}`, "Number out of range"},
		{"a text as a number in JSON", `{"locals":{"a":["${\"1e999999999\" * 1}"]}}`, "Value too large"},
		{"a text as the index of a list", "locals {\n  l = " + list + "\n  x = local.l[\"1e999999999\"]\n}\n", "Invalid index"},
		{"a computed text as the index of a list", "locals {\n  l = " + list + "\n  x = local.l[lower(\"1e999999999\")]\n}\n", "Value too large"},
		{"a type in JSON", `{"variable":{"a":{"type":"` + strings.Repeat("list(", 20_000) + `"}}}`, "Nested too deeply"},
		{"arguments of a function", "locals {\n  l = " + list + "\n  x = concat(" + strings.Repeat("local.l, ", 100) + "local.l)\n}\n", "Value too large"},
		{"the element of a dynamic block", "locals {\n  a = \"" + strings.Repeat("x", 1<<18) + "\"\n}\ncheck \"a\" {\n  dynamic \"assert\" {\n    for_each = [local.a]\n    content {\n      condition = served(\"v1\")\n      error_message = \"${assert.value}${assert.value}${assert.value}${assert.value}\"\n    }\n  }\n}\n", "Value too large"},
		{"a function", "locals {\n  x = range(1000000000)\n}\n", "Error in function call"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, diags := parse(test.text, config.Inputs{AllowEmpty: true})
			if !slices.ContainsFunc(report(diags), func(line string) bool { return strings.Contains(line, "error: "+test.want+": ") }) {
				t.Errorf("no diagnostic %q, but %.3000s", test.want, report(diags))
			}
		})
	}
}

// Case 38: an expression that would take all time is stopped, and named.
func TestExpressionsWithoutEnd(t *testing.T) {
	const loop = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c if false]]]"
	for name, test := range map[string]struct{ text, at string }{
		"a local value":   {"locals {\n  x = " + loop + "\n}\n", "main.hcl:2,"},
		"in try":          {"locals {\n  x = try(" + loop + ", 1)\n}\n", "main.hcl:2,"},
		"in JSON":         {`{"locals":{"x":"${` + loop + `}"}}`, "main.hcl.json:1,"},
		"a dynamic block": {"dynamic \"api\" {\n  for_each = " + loop + "\n  labels = [api.key]\n  content {}\n}\n", "main.hcl:2,"},
		"a condition":     {"check \"a\" {\n  assert {\n    condition = served(" + loop + "[0][0])\n    error_message = \"a\"\n  }\n}\n", "main.hcl:3,"},
	} {
		t.Run(name, func(t *testing.T) {
			limits := generous()
			limits.Time = 100 * time.Millisecond
			d, diags := config.ParseWithin([]config.Source{source(test.text)}, config.Inputs{AllowEmpty: true}, limits)
			got := report(diags)
			if d != nil || len(got) != 1 || !strings.HasPrefix(got[0], test.at) || !strings.Contains(got[0], "error: Declaration takes too much time: ") {
				t.Errorf("got %v", got)
			}
		})
	}
}

// A condition that takes all time at evaluation is an error of the declaration, which no later
// assert is judged after.
func TestConditionsWithoutEnd(t *testing.T) {
	const loop = `length([for i in range(10) : [for a in range(live.version == "" ? 0 : 1000) : [for b in range(1000) : [for c in range(1000) : c if false]]]]) == 3`
	text := "check \"a\" {\n" + strings.Repeat("  assert {\n    condition = "+loop+"\n    error_message = \"a\"\n  }\n", 2) + "}\n"
	limits := generous()
	limits.Time = 300 * time.Millisecond
	d, diags := config.ParseWithin([]config.Source{source(text)}, config.Inputs{}, limits)
	if d == nil {
		t.Fatal(report(diags))
	}
	if d.Exceeded() != nil {
		t.Fatal(d.Exceeded())
	}
	for range 2 {
		for _, assert := range d.Checks[0].Asserts {
			condition, diags := assert.Evaluate(config.Environment{Live: func(string) (string, bool) { return "1.36", true }})
			if condition.Holds != config.Unknown || len(diags) != 1 || diags[0] != d.Exceeded() {
				t.Errorf("%v with %v", condition, diags)
			}
		}
	}
	if exceeded := d.Exceeded(); exceeded.Summary != "Declaration takes too much time" || exceeded.Subject.Start.Line != 3 {
		t.Errorf("got %v", exceeded)
	}
}

// many repeats a line with its number.
func many(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// dynamics nests dynamic blocks, each over width elements.
func dynamics(depth, width int) string {
	list := "[" + strings.Repeat("1,", width) + "]"
	var b strings.Builder
	for i, typ := range []string{"api", "resource", "field", "field"}[:depth-1] {
		label := []string{"v${api.key}", "r${resource.key}", "f${field.key}"}[i]
		fmt.Fprintf(&b, "dynamic %q {\nfor_each = %s\nlabels = [%q]\ncontent {\n", typ, list, label)
	}
	return b.String() + strings.Repeat("}\n}\n", depth-1)
}

// A for expression over a list of ordinary length is affordable.
func TestExpressionsThatDoNot(t *testing.T) {
	text := "locals {\n  l = [" + strings.Repeat(`"widgets.example.com",`, 500) + "]\n  x = [for i, a in local.l : \"${i}-${a}\"]\n}\napi \"v1\" {\n  reason = local.x[499]\n}\n"
	declaration, diags := parse(text, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(report(diags))
	}
	if got, want := declaration.APIs[0].Reason, "499-widgets.example.com"; got != want {
		t.Errorf("the reason is %q, want %q", got, want)
	}
}

// Of many errors, the first are shown and the rest is counted.
func TestManyMistakes(t *testing.T) {
	_, diags := parse(strings.Repeat("api \"x\" {}\n", 1500), config.Inputs{})
	if got, want := len(diags), 1001; got != want {
		t.Fatalf("%d diagnostics, want %d", got, want)
	}
	last := report(diags)[1000]
	if want := "main.hcl:1000,5-8: error: Too many errors: There are 500 more errors, which are not shown. Fix the first ones, and run again."; last != want {
		t.Errorf("the last one is %s\nwant %s", last, want)
	}
}
