package flags_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/internal/flags"
)

// FuzzVariable tests that a value of --var is used whole, or refused without showing
// a word of it.
func FuzzVariable(fz *testing.F) {
	for _, text := range []string{"gateway=true", "x=a=b", "x=", "=hunter2", "hunter2", "", "x=[\n1]"} {
		fz.Add(text)
	}
	fz.Fuzz(func(t *testing.T, text string) {
		var f flags.Declaration
		if err := (&flags.VariableValue{Of: &f}).Set(text); err != nil {
			t.Fatal(err)
		}
		assignments, diags := f.Assignments(nil, nil)
		switch {
		case len(diags) == 0:
			if len(assignments) != 1 || assignments[0].Name+"="+assignments[0].Value != text || assignments[0].Origin != "--var" {
				t.Errorf("%q sets %+v", text, assignments)
			}
		case len(assignments) > 0 || diags[0].Summary+": "+diags[0].Detail != "Invalid --var: A variable is set as --var NAME=VALUE.":
			t.Errorf("%q sets %+v, with %v", text, assignments, diags)
		}
	})
}
