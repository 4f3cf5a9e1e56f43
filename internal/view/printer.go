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
	// recorded is set if a snapshot was judged, so that no server was asked.
	recorded bool
	err      error
}

func (p *printer) line(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text+"\n")
	}
}
