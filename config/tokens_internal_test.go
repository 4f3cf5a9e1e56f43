package config

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// isBound holds that a text has no more tokens than are counted before it is lexed.
func isBound(t *testing.T, text []byte) (counted, there int) {
	t.Helper()
	counted, _ = countTokens(text, math.MaxInt)
	tokens, _ := hclsyntax.LexConfig(text, "main.hcl", hcl.InitialPos)
	// The last one is the end.
	there = len(tokens) - 1
	if counted < there {
		t.Errorf("%d tokens are counted, and there are %d", counted, there)
	}
	// A text of HCL JSON is parsed in either of these ways.
	count, _ := countFrom(text, math.MaxInt, false)
	template, _ := hclsyntax.LexTemplate(text, "main.hcl.json", hcl.InitialPos)
	expression, _ := hclsyntax.LexExpression(text, "main.hcl.json", hcl.InitialPos)
	if most := max(len(template), len(expression)) - 1; count < most {
		t.Errorf("%d tokens are counted of a text, and there are %d", count, most)
	}
	return counted, there
}

func TestTokensAreBounded(t *testing.T) {
	const n = 1000
	tests := []struct {
		name, unit string
		counted    int // of one unit
	}{
		{"names", "a ", 1},
		{"numbers", "1 ", 1},
		{"a name behind a number", "1a ", 2},
		{"fractions", "1.5 ", 3},
		{"signs", "{()}[]", 6},
		{"operators of two bytes", "==", 2},
		{"empty texts", `""`, 3},
		{"texts of a space", `" "`, 3},
		{"words in a text", `"a b c"` + "\n", 4},
		{"words in a text behind another", `"a b c"` + "\n\"${1}\"\n", 12},
		{"signs between texts that are not plain", `"${1}"((((("x"` + "\n", 15},
		{"signs between comments", `/*"*/((((("` + "\n", 12},
		{"signs behind a comment", "# do not \"\n(((((\"x\"\n", 14},
		{"interpolations", `"${a} ${b}"` + "\n", 12},
		{"directives", `"%{if a} %{endif}"` + "\n", 13},
		{"dollars", `"$ $ $"` + "\n", 8},
		{"escapes", `"\n \n"` + "\n", 7},
		{"heredocs", "<<A\n \nA\n", 8},
		{"heredocs without indentation", "<<-A\n ${a} \nA\n", 13},
		{"spaces at the start of a line of a text without end", "\"\n ", 3},
		{"comments", "# a b\n", 4},
		{"CRLF", "a\r\n", 2},
		{"names beyond ASCII", "ä ", 2},
		{"combining characters", "\u0300", 2},
		{"what no token begins with", "@", tokensOfMistake},
		{"control characters", "\x01", tokensOfMistake},
		{"a carriage return alone", "\r", tokensOfMistake},
		{"backquotes", "`", tokensOfMistake},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			counted, there := isBound(t, []byte(strings.Repeat(test.unit, n)))
			// What stands behind a unit may count for one more.
			if counted < n*test.counted || counted > n*(test.counted+1) {
				t.Errorf("%d tokens are counted of %d units, want %d of each; there are %d", counted, n, test.counted, there)
			}
		})
	}
}

// Counting ends where there are too many.
func TestTokensAreCountedUpToALimit(t *testing.T) {
	count, last := countTokens([]byte("a b c d e"), 2)
	if count != 3 || last != 4 {
		t.Errorf("%d tokens up to byte %d", count, last)
	}
}

// FuzzTokens holds that no text has more tokens than are counted before it is lexed.
func FuzzTokens(f *testing.F) {
	for _, pattern := range []string{"../testdata/*/*.hcl", "../examples/*.hcl"} {
		names, err := filepath.Glob(pattern)
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
	}
	for _, text := range []string{" ", "\"\n \n "} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if source.CheckEncoding(Source{Name: "main.hcl", Bytes: text}, &diag.List{}) {
			isBound(t, text)
		}
	})
}
