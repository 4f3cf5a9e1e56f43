package view

import (
	"io"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// printer writes lines and keeps the first error, so that what is rendered reads
// from the top without a check behind each line.
type printer struct {
	w io.Writer
	safe.Style
	// recorded is set where a snapshot was judged, and no server was asked.
	recorded bool
	err      error
}

func (p *printer) line(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text+"\n")
	}
}
