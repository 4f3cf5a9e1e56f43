package flags

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/usage"
	"github.com/kreconcile/kreconcile/internal/view"
)

// The flags that say where a result goes.
const (
	OutputFlag      = "output"
	TerminationFlag = "termination-log"
	TektonFlag      = "tekton-results"
)

// Output says where results go, and how they look.
type Output struct {
	Results []Result
	Color   Color
	// Verbose is set if results list more, where they have more.
	Verbose bool
	// standard is the format without -o.
	standard view.Format
}

// Result is a format, and its file, or "" for standard output.
type Result struct {
	Format view.Format
	Path   string
}

// Bind adds the flags for a command that writes these formats.
func (f *Output) Bind(flags *pflag.FlagSet, formats []view.Format) {
	help := "write the result as `FORMAT[=PATH]`, with " + usage.Listed(names(formats), "or") + " for FORMAT; repeatable (default " + formats[0].Name + ")"
	f.standard = formats[0]
	flags.VarP(&ResultValue{&f.Results, formats}, OutputFlag, "o", help)
	f.Color.Bind(flags)
}

// Wanted returns the requested results, or the first format on standard output.
func (f *Output) Wanted() []Result {
	if len(f.Results) == 0 {
		return []Result{{Format: f.standard}}
	}
	return f.Results
}

// Destinations are where the results go.
func (f *Output) Destinations() []outlet.Destination {
	var list []outlet.Destination
	for _, r := range f.Wanted() {
		list = append(list, outlet.Destination{Flag: "-o " + r.Format.Name, Path: r.Path})
	}
	return list
}

// ResultValue is a flag that adds to results in one of the formats.
type ResultValue struct {
	Results *[]Result
	Formats []view.Format
}

func names(formats []view.Format) []string {
	var list []string
	for _, f := range formats {
		list = append(list, f.Name)
	}
	return list
}

// String returns nothing: the default is in the help.
func (v *ResultValue) String() string { return "" }

// Type returns the type that help shows.
func (v *ResultValue) Type() string { return "output" }

// Set adds a result, unless another one goes to the same place.
func (v *ResultValue) Set(text string) error {
	name, path, toFile := strings.Cut(text, "=")
	own := names(v.Formats)
	i := slices.Index(own, name)
	if i < 0 {
		if slices.Contains(names(view.Formats()), name) {
			return fmt.Errorf("this command does not write %s; it writes %s", name, usage.Listed(own, "and"))
		}
		all := usage.Listed(own, "and")
		if like := nearest.Name(name, own); like != "" {
			return fmt.Errorf("there is no format %q; did you mean %s? There are %s", name, like, all)
		}
		return fmt.Errorf("there is no format %q; there are %s", name, all)
	}
	format := v.Formats[i]
	if toFile && path == "" {
		return fmt.Errorf("there is no path after the = of %q", text)
	}
	if path == "-" {
		path = ""
	}
	for _, other := range *v.Results {
		switch {
		case !SamePath(other.Path, path) || path == "" && format.Shares(other.Format):
		case path == "":
			return fmt.Errorf("%s already goes to standard output; give one of the two a path, such as %s=report.%s",
				other.Format.Name, format.Name, format.Ending)
		default:
			return fmt.Errorf("%s already goes to %q", other.Format.Name, path)
		}
	}
	*v.Results = append(*v.Results, Result{Format: format, Path: path})
	return nil
}

// SamePath reports whether two paths are the same when they are cleaned. The empty path is standard
// output, and differs from all others.
func SamePath(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	return filepath.Clean(a) == filepath.Clean(b)
}
