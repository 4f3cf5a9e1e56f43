package config_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// elsewhere are the errors that no file of testdata/invalid holds, because it
// would be too large, or no file for a person to read, or because they come from
// outside of the declaration; and the test that causes each.
var elsewhere = map[string]string{
	"Attribute redefined":                    "TestHostileSources",
	"Declaration takes too much memory":      "TestManyRequirements",
	"Declaration takes too much time":        "TestExpressionsWithoutEnd",
	"Declaration too large":                  "TestLoad",
	"Expression too large":                   "TestHostileSources",
	"Invalid expression":                     "TestHostileSources",
	"File too large":                         "TestHostileSizes",
	"Missing newline after argument":         "TestHostileSources",
	"Missing newline after block definition": "TestHostileSources",
	"Nested too deeply":                      "TestHostileSources",
	"Text too long":                          "TestHostileSources",
	"Too many errors":                        "TestManyMistakes",
	"Unclosed configuration block":           "TestHostileSources",
	"Unsupported encoding":                   "TestEncodings",
	"Version not compared":                   "TestRequiredVersion",
}

// What the parser says is collected from its source: each summary stands in a
// fixture, or in the list above.
func TestEveryDiagnosticHasAFixture(t *testing.T) {
	marked := map[string]bool{}
	for _, s := range fixtures(t, "../testdata/invalid") {
		for _, line := range expected(t, s) {
			_, summary, _ := strings.Cut(line, ": ")
			marked[summary] = true
		}
	}
	said := summaries(t)
	if len(said) < 40 {
		t.Fatalf("only %d summaries were found in the source", len(said))
	}
	covered := func(summary string) bool {
		if stem, found := strings.CutSuffix(summary, "…"); found {
			for m := range marked {
				if strings.HasPrefix(m, stem) {
					return true
				}
			}
		}
		return marked[summary]
	}
	for summary, at := range said {
		switch reason := elsewhere[summary]; {
		case covered(summary) && reason != "":
			t.Errorf("%q has a fixture, and stands in the list of those that have none", summary)
		case !covered(summary) && reason == "":
			t.Errorf("%s: no fixture of testdata/invalid has the marker %q", at, summary)
		}
	}
	functions := tests(t)
	for summary, test := range elsewhere {
		if _, found := said[summary]; !found {
			t.Errorf("nothing says %q any more", summary)
		}
		if !strings.Contains(functions[test], summary) {
			t.Errorf("there is no %s that causes %q", test, summary)
		}
	}
}

// tests gives the source of each test of the package and its rooms.
func tests(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range files(t) {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, function := range strings.Split(string(content), "\nfunc ")[1:] {
			name, body, _ := strings.Cut(function, "(")
			found[name] = body
		}
	}
	return found
}

// files lists the Go files of the package and its rooms.
func files(t *testing.T) []string {
	t.Helper()
	own, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := filepath.Glob("internal/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(own, rooms)
}

// summaries finds the summaries that the package writes, and where. One that is
// put together ends in "…" where it is not written out. What load.go, walk.go and
// format.go say is about files, and not about what a declaration says.
func summaries(t *testing.T) map[string]token.Position {
	t.Helper()
	// Where the summary stands among the arguments.
	argument := map[string]int{"Error": 1, "Warn": 1, "New": 2, "found": 2, "refuse": 1, "written": 0, "exceed": 0}
	found := map[string]token.Position{}
	set := token.NewFileSet()
	for _, name := range files(t) {
		aboutFiles := slices.Contains([]string{"load.go", "walk.go", "format.go"}, filepath.Base(name))
		if strings.HasSuffix(name, "_test.go") || aboutFiles {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			var called string
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				called = f.Sel.Name
			case *ast.Ident:
				called = f.Name
			}
			i, ok := argument[called]
			if !ok || i >= len(call.Args) {
				return true
			}
			at := set.Position(call.Pos())
			switch summary := call.Args[i].(type) {
			case *ast.BasicLit:
				if summary.Kind == token.STRING {
					found[unquote(t, summary)] = at
				}
			case *ast.BinaryExpr:
				literal, ok := summary.X.(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: a summary begins with what is not written out", at)
					return true
				}
				found[unquote(t, literal)+"…"] = at
			case *ast.Ident, *ast.SelectorExpr:
				// It is passed on, and written elsewhere.
			default:
				t.Errorf("%s: a summary is written in a way that this test cannot read", at)
			}
			return true
		})
	}
	return found
}

func unquote(t *testing.T, literal *ast.BasicLit) string {
	t.Helper()
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
