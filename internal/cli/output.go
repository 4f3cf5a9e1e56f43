package cli

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// paints reports whether text on a stream gets colours.
func (a *app) paints(v flags.Color, g *outlet.Guard) bool {
	switch v {
	case flags.ColorAlways:
		return true
	case flags.ColorNever:
		return false
	case flags.ColorAuto:
	}
	_, terminal := g.Terminal()
	return terminal && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}

// options says how one output looks. A file gets colours only if the user asked for
// them.
func (a *app) options(o flags.Result, f *flags.Output) view.Options {
	paints := a.paints(f.Color, a.stdout)
	if o.Path != "" {
		paints = f.Color == flags.ColorAlways
	}
	return view.Options{Color: paints, Verbose: f.Verbose}
}

// resultOf writes a result in a format.
type resultOf func(*strings.Builder, view.Format, view.Options) error

// writeResult renders a result to the destination of one output. A size that is not zero is that of the
// text in bytes.
func (a *app) writeResult(o flags.Result, f *flags.Output, size int, result resultOf) error {
	var b strings.Builder
	b.Grow(size)
	options := a.options(o, f)
	if err := result(&b, o.Format, options); err != nil {
		return err
	}
	return a.deliver(b.String(), o.Format.Form(options), o.Path)
}

// writeReport renders a report to the destination of one output.
func (a *app) writeReport(o flags.Result, f *flags.Output, r *report.Report) error {
	// A growing text is in memory twice while it is copied, so a large one is
	// measured first.
	var size counter
	if findings(r) > manyFindings {
		if err := o.Format.Report(&size, r, a.options(o, f)); err != nil {
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
