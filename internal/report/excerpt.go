package report

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Excerpt is the line on which a range begins, or the part of a long line around the
// range. A generated declaration may be one line of megabytes.
type Excerpt struct {
	Code string
	// Start and End are the bytes of Code that the range covers, at most to the end
	// of the line.
	Start, End int
}

const (
	// maxExcerpt is the number of bytes of a line that are shown, and beforeRange how
	// many of them are before the range.
	maxExcerpt  = 200
	beforeRange = 60
)

// NewExcerpt is false if there is no line, or it must not be shown.
func NewExcerpt(rng hcl.Range, sources config.Sources) (Excerpt, bool) {
	line, ok := sources.Line(rng)
	if !ok {
		return Excerpt{}, false
	}
	start := min(offsetInLine(rng, sources), len(line))
	end := len(line)
	if rng.End.Line == rng.Start.Line {
		end = min(start+max(rng.End.Byte-rng.Start.Byte, 0), len(line))
	}
	if len(line) <= maxExcerpt {
		return Excerpt{line, start, end}, true
	}
	from := safe.RuneStart(line, max(start-beforeRange, 0))
	to := safe.RuneStart(line, min(from+maxExcerpt, len(line)))
	e := Excerpt{line[from:to], start - from, min(end, to) - from}
	if from > 0 {
		e = Excerpt{safe.Ellipsis + e.Code, e.Start + len(safe.Ellipsis), e.End + len(safe.Ellipsis)}
	}
	if to < len(line) {
		e.Code += safe.Ellipsis
	}
	return e, true
}

// offsetInLine returns the number of bytes before a range in its line. Columns count
// characters.
func offsetInLine(rng hcl.Range, sources config.Sources) int {
	for _, source := range sources {
		if source.Name == rng.Filename && rng.Start.Byte <= len(source.Bytes) {
			return rng.Start.Byte - 1 - bytes.LastIndexByte(source.Bytes[:rng.Start.Byte], '\n')
		}
	}
	return 0
}
