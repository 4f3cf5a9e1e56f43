package config

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

func allFunctions() []functionSchema {
	var list []functionSchema
	for _, group := range functionTable() {
		list = append(list, group.functions...)
	}
	return list
}

func nativeExpression(t *testing.T, text string) hclsyntax.Expression {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(text), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", text, diags)
	}
	return expr
}

func newEvaluator() *evaluator {
	return &evaluator{List: &diag.List{}, variables: map[string]*variable{}, locals: map[string]*local{}}
}

func asJSON(t *testing.T, v cty.Value) string {
	t.Helper()
	encoded, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// Every example of the table gives what it says, and its bound is one.
func TestFunctionExamples(t *testing.T) {
	for _, f := range allFunctions() {
		t.Run(f.name, func(t *testing.T) {
			if !strings.HasPrefix(f.signature, f.name+"(") || !strings.Contains(f.example, f.name+"(") || f.doc == "" {
				t.Errorf("incomplete: %+v", f)
			}
			e := newEvaluator()
			got, ok := e.value(nativeExpression(t, f.example))
			if !ok {
				t.Fatal(e.Diags)
			}
			want, _ := e.value(nativeExpression(t, f.result))
			if asJSON(t, got) != asJSON(t, want) {
				t.Errorf("%s is %s, and the table says %s", f.example, asJSON(t, got), f.result)
			}
			estimated := (&estimator{context: &hcl.EvalContext{}, functions: e.knownFunctions}).expression(nativeExpression(t, f.example))
			if actual := valueExtent(got); actual.size > estimated.size || actual.length > estimated.length && !got.Type().IsPrimitiveType() ||
				got.Type() == cty.Number && actual.digits > estimated.digits {
				t.Errorf("the bound %+v is less than %+v", estimated, actual)
			}
			if estimated.size > 20_000 {
				t.Errorf("the bound of a small example is %d", estimated.size)
			}
		})
	}
}

// docs/functions.md is made from the table.
func TestFunctionsPage(t *testing.T) {
	const path = "../docs/functions.md"
	got := functionsPage()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test ./config -update rewrites it):\n%s", path, diff)
	}
}

func functionsPage() string {
	var b strings.Builder
	b.WriteString("# Functions\n\n" +
		"Expressions may call these functions. All except `kind` have the names and the meaning of " +
		"[Terraform's functions](https://developer.hashicorp.com/terraform/language/functions), where you find examples. " +
		"The same arguments always have the same result: no function reads a file, the clock or the network. " +
		"What is computed from a sensitive value is sensitive too. " +
		"A regular expression has at most " + fmt.Sprint(maxPatternSteps) + " steps, with its repetitions written out.\n")
	for _, group := range functionTable() {
		fmt.Fprintf(&b, "\n## %s\n\n", group.title)
		for _, f := range group.functions {
			fmt.Fprintf(&b, "- `%s`: %s\n", f.signature, f.doc)
		}
	}
	b.WriteString("\n## Left out\n\n" +
		"Terraform's functions for files, time, random values, hashes, compression, CSV, YAML and networks do not exist. " +
		"The error for a call says why.\n")
	return b.String()
}

// What is computed from a sensitive value is sensitive, and no error shows it.
func TestFunctionsKeepSecrets(t *testing.T) {
	// Each argument of each example is replaced by a secret of its type in turn.
	for _, f := range allFunctions() {
		call := nativeExpression(t, f.example)
		for {
			// jsondecode's example looks into its result.
			if inner, ok := call.(*hclsyntax.RelativeTraversalExpr); ok {
				call = inner.Source
				continue
			}
			break
		}
		arguments := call.(*hclsyntax.FunctionCallExpr).Args
		for i := range arguments {
			for _, broken := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, argument %d, broken %t", f.name, i, broken), func(t *testing.T) {
					e := newEvaluator()
					value := cty.StringVal("swordfish(")
					if !broken {
						var ok bool
						if value, ok = e.value(arguments[i]); !ok {
							value = cty.StringVal("swordfish")
						}
					}
					e.Diags = nil
					e.variables["secret"] = &variable{name: "secret", value: value.Mark(sensitive)}
					var texts []string
					for j, a := range arguments {
						text := string(a.Range().SliceBytes([]byte(f.example)))
						switch {
						case j == i && (f.name == "can" || f.name == "try"):
							text = "tonumber(var.secret)"
						case j == i:
							text = "var.secret"
						}
						texts = append(texts, text)
					}
					got, ok := e.value(nativeExpression(t, f.name+"("+strings.Join(texts, ", ")+")"))
					if ok && !got.ContainsMarked() {
						t.Errorf("%s(%s) is %#v, which is not sensitive", f.name, strings.Join(texts, ", "), got)
					}
					for _, d := range e.Diags {
						if strings.Contains(d.Summary+d.Detail, "swordfish") {
							t.Errorf("an error shows the secret: %s", d)
						}
					}
				})
			}
		}
	}
}

// Names stand once, and none is both there and left out.
func TestFunctionNames(t *testing.T) {
	var names []string
	for _, f := range allFunctions() {
		names = append(names, f.name)
	}
	for _, o := range omissions() {
		names = append(names, o.names...)
	}
	slices.Sort(names)
	if got := slices.Compact(slices.Clone(names)); len(got) != len(names) {
		t.Errorf("a name stands twice: %v", names)
	}
}

// FuzzFunctions holds that no expression takes much, and that what it gives is
// within its bound.
func FuzzFunctions(f *testing.F) {
	for _, function := range allFunctions() {
		f.Add(function.example)
	}
	for _, text := range []string{
		`[for i in range(1024) : [for j in range(1024) : range(1024)]]`,
		`join("", [for i in range(1024) : format("%1000d", i)])`,
		`replace(join("", range(1000)), "/./", "$0$0$0$0")`,
		`regexall("(((a*)*)*)*", join("", [for i in range(1024) : "a"]))`,
		`try(try(try(try(jsondecode("["), 1), 2), 3), 4)`,
		`jsonencode(jsonencode(jsonencode(jsonencode("\"\\<"))))`,
		`setproduct(range(99), range(99), range(99))`,
		`flatten([for i in range(100) : chunklist(range(100), 1)])`,
		`indent(1000, join("\n", range(1000)))`,
		`pow(pow(9, 99), 99) * parseint("zzzzzzzz", 36)`,
		`max(range(1000)...) + tonumber("1e99")`,
		`transpose({ a = [for i in range(1000) : tostring(i)] })`,
		`distinct([for i in range(1024) : i % 2 == 0 ? tostring(i) : "x"])`,
		`"${"1e999999999" * 1}"`,
		`"${"1e900" * 1}"`,
		`"${"999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999" * 1}"`,
		`join("a separator of some length", ["a", "b", "c", "d"])`,
		`merge([for i in range(100) : { "${i}" = i }]...)`,
		`zipmap([for i in range(100) : tostring(i)], range(100))`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if checkExpression(text) != nil {
			return
		}
		expr, diags := hclsyntax.ParseExpression([]byte(text), "fuzz", hcl.InitialPos)
		if diags.HasErrors() {
			return
		}
		start := time.Now()
		e := newEvaluator()
		value, ok := e.value(expr)
		// The bounds are about a microsecond for each unit; machines differ.
		if spent := time.Since(start); spent > 20*time.Second {
			t.Errorf("it took %s", spent)
		}
		if !ok || !numbersInRange(value) {
			return // which is no value that is kept
		}
		estimated := (&estimator{context: &hcl.EvalContext{}, functions: e.knownFunctions}).expression(expr)
		if actual := valueExtent(value); actual.size > estimated.size {
			t.Errorf("the bound %d is less than %d", estimated.size, actual.size)
		}
	})
}
