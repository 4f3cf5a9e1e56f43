package syntax

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// sources are texts of native syntax that scanning and dividing could get wrong.
func scannedTexts(tb testing.TB) []string {
	tb.Helper()
	texts := []string{
		//nolint:dupword // A marker of a heredoc is there twice.
		"", "a = 1", "a = <<A\nx\nA\n", "a = <<-A\n  ${b}\n  A\n  \n A \nb = 1\n", "a = <<A\r\nx\r\nA\r\nb = 2\r\n",
		"a = \"$${b} %%{c} $ % $\\\" ${\"x${y}\"} %{if true}z%{endif}\"\nb {\n}\n", "/* a\n */ b = 1 # c\n// d\ne \"f\" g {\n  # h\n  i = [\n 1, 2 ]\n} # j\nk {}\n",
		"a = {\n  b = 1\n  c = { for d in e : f => g... }\n}\n", "größe = 1\n", "a = 1.5e3 * x.0.1 + y[*].z\n", "a {\n  b {\n    c = 1\n  }\n\n  d = 2\n}\n",
		"a = <<A\nA${b}\n${c}A\nA\nd = 1\n", "a = \"\\\\\"\nb = \"\\\"\"\n", "a = x ? y : z\nb = !c && d || e::f()\n", "a = <<A\n$\n%\n$$\nA\nb = 1\n",
		"a = [<<A\nA\n, 1]\n", "a \"b\" {\n  c = 1\n} /* d\n */ # e\nf = 1\n", "a = {", "a {\n  b = 1\n} c = 1\n", "a {\n  b = 1 }\n", "a {\n  b = <<A\n}\nA\n}\nc = 1\n",
	}
	for _, pattern := range []string{"../../../testdata/*/*.hcl", "../../../examples/*.hcl"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			tb.Fatal("no seed: ", err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				tb.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	}
	return texts
}

// divide parses a text in pieces that are as small as they can be, or as large.
func divide(text string, quick bool) (*hclsyntax.Body, *diag.List) {
	p := parser{source: source.Source{Name: "main.hcl", Bytes: []byte(text)}, list: &diag.List{}, quick: quick}
	return p.parse(), p.list
}

// checkDivided compares a text that is parsed in pieces with one that hcl parses as a whole.
func checkDivided(t *testing.T, text string) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(text), "main.hcl", hcl.InitialPos)
	got, list := divide(text, false)
	if slices.ContainsFunc(list.Diags, func(d *hcl.Diagnostic) bool { return d.Summary == "Number out of range" }) {
		return // hcl has no such limit.
	}
	if list.Diags.HasErrors() != diags.HasErrors() {
		t.Fatalf("in pieces: %v\nas a whole: %v\n%s", list.Diags, diags, text)
	}
	if !diags.HasErrors() {
		sameBody(t, file.Body.(*hclsyntax.Body), got)
	}
	// By their layout, texts may be divided in the wrong place, but never without an error.
	if got, list = divide(text, true); !list.Diags.HasErrors() {
		sameBody(t, file.Body.(*hclsyntax.Body), got)
	}
}

// sameBody compares what is declared, and where. Only where a body as a whole begins may differ.
func sameBody(t *testing.T, want, got *hclsyntax.Body) {
	t.Helper()
	if !reflect.DeepEqual(want.Attributes, got.Attributes) {
		t.Fatalf("attributes differ: want %v\ngot %v", want.Attributes, got.Attributes)
	}
	if len(want.Blocks) != len(got.Blocks) {
		t.Fatalf("%d blocks, want %d", len(got.Blocks), len(want.Blocks))
	}
	for i, block := range want.Blocks {
		a, b := *block, *got.Blocks[i]
		sameBody(t, a.Body, b.Body)
		if a.Body.SrcRange != b.Body.SrcRange || a.Body.EndRange != b.Body.EndRange {
			t.Fatalf("the body of %s is at %v %v, want %v %v", a.Type, b.Body.SrcRange, b.Body.EndRange, a.Body.SrcRange, a.Body.EndRange)
		}
		a.Body, b.Body = nil, nil
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("got %+v\nwant %+v", b, a)
		}
	}
}

// A source means the same in pieces as it does as a whole.
func TestDividedSources(t *testing.T) {
	for i, text := range scannedTexts(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) { checkDivided(t, text) })
	}
}

func FuzzDividedSources(f *testing.F) {
	for _, text := range scannedTexts(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\x00\ufeff") || !source.CheckEncoding(source.Source{Name: "main.hcl", Bytes: []byte(text)}, &diag.List{}) {
			return
		}
		checkDivided(t, text)
	})
}
