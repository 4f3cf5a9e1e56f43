package view

import (
	"io"

	"github.com/kreconcile/kreconcile/internal/report"
)

// printer writes lines and keeps the first error, so that its callers need no check
// after each line.
type printer struct {
	w io.Writer
	report.Wording
	err error
}

// lines writes lines that end in a newline.
func (p *printer) lines(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text)
	}
}

func (p *printer) line(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text+"\n")
	}
}
