package view

import (
	"io"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// printer writes lines and keeps the first error, so that its callers need no check
// after each line.
type printer struct {
	w io.Writer
	safe.Style
	// origin is that of the target that is written, and may be nil.
	origin *Origin
	// merged is set if what is written may be about several targets.
	merged bool
	err    error
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
