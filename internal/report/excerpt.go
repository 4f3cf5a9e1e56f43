package report

import (
	"bytes"
	"strings"

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

// Excerpts finds the excerpt of a range. It is false if there is none, or it must not be shown.
type Excerpts func(hcl.Range) (Excerpt, bool)

// ExcerptsOf finds the excerpts of sources.
func ExcerptsOf(sources config.Sources) Excerpts {
	return func(rng hcl.Range) (Excerpt, bool) { return NewExcerpt(rng, sources) }
}

// Excerpts finds those of a target. Of one that was read from a result, they are only the lines.
func (r *Report) Excerpts(t *Target) Excerpts {
	if t.Lines == nil {
		return ExcerptsOf(r.Sources)
	}
	return func(rng hcl.Range) (Excerpt, bool) {
		line, ok := t.Lines[rng]
		return Excerpt{Code: line}, ok
	}
}

// ExcerptOf finds the excerpt of a diagnostic with a Subject. One that was read from a result has it in Extra.
func ExcerptOf(d *hcl.Diagnostic, sources config.Sources) (Excerpt, bool) {
	if e, ok := d.Extra.(Excerpt); ok {
		return e, true
	}
	return NewExcerpt(*d.Subject, sources)
}

// Condition returns the condition of an assert, or as much of it as its first line has. It is empty if
// that says nothing, or must not be shown.
func Condition(rng hcl.Range, excerpts Excerpts) string {
	e, _ := excerpts(rng)
	code := strings.TrimSpace(e.Code[e.Start:e.End])
	switch {
	case code == "(":
		return ""
	case code != "" && rng.End.Line > rng.Start.Line:
		code += safe.Ellipsis
	}
	return code
}

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
