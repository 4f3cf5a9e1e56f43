package cli

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
)

// declarationFlags are the flags that set a declaration's variables.
type declarationFlags struct {
	// variables are in the order of the command line, because the last value wins,
	// whether --var or a file sets it.
	variables  []variableFlag
	allowEmpty bool
}

type variableFlag struct {
	file bool
	text string
}

func (f *declarationFlags) bind(flags *pflag.FlagSet) {
	flags.Var(&variableValue{f: f}, "var", "set a variable, as `NAME=VALUE`; repeatable")
	flags.Var(&variableValue{f: f, file: true}, "var-file", "set variables from a `file` (*.hclvars, *.hclvars.json); repeatable")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "accept a declaration that requires nothing")
}

// variableValue is a flag that adds to the list of variables. --var and --var-file
// share the list.
type variableValue struct {
	f    *declarationFlags
	file bool
}

func (v *variableValue) String() string { return "" }
func (v *variableValue) Type() string   { return "variable" }

func (v *variableValue) Set(text string) error {
	v.f.variables = append(v.f.variables, variableFlag{file: v.file, text: text})
	return nil
}

// declaration reads and parses the files at paths. It returns the sources even if
// there are errors, so that the diagnostics can show them.
func (a *app) declaration(paths []string, f *declarationFlags, in config.Inputs) (*config.Declaration, config.Sources, hcl.Diagnostics) {
	var named []string
	for _, v := range f.variables {
		if v.file {
			named = append(named, v.text)
		}
	}
	sources, values, diags := config.Load(files.FS{}, a.Stdin, paths, named)
	assignments, more := a.assignments(f, values)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return nil, sources, diags
	}
	in.Variables = assignments
	in.AllowEmpty = f.allowEmpty
	in.Version = release()
	declaration, more := config.Parse(sources, in)
	return declaration, sources, append(diags, more...)
}

const variablePrefix = "KRECONCILE_VAR_"

// assignments returns the variables' values in rising precedence: the environment,
// then the flags in order. The variable files were already read.
func (a *app) assignments(f *declarationFlags, values []config.Source) ([]config.Assignment, hcl.Diagnostics) {
	var assignments []config.Assignment
	var diags hcl.Diagnostics
	for _, entry := range a.Environ {
		name, value, _ := strings.Cut(entry, "=")
		if variable, ok := strings.CutPrefix(name, variablePrefix); ok {
			assignments = append(assignments, config.Assignment{
				Name: variable, Value: value, Origin: "environment variable " + name, Environment: true,
			})
		}
	}
	for _, v := range f.variables {
		if v.file {
			if len(values) > 0 { // there are fewer only beside an error
				assignments = append(assignments, config.Assignment{Source: &values[0]})
				values = values[1:]
			}
			continue
		}
		name, value, ok := strings.Cut(v.text, "=")
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
