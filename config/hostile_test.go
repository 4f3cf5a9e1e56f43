package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config"
)

// Cases 36 and 37: nesting without end, and what hcl's parser takes for nesting
// after an error, at sizes where its stack or its patience would be overrun.
func TestHostileSources(t *testing.T) {
	local := func(unit, end string) func(int) string {
		return func(size int) string {
			return "locals {\n  a = " + strings.Repeat(unit, size/len(unit)) + end + "\n}\n"
		}
	}
	plain := func(unit string) func(int) string {
		return func(size int) string { return strings.Repeat(unit, size/len(unit)) }
	}
	tests := []struct {
		name   string
		source func(size int) string
		want   string
		large  bool
	}{
		{"parentheses", local("(", ""), "Nested too deeply", true},
		{"brackets", local("[", ""), "Nested too deeply", false},
		{"objects", local("{a=", ""), "Nested too deeply", false},
		{"templates", local(`"${`, ""), "Nested too deeply", false},
		{"directives", local(`%{if true}`, ""), "Nested too deeply", false},
		{"directives in a text", local(`"%{if true}`, ""), "Nested too deeply", false},
		{"heredocs", local("<<A\n${", ""), "Nested too deeply", false},
		{"not", local("!", "true"), "Nested too deeply", false},
		{"minus", local("-", "1"), "Nested too deeply", false},
		{"plus", local("1+", "1"), "Nested too deeply", true},
		{"plus within a for expression of many lines", local("{for k, v in {} : k => 1\n", ""), "Nested too deeply", false},
		{"conditions", local("a?b:", "1"), "Nested too deeply", false},
		{"indices within indices", local("a[", ""), "Nested too deeply", false},
		{"indices after indices", local("[0]", ""), "Nested too deeply", false},
		{"splats", local("[*]", ""), "Nested too deeply", false},
		{"attributes", local("a.", "a"), "Nested too deeply", false},
		{"namespaces of functions", local("a::", "a()"), "Nested too deeply", false},
		{"blocks", plain("b{\n"), "Nested too deeply", true},
		{"blocks that an error leaves open", plain("b{\n a=1 2}\n"), "Missing newline after argument", true},
		{"blocks in one that an error leaves open", func(n int) string { return "o{\n" + plain("b{\n a=1+2 2}\n")(n) + "}\n" }, "Block too large", false},
		{"blocks that an error skips the end of", plain("b{\n x=a::1}\n y=(1)\n"), "Missing function name", false},
		{"brackets that do not match", plain("b{\n a=(}\n c=)\n"), "Unbalanced brackets", false},
		{"lines of a text", func(n int) string { return "a = <<A\n" + plain("x\n")(n) + "A\n" }, "Text too long", false},
		{"dollars in a text", local(`"`+strings.Repeat("x$", 30_000)+`"+`, "1"), "Text too long", false},
		{"an attribute set in two pieces of a file", func(n int) string { return "a = 1\n" + plain("api \"v1\" {}\n")(n) + "a = 2\n" }, "Attribute redefined", false},
		{"comments", plain("/*"), "", false},
		{"JSON arrays", plain("["), "Nested too deeply", false},
		{"JSON objects", plain(`{"a":`), "Nested too deeply", true},
		{"JSON arrays of nothing", func(n int) string { return `{"locals":{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}}" }, "Nested too deeply", false},
		{"a template in JSON", func(n int) string { return `{"locals":{"a":"` + plain("${(")(n) + `"}}` }, "Nested too deeply", true},
		{"a name in JSON", func(n int) string { return `{"locals":{"a":{"` + plain("${(")(n) + `":1}}}` }, "Nested too deeply", false},
		{"a type in JSON", func(n int) string { return `{"variable":{"a":{"type":"` + plain("list(")(n) + `"}}}` }, "Expression too large", false},
		{"lines of a text in JSON", func(n int) string { return `{"locals":{"a":"` + plain(`x$`)(n) + `"}}` }, "Text too long", false},
		{"a large template in JSON", func(n int) string { return `{"locals":{"a":"` + plain("${1}")(n) + `"}}` }, "Expression too large", false},
		{"large templates in JSON", func(n int) string {
			return `{"locals":{"a":[` + strings.Repeat(`"`+plain("${1}")(100)+`",`, n/18) + `1]}}`
		}, "Declaration too large", false},
		{"templates in JSON", func(n int) string { return `{"locals":{"a":[` + plain(`"${1}",`)(n) + `1]}}` }, "Too many templates", false},
		{"numbers", local("1", ""), "Number out of range", false},
	}
	for _, test := range tests {
		sizes := []int{100 << 10}
		if test.large {
			sizes = append(sizes, 256<<10)
		}
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s, %d KiB", test.name, size>>10), func(t *testing.T) {
				_, diags := parse(test.source(size), config.Inputs{})
				summaries := []string{}
				for _, d := range diags {
					summaries = append(summaries, d.Summary)
				}
				if len(diags) == 0 {
					t.Fatal("no diagnostic")
				}
				if test.want != "" && !slices.Contains(summaries, test.want) {
					t.Errorf("no diagnostic %q, but %q", test.want, slices.Compact(summaries)[:1])
				}
			})
		}
	}
}

// Case 36: at the cap itself, and past it.
func TestHostileSizes(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want string
	}{
		"at the cap":           {strings.Repeat("[", config.MaxSourceSize), "main.hcl.json:1,501-502: error: Nested too deeply: Objects and arrays may stand inside one another at most 500 deep."},
		"past the cap":         {strings.Repeat("(", config.MaxSourceSize+1), "main.hcl:0,0-0: error: File too large: A file may have at most 4 MiB."},
		"past the cap in JSON": {strings.Repeat("[", config.MaxSourceSize+1), "main.hcl.json:0,0-0: error: File too large: A file may have at most 4 MiB."},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := parse(test.text, config.Inputs{})
			if got := strings.Join(report(diags), "\n"); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// Sources may have as many tokens as fit into a small Pod's memory, all together.
func TestHostileTokens(t *testing.T) {
	const most = 550_000
	const detail = ": error: Declaration too large: All sources of a declaration may hold at most 550000 words, numbers and signs together, and a value of JSON counts as 4 of them. Divide it into several declarations."
	// A comment and its line's end count as two.
	comments := func(n int) string { return strings.Repeat("#\n", n/2) }
	// The object, and the name and the array in it, are values, too.
	array := func(n int) string { return `{"locals":[` + strings.Repeat("[],", n/4-4) + `[]]}` }
	native := func(names ...string) (sources []config.Source) {
		for i, text := range names {
			sources = append(sources, config.Source{Name: fmt.Sprintf("%d.hcl", i), Bytes: []byte(text)})
		}
		return sources
	}
	values := func(text string) config.Inputs {
		return config.Inputs{Variables: []config.Assignment{{Source: &config.Source{Name: "a.hclvars", Bytes: []byte(text)}}}}
	}
	tests := []struct {
		name    string
		sources []config.Source
		inputs  config.Inputs
		want    string // what is said of the size
	}{
		{"as many as may be", native(comments(most)), config.Inputs{}, ""},
		{"one more", native(comments(most) + "a"), config.Inputs{}, "0.hcl:275001,1-2" + detail},
		{"as many in two files", native(comments(most/2), comments(most/2)), config.Inputs{}, ""},
		{"one more in the second file", native(comments(most/2), comments(most/2)+"a"), config.Inputs{}, "1.hcl:137501,1-2" + detail},
		{"as many with a variable file", native(comments(most / 2)), values(comments(most / 2)), ""},
		{"one more in a variable file", native(comments(most / 2)), values(comments(most/2) + "a"), "a.hclvars:137501,1-2" + detail},
		{"as many values of JSON", []config.Source{source(array(most))}, config.Inputs{}, ""},
		{"one more value of JSON", []config.Source{source(array(most + 4))}, config.Inputs{}, "main.hcl.json:1,412501-412502" + detail},
		{"JSON beside native syntax", append(native(comments(most/2)), source(array(most/2+4))), config.Inputs{}, "main.hcl.json:1,206251-206252" + detail},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.inputs.AllowEmpty = true
			_, diags := config.Parse(test.sources, test.inputs)
			got := ""
			for _, line := range report(diags) {
				if strings.Contains(line, "Declaration too large") {
					got += line
				}
			}
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
	t.Run("formatted", func(t *testing.T) {
		const most = 400_000
		for text, want := range map[string]string{
			comments(most):       "",
			comments(most) + "a": "0.hcl:200001,1-2: error: File too large: A file that is formatted may hold at most 400000 words, numbers and signs, although a declaration may hold 550000. Divide it into several files.",
		} {
			_, diags := config.Format(native(text)[0])
			if got := strings.Join(report(diags), "\n"); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		}
	})
}

// As many requirements are taken as a report has room for in memory.
func TestManyRequirements(t *testing.T) {
	const detail = ": error: Too many requirements: A declaration may require at most 20000 things. Divide it into several declarations."
	apis := func(n int) string { return strings.Repeat("api \"v1\" {}\n", n) }
	resources := func(n int) string { return "api \"v1\" {\n" + many(n, "  resource \"r%d\" {}\n") + "}\n" }
	subresources := func(n int) string {
		return "api \"v1\" {\n  resource \"pods\" {\n    subresources = [" + many(n, "\"s%d\", ") + "]\n  }\n}\n"
	}
	tests := []struct{ name, text, want string }{
		{"as many as may be", apis(20_000), ""},
		{"one more", apis(20_001), "main.hcl:20001,1-9" + detail},
		{"many more", apis(60_000), "main.hcl:20001,1-9" + detail},
		{"in blocks", apis(19_000) + resources(1_000), "main.hcl:20001,3-18" + detail},
		{"whatever is wrong behind it", apis(19_999) + "api \"v1\" {\n  resource \"a\" {}\n  resource \"a\" {}\n}\n", "main.hcl:20001,3-15" + detail},
		{
			"whatever is wrong behind it in a resource", apis(19_998) + "api \"v1\" {\n  resource \"a\" {\n    subresource \"b\" {}\n    subresource \"b\" {}\n  }\n}\n",
			"main.hcl:20001,5-20" + detail,
		},
		{"in lists", apis(19_000) + subresources(1_000), "main.hcl:19003,7895-7901" + detail},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, diags := parse(test.text, config.Inputs{})
			if got := strings.Join(report(diags), "\n"); got != test.want {
				t.Errorf("got %.1000s\nwant %s", got, test.want)
			}
			if d != nil && d.Requirements != 20_000 {
				t.Errorf("%d requirements", d.Requirements)
			}
		})
	}
}

// What a very large release may declare is far from every bound.
func TestLargeDeclaration(t *testing.T) {
	text := many(10_000, `api "group%d.example.com/v1" {
  reason = "templates/thing.yaml"

  resource "things" {
    scope = "Namespaced"
    verbs = ["get", "list", "watch"]
  }
}

`)
	d, diags := parse(text, config.Inputs{})
	if len(diags) > 0 || d.Requirements != 20_000 {
		t.Fatalf("%v", report(diags))
	}
}

// Case 38: expressions that would take all memory, or all time, are refused
// before they are evaluated.
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
		{"a text doubled", doubling(`["${local.a%d[0]}${local.a%d[0]}"]`), "Expression too large"},
		{"a list doubled", doubling(`[local.a%d, local.a%d]`), "Expression too large"},
		{"an object doubled", doubling(`{ x = local.a%d, y = local.a%d }`), "Expression too large"},
		{
			"for expressions within for expressions",
			"locals {\n  l = " + list + "\n  x = [for a in local.l : [for b in local.l : [for c in local.l : a]]]\n}\n", "Expression too large",
		},
		{"results of a condition", "locals {\n  l = [" + strings.Repeat("1, ", 3000) + "]\n  x = true ? local.l : [\"a\"]\n}\n", "Expression too large"},
		{"a list of many", "locals {\n  l = [" + strings.Repeat("1, ", 3000) + "]\n  x = tolist(local.l)\n}\n", "Expression too large"},
		{"arguments of many", "locals {\n  x = coalesce(" + strings.Repeat("\"\", ", 3000) + "\"a\")\n}\n", "Expression too large"},
		{"written results of a condition", "locals {\n  x = true ? [\"a\"] : ([" + strings.Repeat("1, ", 3000) + "])\n}\n", "Expression too large"},
		{"a for expression as an object", "locals {\n  l = " + list + "\n  x = { for a in local.l : a => local.l... }\n}\n", "Expression too large"},
		{"a splat", "locals {\n  l = " + list + "\n  x = [for a in local.l : local.l[*]]\n}\n", "Expression too large"},
		{"a directive", "locals {\n  l = " + list + "\n  x = \"%{for a in local.l}%{for b in local.l}x%{endfor}%{endfor}\"\n}\n", "Expression too large"},
		{"a literal with an absurd exponent", "locals {\n  x = \"${1e999999999}\"\n}\n", "Number out of range"},
		{"a literal with an absurd negative exponent", "locals {\n  x = 1e-999999999\n}\n", "Number out of range"},
		{"a product", "locals {\n  x = \"" + "${" + strings.Repeat("1e999*", 30) + "1}\"\n}\n", "Expression too large"},
		{"squares", "locals {\n  a = 1e900\n  b = local.a * local.a * local.a\n  c = local.b * local.b * local.b * local.b\n  d = local.c * local.c\n}\n", "Expression too large"},
		{"a number in JSON", `{"locals":{"a":1e999999999}}`, "Number out of range"},
		{"a template in JSON", `{"locals":{"a":"${1e999999999}"}}`, "Number out of range"},
		{
			"many texts, each small enough",
			"locals {\n  a = \"" + strings.Repeat("x", 1<<19) + "\"\n" + many(70, "  b%d = local.a\n") + "}\n", "Expressions too large",
		},
		{"a dynamic block of many", "dynamic \"api\" {\n  for_each = [for a in " + list + " : [for b in " + list + " : b]]\n  labels = [api.key]\n  content {}\n}\n", "Expression too large"},
		{"dynamic blocks within dynamic blocks", dynamics(4, 22), "Too many blocks"},
		{"dynamic blocks that make nothing", "dynamic \"api\" {\n  for_each = " + list + "\n  labels = [\"v${api.value}\"]\n  content {\n" + strings.Repeat("dynamic \"kind\" {\n for_each = []\n labels = [\"A\"]\n content {}\n}\n", 20) + "}\n}\n", "Too many blocks"},
		{"a permission of many verbs and resources", "permission \"a\" {\n  verbs = [for i, _ in " + list + " : \"v${i}\"]\n  resources = [for i, _ in " + list + " : \"r${i}\"]\n}\n", "Too many blocks"},
		{"a condition", "locals {\n  l = " + list + "\n}\ncheck \"a\" {\n  assert {\n    condition = served([for a in local.l : [for b in local.l : [for c in local.l : a]]][0][0][0])\n    error_message = \"a\"\n  }\n}\n", "Expression too large"},
		{"the element of a dynamic block", "locals {\n  a = \"" + strings.Repeat("x", 1<<18) + "\"\n}\ncheck \"a\" {\n  dynamic \"assert\" {\n    for_each = [local.a]\n    content {\n      condition = served(\"v1\")\n      error_message = \"${assert.value}${assert.value}${assert.value}${assert.value}\"\n    }\n  }\n}\n", "Expression too large"},
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
