package flags

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/outlet"
)

// Declaration sets the variables of a declaration.
type Declaration struct {
	// Variables are in the order of the command line, because the last value wins,
	// whether --var or a file sets it.
	Variables  []Variable
	AllowEmpty bool
}

// Variable is the text of --var, or the path of a file.
type Variable struct {
	File bool
	Text string
}

// Bind adds the flags.
func (f *Declaration) Bind(flags *pflag.FlagSet) {
	flags.Var(&VariableValue{Of: f}, "var", "set a variable, as `NAME=VALUE`; repeatable")
	flags.Var(&VariableValue{Of: f, File: true}, "var-file", "set variables from a `file` (*.hclvars, *.hclvars.json); repeatable")
	flags.BoolVar(&f.AllowEmpty, "allow-empty", false, "accept a declaration that requires nothing")
}

// VariableValue is a flag that adds to the list of variables. --var and --var-file
// share the list.
type VariableValue struct {
	Of   *Declaration
	File bool
}

// String returns nothing: variables have no default.
func (v *VariableValue) String() string { return "" }

// Type returns the type that help shows.
func (v *VariableValue) Type() string { return "variable" }

// Set adds a variable or a file.
func (v *VariableValue) Set(text string) error {
	v.Of.Variables = append(v.Of.Variables, Variable{File: v.File, Text: text})
	return nil
}

// Files are the paths of the variable files.
func (f *Declaration) Files() []string {
	var paths []string
	for _, v := range f.Variables {
		if v.File {
			paths = append(paths, v.Text)
		}
	}
	return paths
}

// Origins are the files that are read of a declaration at paths.
func (f *Declaration) Origins(paths []string) []outlet.Origin {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	return append(Origins("the declaration", paths), Origins("the variable file", f.Files())...)
}

const variablePrefix = "KRECONCILE_VAR_"

// Assignments returns the variables' values in rising precedence: the environment,
// then the flags in order. The files were already read.
func (f *Declaration) Assignments(environ []string, files []config.Source) ([]config.Assignment, hcl.Diagnostics) {
	var assignments []config.Assignment
	var diags hcl.Diagnostics
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if variable, ok := strings.CutPrefix(name, variablePrefix); ok {
			assignments = append(assignments, config.Assignment{
				Name: variable, Value: value, Origin: "environment variable " + name, Environment: true,
			})
		}
	}
	for _, v := range f.Variables {
		if v.File {
			if len(files) > 0 { // there are fewer only beside an error
				assignments = append(assignments, config.Assignment{Source: &files[0]})
				files = files[1:]
			}
			continue
		}
		name, value, ok := strings.Cut(v.Text, "=")
		if !ok || name == "" {
			// The text is not shown: it may be a secret without its name.
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Invalid --var", Detail: "A variable is set as --var NAME=VALUE.",
			})
			continue
		}
		assignments = append(assignments, config.Assignment{Name: name, Value: value, Origin: "--var"})
	}
	return assignments, diags
}
