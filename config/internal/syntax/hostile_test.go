package syntax_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/config/internal/syntax"
)

// parse parses a text, as JSON if it looks like it.
func parse(text string) hcl.Diagnostics {
	s := source.Source{Name: "main.hcl", Bytes: []byte(text)}
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		s.Name = "main.hcl.json"
	}
	var list diag.List
	_ = syntax.Parse(s, lang.File(), &list, nil)
	return list.Sorted([]string{s.Name})
}

func report(diags hcl.Diagnostics) []string {
	var lines []string
	for _, d := range diags {
		lines = append(lines, fmt.Sprintf("%s: error: %s: %s", d.Subject, d.Summary, d.Detail))
	}
	return lines
}

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
		name  string
		text  func(size int) string
		want  string
		large bool
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
		{"blocks in one that an error leaves open", func(n int) string { return "o{\n" + plain("b{\n a=1+2 2}\n")(n) + "}\n" }, "Missing newline after argument", false},
		{"blocks that an error skips the end of", plain("b{\n x=a::1}\n y=(1)\n"), "Missing function name", false},
		{"brackets that do not match", plain("b{\n a=(}\n c=)\n"), "Invalid expression", false},
		{"a bracket that is not closed in a long line", local("a+[1],", "("), "Expression too large", false},
		{"a bracket that matches nothing in a long line", func(int) string { return "a = [" + strings.Repeat("1,", 3000) + ")\n" }, "Invalid expression", false},
		{"a large block without its end", func(n int) string { return "o{\n" + plain("b{\n}\n")(n) }, "Unclosed configuration block", false},
		{"a large block and something behind it", func(n int) string { return "o{\n" + plain("b{\n}\n")(n) + "} a = 1\n" }, "Missing newline after block definition", false},
		{"a large block with an argument before its end", func(n int) string { return "o{\n" + plain("b{\n}\n")(n) + "a = 1 }\n" }, "Missing newline after argument", false},
		{"lines of a text", func(n int) string { return "a = <<A\n" + plain("x\n")(n) + "A\n" }, "Text too long", false},
		{"dollars in a text", func(int) string { return "locals {\n  a = \"" + strings.Repeat("x$", 30_000) + "\"\n}\n" }, "Text too long", false},
		{"an attribute set in two pieces of a file", func(n int) string { return "a = 1\n" + plain("api \"v1\" {}\n")(n) + "a = 2\n" }, "Attribute redefined", false},
		{"comments", plain("/*"), "", false},
		{"JSON arrays", plain("["), "Nested too deeply", false},
		{"JSON objects", plain(`{"a":`), "Nested too deeply", true},
		{"JSON arrays of nothing", func(n int) string { return `{"locals":{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}}" }, "Nested too deeply", false},
		{"a template in JSON", func(n int) string { return `{"locals":{"a":"` + plain("${(")(n) + `"}}` }, "Nested too deeply", true},
		{"a name in JSON", func(n int) string { return `{"locals":{"a":{"` + plain("${(")(n) + `":1}}}` }, "Nested too deeply", false},
		{"lines of a text in JSON", func(n int) string { return `{"locals":{"a":"` + plain(`x$`)(n) + `"}}` }, "Text too long", false},
		{"a large template in JSON", func(n int) string { return `{"locals":{"a":"` + plain("${1}")(n) + `"}}` }, "Expression too large", false},
		{"a list of many numbers", func(int) string { return "locals {\n  a = [" + strings.Repeat("1,", 110_000) + "]\n}\n" }, "Expression too large", false},
		{"numbers", local("1", ""), "Number out of range", false},
	}
	for _, test := range tests {
		sizes := []int{48 << 10}
		if test.large {
			sizes = append(sizes, 200<<10)
		}
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s, %d KiB", test.name, size>>10), func(t *testing.T) {
				diags := parse(test.text(size))
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
		"at the cap":           {strings.Repeat("[", source.MaxSize), "main.hcl.json:1,502-503: error: Nested too deeply: Objects and arrays may be inside one another at most 500 deep."},
		"past the cap":         {strings.Repeat("(", source.MaxSize+1), "main.hcl:0,0-0: error: File too large: A file may have at most 4 MiB."},
		"past the cap in JSON": {strings.Repeat("[", source.MaxSize+1), "main.hcl.json:0,0-0: error: File too large: A file may have at most 4 MiB."},
	} {
		t.Run(name, func(t *testing.T) {
			diags := parse(test.text)
			if got := strings.Join(report(diags), "\n"); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// What hcl takes at once has a limit of its own.
func TestHostileTokens(t *testing.T) {
	array := func(n int) string { return `{"locals":[` + strings.Repeat("[],", n-4) + `[]]}` }
	for _, test := range []struct{ name, text, want string }{
		{"as many values of JSON as may be", array(150_000), ""},
		{"one more value of JSON", array(150_001), "main.hcl.json:1,450003-450004: error: File too large: A file of HCL JSON may have at most 150000 values and names. Divide it into several files."},
	} {
		t.Run(test.name, func(t *testing.T) {
			diags := parse(test.text)
			got := ""
			for _, line := range report(diags) {
				if strings.Contains(line, "File too large") {
					got += line
				}
			}
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
	_, diags := syntax.Format(source.Source{Name: "main.hcl", Bytes: []byte(strings.Repeat("a {}\n", 80_000))})
	if got := report(diags); len(got) != 1 || !strings.Contains(got[0], ": error: File too large: A file that is formatted may hold at most 300000 words, numbers and signs.") {
		t.Errorf("got %q", got)
	}
}

func TestCheckExpression(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"an expression", `{ for a in b : a => "${c} ${d[0]}" }`, ""},
		{"nested", strings.Repeat("list(", 501), "Nested too deeply"},
		{"what follows a bracket that matches nothing", ")" + strings.Repeat("(", 20_000), "Expression too large"},
		{"long", strings.Repeat("1,", 150_000), "Expression too large"},
	} {
		got := ""
		if d := syntax.CheckExpression(test.text); d != nil {
			got = d.Summary
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
