package source_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/source"
)

// Case 40: the lines of a sensitive variable's block are never shown, whether
// the file can be parsed or not.
func TestLines(t *testing.T) {
	tests := []struct {
		name string
		file string
		text string
		want string // the lines, a hidden one as "-"
	}{
		{"no variable", "a.hcl", "api \"v1\" {}\n# x\n", "api \"v1\" {}|# x|"},
		{"CRLF", "a.hcl", "a\r\nb\r\n", "a|b|"},
		{"a variable that is not sensitive", "a.hcl", "variable \"a\" {\n  sensitive = false\n  default = 1\n}\n", "variable \"a\" {|  sensitive = false|  default = 1|}|"},
		{"a sensitive one between others", "a.hcl", "variable \"a\" {\n  default = 1\n}\nvariable \"b\" {\n  default = \"swordfish\"\n  sensitive = true\n}\napi \"v1\" {}", "variable \"a\" {|  default = 1|}|-|-|-|-|api \"v1\" {}"},
		{"an inner block does not end it", "a.hcl", "variable \"b\" {\ndefault = \"swordfish\"\nvalidation {\n}\nsensitive = true\n}\nlocals {", "-|-|-|-|-|-|locals {"},
		{"one that depends", "a.hcl", "variable \"b\" {\n  sensitive = false || true\n}", "-|-|-"},
		{"a file that cannot be parsed", "a.hcl", "api \"v1\" {\nvariable \"b\" {\n  sensitive = true\n  default = \"swordfish\n}\nlocals {\n", "api \"v1\" {|-|-|-|-|-|-"},
		{"a quote that is not closed before it", "a.hcl", "variable \"b\" {\n  default   = \"swordfish\n  sensitive = true\n}\n", "-|-|-|-|-"},
		{"a comment before the block", "a.hcl", "/* c */ variable \"b\" {\n  sensitive = true\n  default = \"swordfish\"\n}", "-|-|-|-"},
		{"a block without an end", "a.hcl", "variable \"b\" {\n  sensitive = true\n  default = {\n", "-|-|-|-"},
		{"the last line", "a.hcl", "variable \"b\" { sensitive = true }", "-"},
		{"a variable file", "a.hclvars", "a = 1\n", "-|-"},
		{"JSON", "a.hcl.json", "{\"api\": {},\n\"variable\": {\n\"a\": {\"sensitive\": true}},\n\"api\": {}}", "{\"api\": {},|-|-|-"},
		{"JSON with nothing sensitive", "a.hcl.json", "{\n\"variable\": {\"a\": {}}}", "{|\"variable\": {\"a\": {}}}"},
		{"JSON that cannot be parsed", "a.hcl.json", "{\"api\": {},\n\"variable\": {\n\"a\": {\"sensitive\": yes}},\n\"api\": {}}", "{\"api\": {},|-|-|-"},
		{"JSON with escapes", "a.hcl.json", "{\"api\": {},\n\"\\u0076ariable\": {}}", "-|-"},
		{"JSON that cannot be parsed before it", "a.hcl.json", "{\n\"api\": x,\n\"variable\": {\"a\": {\"sensitive\": true}}}", "{|\"api\": x,|-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sources := source.Sources{{Name: "other.hcl"}, {Name: test.file, Bytes: []byte(test.text)}}
			var got []string
			for number := range strings.Count(test.text, "\n") + 1 {
				line, ok := sources.Line(hcl.Range{Filename: test.file, Start: hcl.Pos{Line: number + 1, Column: 1}})
				if !ok {
					line = "-"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			for i, hidden := range sources[1].Hidden() {
				if hidden != (got[i] == "-") {
					t.Errorf("line %d: hidden is %t, and the line is %q", i+1, hidden, got[i])
				}
			}
		})
	}
}

// A view shows a line for each of thousands of findings.
func TestLinesOfALoadedSourceAreCheap(t *testing.T) {
	text := "variable \"s\" {\n  sensitive = true\n}\n" + strings.Repeat("api \"v1\" {}\n", 1000)
	loaded, diags := load(nil, strings.NewReader(text), []string{"-"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	sources := source.Sources(loaded)
	rng := hcl.Range{Filename: source.Stdin, Start: hcl.Pos{Line: 900}}
	if allocations := testing.AllocsPerRun(10, func() { sources.Line(rng) }); allocations > 10 {
		t.Errorf("a line takes %.0f allocations", allocations)
	}
	if _, ok := sources.Line(hcl.Range{Filename: source.Stdin, Start: hcl.Pos{Line: 2}}); ok {
		t.Error("a line of a sensitive variable is shown")
	}
}

func TestNoLine(t *testing.T) {
	sources := source.Sources{{Name: "a.hcl", Bytes: []byte("a\n")}}
	for name, rng := range map[string]hcl.Range{
		"another file":      {Filename: "b.hcl", Start: hcl.Pos{Line: 1}},
		"no place in it":    {Filename: "a.hcl"},
		"past the end":      {Filename: "a.hcl", Start: hcl.Pos{Line: 3}},
		"far past the end":  {Filename: "a.hcl", Start: hcl.Pos{Line: 1 << 40}},
		"a negative number": {Filename: "a.hcl", Start: hcl.Pos{Line: -1}},
	} {
		if line, ok := sources.Line(rng); ok {
			t.Errorf("%s: %q", name, line)
		}
	}
	if _, ok := source.Sources(nil).Line(hcl.Range{Filename: "a.hcl", Start: hcl.Pos{Line: 1}}); ok {
		t.Error("nil Sources shows a line")
	}
}
