package flags

import (
	"os"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/place"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Prefix says where the files of a declaration are in a repository.
type Prefix struct{ prefixes place.Prefixes }

// Bind adds the flag.
func (f *Prefix) Bind(flags *pflag.FlagSet) {
	flags.Var(&prefixValue{f}, "path-prefix",
		"where FOLDER, or the current folder, is in the repository, as `[FOLDER=]PATH`: all formats but text use that name; repeatable")
}

// prefixValue is a flag that adds to the prefixes.
type prefixValue struct{ f *Prefix }

func (v *prefixValue) String() string { return "" }
func (v *prefixValue) Type() string   { return "prefix" }

func (v *prefixValue) Set(text string) error { return v.f.prefixes.Add(text) }

// Place returns what names the files in reports, or nil if they keep their names.
func (f *Prefix) Place() report.Place {
	// If the current folder is not known, only relative paths get a prefix.
	here, _ := os.Getwd()
	return f.prefixes.From(here)
}
