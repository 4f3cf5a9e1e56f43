package diag_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

func at(file string, line int) hcl.Range {
	return hcl.Range{Filename: file, Start: hcl.Pos{Line: line, Byte: line}}
}

func TestSortedByFileAndPlace(t *testing.T) {
	var l diag.List
	l.Error(at("--var", 0), "Undeclared variable", "It is in no file.")
	l.Error(at("b.hcl", 1), "Second file", "It comes after the first file.")
	l.Warn(at("a.hcl", 9), "Later line", "It comes after the earlier line.")
	l.Error(at("a.hcl", 2), "Earlier line", "It comes first.")
	l.Error(at("a.hcl", 2), "Earlier line", "It comes first.")
	got := ""
	for _, d := range l.Sorted([]string{"a.hcl", "b.hcl"}) {
		got += fmt.Sprintf("%s:%d %s\n", d.Subject.Filename, d.Subject.Start.Line, d.Summary)
	}
	want := "a.hcl:2 Earlier line\na.hcl:9 Later line\nb.hcl:1 Second file\n--var:0 Undeclared variable\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if l.Errors() != 3 {
		t.Errorf("%d errors, want 3", l.Errors())
	}
}

func TestErrorsBeyondTheFirstThousandAreCounted(t *testing.T) {
	var l diag.List
	for i := range 1005 {
		l.Error(at("a.hcl", i), "Error", "One of many.")
	}
	diags := l.Sorted([]string{"a.hcl"})
	if last := diags[len(diags)-1].Summary; last != "Too many errors" || l.Dropped != 5 || l.Errors() != 1005 {
		t.Errorf("last is %q, %d dropped, %d errors", last, l.Dropped, l.Errors())
	}
}

func TestExpressionsAndValuesAreRemoved(t *testing.T) {
	var l diag.List
	l.Add(&hcl.Diagnostic{Summary: "Error", EvalContext: &hcl.EvalContext{}, Expression: hcl.StaticExpr(cty.True, at("a.hcl", 1)), Extra: "secret"})
	if d := l.Diags[0]; d.EvalContext != nil || d.Expression != nil || d.Extra != nil {
		t.Errorf("kept %v", d)
	}
}
