package cli

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/usage"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// outputFlags say where results go, and how they look.
type outputFlags struct {
	outputs []output
	color   colorValue
	// standard is the format without -o.
	standard view.Format
	// verbose is set if results list more, where they have more.
	verbose bool
}

// output is one result: a format, and its file, or "" for standard output.
type output struct {
	format view.Format
	path   string
}

// bind adds the flags for a command that writes these formats.
func (f *outputFlags) bind(flags *pflag.FlagSet, formats []view.Format) {
	help := "write the result as `FORMAT[=PATH]`, with " + usage.Listed(names(formats), "or") + " for FORMAT; repeatable (default " + formats[0].Name + ")"
	f.standard = formats[0]
	flags.VarP(&outputValue{&f.outputs, formats}, outputFlag, "o", help)
	f.color.bind(flags)
}

func (v *colorValue) bind(flags *pflag.FlagSet) {
	*v = colorAuto
	flags.Var(v, "color", "color text `WHEN`: auto, always or never; auto honours NO_COLOR")
}

// wanted returns the requested outputs, or the first format on standard output.
func (f *outputFlags) wanted() []output {
	if len(f.outputs) == 0 {
		return []output{{format: f.standard}}
	}
	return f.outputs
}

// The flags that say where a result goes.
const (
	outputFlag      = "output"
	terminationFlag = "termination-log"
	tektonFlag      = "tekton-results"
)

// outputValue is a flag that adds to outputs in one of the formats.
type outputValue struct {
	outputs *[]output
	formats []view.Format
}

func names(formats []view.Format) []string {
	var list []string
	for _, f := range formats {
		list = append(list, f.Name)
	}
	return list
}

func (v *outputValue) String() string { return "" }
func (v *outputValue) Type() string   { return "output" }

func (v *outputValue) Set(text string) error {
	name, path, toFile := strings.Cut(text, "=")
	own := names(v.formats)
	i := slices.Index(own, name)
	if i < 0 {
		if slices.Contains(names(view.Formats()), name) {
			return fmt.Errorf("this command does not write %s; it writes %s", name, usage.Listed(own, "and"))
		}
		if like := nearest.Name(name, own); like != "" {
			return fmt.Errorf("there is no format %q; did you mean %s", name, like)
		}
		return fmt.Errorf("there is no format %q; there are %s", name, usage.Listed(own, "and"))
	}
	format := v.formats[i]
	if toFile && path == "" {
		return fmt.Errorf("there is no path after the = of %q", text)
	}
	if path == "-" {
		path = ""
	}
	o := output{format: format, path: path}
	for _, other := range *v.outputs {
		switch {
		case !samePath(other.path, o.path) || path == "" && format.Shares(other.format):
		case path == "":
			return fmt.Errorf("%s already goes to standard output; give one of the two a path, such as %s=report.%s",
				other.format.Name, format.Name, format.Ending)
		default:
			return fmt.Errorf("%s already goes to %q", other.format.Name, path)
		}
	}
	*v.outputs = append(*v.outputs, o)
	return nil
}

// samePath reports whether two cleaned paths are the same. The empty path is standard
// output, and differs from all.
func samePath(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	return filepath.Clean(a) == filepath.Clean(b)
}

type colorValue string

const (
	colorAuto   colorValue = "auto"
	colorAlways colorValue = "always"
	colorNever  colorValue = "never"
)

func (v *colorValue) String() string { return string(*v) }
func (v *colorValue) Type() string   { return "when" }

func (v *colorValue) Set(text string) error {
	if !slices.Contains([]colorValue{colorAuto, colorAlways, colorNever}, colorValue(text)) {
		return fmt.Errorf("%q is not auto, always or never", text)
	}
	*v = colorValue(text)
	return nil
}

// paints reports whether text on a stream gets colours.
func (a *app) paints(v colorValue, g *outlet.Guard) bool {
	switch v {
	case colorAlways:
		return true
	case colorNever:
		return false
	case colorAuto:
	}
	_, terminal := g.Terminal()
	return terminal && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}

// options says how one output looks. A file gets colours only if the user asked for
// them.
func (a *app) options(o output, f *outputFlags) view.Options {
	paints := a.paints(f.color, a.stdout)
	if o.path != "" {
		paints = f.color == colorAlways
	}
	return view.Options{Color: paints, Verbose: f.verbose}
}

// resultOf writes a result in a format.
type resultOf func(*strings.Builder, view.Format, view.Options) error

// writeResult renders a result to the destination of one output. A size that is not zero is that of the
// text in bytes.
func (a *app) writeResult(o output, f *outputFlags, size int, result resultOf) error {
	var b strings.Builder
	b.Grow(size)
	options := a.options(o, f)
	if err := result(&b, o.format, options); err != nil {
		return err
	}
	return a.deliver(b.String(), o.format.Form(options), o.path)
}

// writeReport renders a report to the destination of one output.
func (a *app) writeReport(o output, f *outputFlags, r *report.Report) error {
	// A growing text is in memory twice while it is copied, so a large one is
	// measured first.
	var size counter
	if findings(r) > manyFindings {
		if err := o.format.Report(&size, r, a.options(o, f)); err != nil {
			return err
		}
		if size > largeReport {
			// The garbage of an earlier output may be as large, and would add to this
			// one.
			debug.FreeOSMemory()
		}
	}
	return a.writeResult(o, f, int(size), func(b *strings.Builder, f view.Format, o view.Options) error { return f.Report(b, r, o) })
}

func findings(r *report.Report) int {
	n := 0
	for _, t := range r.Targets {
		if t.Plan != nil {
			n += len(t.Plan.Findings)
		}
	}
	return n
}

const (
	// manyFindings is the number of findings from which a report may be large.
	manyFindings = 1000
	largeReport  = 8 << 20 // bytes
)

// counter counts the bytes written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func (c *counter) WriteString(s string) (int, error) {
	*c += counter(len(s))
	return len(s), nil
}

// textForm returns the form of text for people.
func textForm(color bool) safe.Form {
	if color {
		return safe.Painted
	}
	return safe.Plain
}

// deliver writes a whole result to a file, or to standard output if path is empty.
func (a *app) deliver(result string, form safe.Form, path string) error {
	if path != "" {
		return files.Replace(path, a.stdout.Seal(result, form))
	}
	return onStandardOutput(a.stdout.Put(result, form))
}

// onStandardOutput says that a result could not be written to standard output.
func onStandardOutput(err error) error {
	if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
