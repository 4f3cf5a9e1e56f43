package cli

import (
	"fmt"

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
type resultOf func(*outlet.Pieces, view.Format, view.Options) error

// writeResult renders a result to the destination of one output.
func (a *app) writeResult(o flags.Result, f *flags.Output, result resultOf) error {
	options := a.options(o, f)
	return a.deliverBy(o.Format.Form(options), o.Path, func(w *outlet.Pieces) error { return result(w, o.Format, options) })
}

// writeReport renders a report to the destination of one output.
func (a *app) writeReport(o flags.Result, f *flags.Output, r *report.Report) error {
	return a.writeResult(o, f, func(w *outlet.Pieces, f view.Format, o view.Options) error { return f.Report(w, r, o) })
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
	return a.deliverBy(form, path, func(w *outlet.Pieces) error {
		_, err := w.WriteString(result)
		return err
	})
}

// deliverBy is deliver for a result that write writes.
func (a *app) deliverBy(form safe.Form, path string, write func(*outlet.Pieces) error) error {
	if path != "" {
		return files.ReplaceBy(path, func(to func(string) error) error { return a.stdout.SealTo(to, form, write) })
	}
	return onStandardOutput(a.stdout.PutBy(form, write))
}

// onStandardOutput says that a result could not be written to standard output.
func onStandardOutput(err error) error {
	if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
