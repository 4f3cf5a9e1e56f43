package eval

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

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/funcs"
)

var update = flag.Bool("update", false, "write docs/functions.md")

func allFunctions() []funcs.Function {
	var list []funcs.Function
	for _, group := range functionGroups() {
		list = append(list, group.Functions...)
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

func asJSON(t *testing.T, v cty.Value) string {
	t.Helper()
	encoded, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// The example of kind gives what it says. Those of the others are tested in package funcs.
func TestKindExample(t *testing.T) {
	list := allFunctions()
	f, e := list[len(list)-1], New(nil)
	got, ok := e.Value(nativeExpression(t, f.Example))
	want, _ := e.Value(nativeExpression(t, f.Result))
	if !ok || asJSON(t, got) != asJSON(t, want) {
		t.Errorf("%s is %s, and the table says %s", f.Example, asJSON(t, got), f.Result)
	}
}

// docs/functions.md is made from the table.
func TestFunctionsPage(t *testing.T) {
	const path = "../../../docs/functions.md"
	got := functionsPage()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test ./config/internal/eval -update rewrites it):\n%s", path, diff)
	}
}

func functionsPage() string {
	var b strings.Builder
	b.WriteString("# Functions\n\n" +
		"All except `kind` are " +
		"[Terraform's functions](https://developer.hashicorp.com/terraform/language/functions), where you find examples. " +
		"No function reads a file, the clock or the network. " +
		"What is computed from a sensitive value is sensitive too. " +
		"The arguments of a call, and its result, take at most 1 MiB. " +
		"A regular expression has at most 1000 steps, with its repetitions written out.\n")
	for _, group := range functionGroups() {
		fmt.Fprintf(&b, "\n## %s\n\n", group.Title)
		for _, f := range group.Functions {
			fmt.Fprintf(&b, "- `%s`: %s\n", f.Signature, f.Doc)
		}
	}
	b.WriteString("\n## Left out\n\n" +
		"Terraform's functions for files, time, random values, hashes, compression, CSV, YAML and networks do not exist.\n")
	return b.String()
}

// What is computed from a sensitive value is sensitive, and no error shows it.
func TestFunctionsKeepSecrets(t *testing.T) {
	// Each argument of each example is replaced by a secret of its type in turn.
	for _, f := range allFunctions() {
		call := nativeExpression(t, f.Example)
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
				t.Run(fmt.Sprintf("%s, argument %d, broken %t", f.Name, i, broken), func(t *testing.T) {
					e := New(nil)
					value := cty.StringVal("swordfish(")
					if !broken {
						var ok bool
						if value, ok = e.Value(arguments[i]); !ok {
							value = cty.StringVal("swordfish")
						}
					}
					e.Diags = nil
					e.variables["secret"] = &variable{name: "secret", value: value.Mark(sensitive)}
					var texts []string
					for j, a := range arguments {
						text := string(a.Range().SliceBytes([]byte(f.Example)))
						switch {
						case j == i && (f.Name == "can" || f.Name == "try"):
							text = "tonumber(var.secret)"
						case j == i:
							text = "var.secret"
						}
						texts = append(texts, text)
					}
					got, ok := e.Value(nativeExpression(t, f.Name+"("+strings.Join(texts, ", ")+")"))
					if ok && !got.ContainsMarked() {
						t.Errorf("%s(%s) is %#v, which is not sensitive", f.Name, strings.Join(texts, ", "), got)
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
		names = append(names, f.Name)
	}
	names = append(names, strings.Fields(omissions)...)
	slices.Sort(names)
	if got := slices.Compact(slices.Clone(names)); len(got) != len(names) {
		t.Errorf("a name stands twice: %v", names)
	}
}

// FuzzFunctions holds that an expression comes to a value or an error, and ends soon after its
// time is over.
func FuzzFunctions(f *testing.F) {
	for _, function := range allFunctions() {
		f.Add(function.Example)
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
		if strings.Count(text, "(")+strings.Count(text, "[")+strings.Count(text, "{")+strings.Count(text, "?") > 100 {
			return // Others refuse what is nested deeply.
		}
		expr, diags := hclsyntax.ParseExpression([]byte(text), "fuzz", hcl.InitialPos)
		if diags.HasErrors() {
			return
		}
		e := New(nil)
		e.Budget = &budget.Budget{}
		ended := make(chan bool)
		e.Budget.Limits = &budget.Limits{Time: 200 * time.Millisecond, Memory: 1 << 30, Live: 1 << 29, Later: 1 << 29}
		_ = e.Budget.Run(e, func() {
			defer close(ended)
			if value, ok := e.Value(expr); !ok && len(e.Diags) == 0 && !e.Budget.Stopped() {
				t.Errorf("%#v without an error", value)
			}
		})
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Error("it goes on after it was stopped")
		}
	})
}
