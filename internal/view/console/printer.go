package console

import (
	"io"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Options change how a text looks.
type Options struct {
	Color bool
	// Verbose also lists what is satisfied and what is skipped.
	Verbose bool
}

// Printer writes lines and keeps the first error, so that its callers need no check
// after each line.
type Printer struct {
	W io.Writer
	report.Wording
	// Err is the first error of W.
	Err error
}

// New returns a printer for a text that is about no target.
func New(w io.Writer, color bool) Printer {
	return Printer{W: w, Wording: report.Wording{Style: safe.Style(color)}}
}

// Lines writes lines that end in a newline.
func (p *Printer) Lines(text string) {
	if p.Err == nil {
		_, p.Err = io.WriteString(p.W, text)
	}
}

// Line writes a line.
func (p *Printer) Line(text string) { p.Lines(text + "\n") }
