package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// agree holds that skim never understands what measure objects to, and never
// counts less.
func agree(t *testing.T, text []byte) bool {
	t.Helper()
	items, steps, ok := skim(text)
	if !ok {
		return false
	}
	// Other encodings are refused before.
	if !source.CheckEncoding(Source{Name: "main.hcl", Bytes: text}, &diag.List{}) {
		return false
	}
	tokens, _ := hclsyntax.LexConfig(text, "main.hcl", hcl.InitialPos)
	n := measure(tokens)
	if fault := n.fault(); fault != nil {
		t.Errorf("skim understands what has the fault %v", fault)
	}
	if n.mismatch != nil || len(n.open) != 1 {
		t.Error("skim understands brackets that do not match")
	}
	if steps < n.steps {
		t.Errorf("skim counts %d steps, and there are %d", steps, n.steps)
	}
	if !slices.EqualFunc(items, n.items, func(a, b itemEnd) bool { return a.at == b.at && a.steps >= b.steps }) {
		t.Errorf("skim finds the items %v, and there are %v", items, n.items)
	}
	return true
}

func TestSkim(t *testing.T) {
	tests := []struct {
		name, text string
		plain      bool
	}{
		{"a block", "api \"v1\" {\n  reason = \"a\"\n}\n", true},
		{"comments", "# a {\n// b (\n/* c\n[ */ a = 1 # d\nb = 2\n", true},
		{"CRLF", "a = 1\r\nb = \"x\"\r\n", true},
		{"an interpolation", "a = \"x${b[\"c\"]}${d}\"\n", true},
		{"an escape", `a = "\"${b}\\"` + "\n", true},
		{"letters beyond ASCII in a text", "a = \"ü→\" # é\n", true},
		{"a number", "a = 1.5 + 2 - 3\n", true},
		{"a number with an exponent", "a = 1e9\n", false},
		{"two numbers in one", "a = 1.5.6\n", false},
		{"a heredoc", "a = <<E\nx\nE\n", false},
		{"a directive", "a = \"%{if b}c%{endif}\"\n", false},
		{"a dollar that opens nothing", "a = \"$$${b}\"\n", false},
		{"a name beyond ASCII", "ä = 1\n", false},
		{"a bracket that does not match", "a = (]\n", false},
		{"a text that does not end", "a = \"b\n\"\n", false},
		{"a comment that does not end", "a = 1 /* b\n", false},
		{"a brace in an interpolation", "a = \"${ {b = 1} }\"\n", true},
		{"too deep", "a = " + strings.Repeat("(", 501) + strings.Repeat(")", 501) + "\n", false},
		{"operators of a for expression", "a = {\n for k in b : k => 1 " + strings.Repeat("+1\n", 501) + "}\n", false},
		{"operators on lines of their own", "b {\n" + strings.Repeat("a = 1 + 1\n", 501) + "}\n", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := agree(t, []byte(test.text)); got != test.plain {
				t.Errorf("skim says %t, want %t", got, test.plain)
			}
		})
	}
}

func FuzzSkim(f *testing.F) {
	names, err := filepath.Glob("../testdata/*/*.hcl")
	if err != nil || len(names) == 0 {
		f.Fatal("no seed: ", err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, text) })
}
