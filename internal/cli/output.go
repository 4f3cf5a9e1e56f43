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
	"github.com/kreconcile/kreconcile/internal/view"
)

// The formats. Only plan and apply have a report to write in the others than text
// and JSON.
const (
	formatText     = "text"
	formatJSON     = "json"
	formatJUnit    = "junit"
	formatSARIF    = "sarif"
	formatGitHub   = "github"
	formatGitLab   = "gitlab"
	formatMarkdown = "markdown"
)

// plainFormats are those of every command that has a result.
func plainFormats() []string { return []string{formatText, formatJSON} }

// reportFormats are those of plan and apply.
func reportFormats() []string {
	return append(plainFormats(), formatJUnit, formatSARIF, formatGitHub, formatGitLab, formatMarkdown)
}

// outputFlags say where results go, and how they look.
type outputFlags struct {
	outputs []output
	color   colorValue
}

// output is one result: a format, and the file that it goes to, or standard
// output where the path is empty.
type output struct{ format, path string }

// bind adds the flags for a command that writes these formats.
func (f *outputFlags) bind(flags *pflag.FlagSet, formats []string) {
	usage := "write the result as `FORMAT[=PATH]`, with " + listed(formats, "or") + " for FORMAT; repeatable (default text)"
	flags.VarP(&outputValue{&f.outputs, formats}, outputFlag, "o", usage)
	f.color.bind(flags)
}

func (v *colorValue) bind(flags *pflag.FlagSet) {
	*v = colorAuto
	flags.Var(v, "color", "paint text `WHEN`: auto, always or never; auto honours NO_COLOR")
}

// wanted gives the outputs that were asked for, or text on standard output.
func (f *outputFlags) wanted() []output {
	if len(f.outputs) == 0 {
		return []output{{format: formatText}}
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
	formats []string
}

func (v *outputValue) String() string { return "" }
func (v *outputValue) Type() string   { return "output" }

func (v *outputValue) Set(text string) error {
	format, path, toFile := strings.Cut(text, "=")
	if !slices.Contains(v.formats, format) {
		if slices.Contains(reportFormats(), format) {
			return fmt.Errorf("only plan and apply write %s; this command writes %s", format, listed(v.formats, "and"))
		}
		if like := nearest.Name(format, v.formats); like != "" {
			return fmt.Errorf("there is no format %q; did you mean %s", format, like)
		}
		return fmt.Errorf("there is no format %q; there are %s", format, listed(v.formats, "and"))
	}
	if toFile && path == "" {
		return fmt.Errorf("no path stands behind %q", text)
	}
	if path == "-" {
		path = ""
	}
	o := output{format: format, path: path}
	for _, other := range *v.outputs {
		switch {
		case !samePath(other.path, o.path) || path == "" && sharesLog(format, other.format):
		case path == "":
			return fmt.Errorf("%s goes to standard output already; give one of the two a path, such as %s=report.%s",
				other.format, format, ending(format))
		default:
			return fmt.Errorf("%s goes to %q already", other.format, path)
		}
	}
	*v.outputs = append(*v.outputs, o)
	return nil
}

// sharesLog tells the one pair that standard output has room for: GitHub's runner
// takes its commands out of what is meant for people.
func sharesLog(a, b string) bool {
	return a == formatText && b == formatGitHub || a == formatGitHub && b == formatText
}

// ending gives the ending that files of a format have.
func ending(format string) string {
	switch format {
	case formatText, formatGitHub:
		return "txt"
	case formatJUnit:
		return "xml"
	case formatGitLab:
		return "json"
	case formatMarkdown:
		return "md"
	}
	return format
}

// listed lists words with another before the last one.
func listed(words []string, last string) string {
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// samePath tells whether two paths are the same once they are cleaned. The empty
// one is standard output, and like no other.
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

// paints tells whether text on a stream is painted.
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

// write renders a report to where one output goes.
func (a *app) write(o output, color colorValue, verbose bool, report *view.Report) error {
	var b strings.Builder
	// A text that grows is in memory twice while it does. A large one is measured first.
	if report.Plan != nil && len(report.Plan.Findings) > manyFindings {
		var size counter
		if _, err := a.render(&size, o, color, verbose, report); err != nil {
			return err
		}
		if size > largeReport {
			// What is left of the one before is as large, and in the way.
			debug.FreeOSMemory()
		}
		b.Grow(int(size))
	}
	form, err := a.render(&b, o, color, verbose, report)
	if err != nil {
		return err
	}
	return a.deliver(b.String(), form, o.path)
}

const (
	// manyFindings is how many may make a large report.
	manyFindings = 1000
	largeReport  = 8 << 20 // bytes
)

// memory is what a report is rendered to, a text or only the size of one, for a guard to
// seal.
type memory interface {
	Write(p []byte) (int, error)
}

// counter counts what is written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func (c *counter) WriteString(s string) (int, error) {
	*c += counter(len(s))
	return len(s), nil
}

// render writes a report in the format of an output, and gives its form.
func (a *app) render(w memory, o output, color colorValue, verbose bool, report *view.Report) (form view.Form, err error) {
	switch o.format {
	case formatText:
		options := view.TextOptions{Color: a.paints(color, a.stdout), Verbose: verbose}
		if o.path != "" {
			options.Color = color == colorAlways
		}
		return textForm(options.Color), view.Text(w, report, options)
	case formatJSON:
		return view.Document, view.JSON(w, report)
	case formatJUnit:
		return view.Plain, view.JUnit(w, report)
	case formatSARIF:
		return view.Document, view.SARIF(w, report)
	case formatGitHub:
		return view.Commands, view.GitHub(w, report)
	case formatGitLab:
		return view.Document, view.GitLab(w, report)
	case formatMarkdown:
		return view.Plain, view.Markdown(w, report)
	default:
		panic("cli: unknown format " + o.format)
	}
}

// textForm gives the form of text for people.
func textForm(color bool) view.Form {
	if color {
		return view.Painted
	}
	return view.Plain
}

// deliver writes a whole result of a form to a file, or to standard output where
// the path is empty.
func (a *app) deliver(result string, form view.Form, path string) error {
	if path != "" {
		return files.Replace(path, a.stdout.Seal(result, form))
	}
	return onStandardOutput(a.stdout.Put(result, form))
}

// onStandardOutput says where a result could not be written to.
func onStandardOutput(err error) error {
	if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
