package changes

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// around is the number of unchanged lines that a diff shows around a change.
const around = 3

// concealedLine replaces a line of a variable file or of a sensitive variable.
const concealedLine = "(this line is not shown)"

// Write writes what formatting changes in a source as a unified diff, and nothing if
// nothing changes. Formatting changes only white space within lines, so each line
// keeps its number. A line that must not be shown is marked in place of its text.
func Write(w io.Writer, source config.Source, formatted []byte, color bool) error {
	before, after := bytes.SplitAfter(source.Bytes, []byte("\n")), bytes.SplitAfter(formatted, []byte("\n"))
	if len(before) != len(after) {
		panic("changes: formatting has changed the number of lines")
	}
	if n := len(before) - 1; len(before[n]) == 0 {
		before, after = before[:n], after[:n]
	}
	d := differ{w: w, Style: safe.Style(color), hidden: source.Hidden(), before: before, after: after}
	begun := false
	for i := 0; i < len(before); {
		if !d.differs(i) {
			i++
			continue
		}
		if !begun {
			d.line(d.Bold("--- " + safe.Line(source.Name)))
			d.line(d.Bold("+++ " + safe.Line(source.Name)))
			begun = true
		}
		end := i + 1
		for next := end; next < min(end+2*around+1, len(before)); next++ {
			if d.differs(next) {
				end = next + 1
			}
		}
		d.hunk(max(i-around, 0), min(end+around, len(before)))
		i = end
	}
	return d.err
}

type differ struct {
	w io.Writer
	safe.Style
	// err is the first error of w.
	err error
	// hidden is true for each line that must not be shown.
	hidden        []bool
	before, after [][]byte
}

func (d *differ) line(text string) {
	if d.err == nil {
		_, d.err = io.WriteString(d.w, text+"\n")
	}
}

func (d *differ) differs(i int) bool { return !bytes.Equal(d.before[i], d.after[i]) }

// hunk writes the lines from start up to, but not including, end.
func (d *differ) hunk(start, end int) {
	d.line(fmt.Sprintf("@@ -%d,%d +%d,%d @@", start+1, end-start, start+1, end-start))
	for i := start; i < end; {
		if !d.differs(i) {
			d.row(" ", i, d.before, func(text string) string { return text })
			i++
			continue
		}
		from := i
		for i < end && d.differs(i) {
			d.row("-", i, d.before, d.Red)
			i++
		}
		for ; from < i; from++ {
			d.row("+", from, d.after, d.Green)
		}
	}
}

// row writes one line, or a remark in place of a line that must not be shown.
func (d *differ) row(mark string, i int, lines [][]byte, paint func(string) string) {
	text := string(lines[i])
	line := concealedLine
	if !d.hidden[i] {
		line = cleanTabbed(text)
	}
	d.line(paint(mark + line))
	if !strings.HasSuffix(text, "\n") {
		d.line("\\ No newline at end of file")
	}
}

// cleanTabbed makes a line safe to print, but keeps tabs: a diff without them would
// not show what changes.
func cleanTabbed(s string) string {
	parts := strings.Split(s, "\t")
	for i, part := range parts {
		parts[i] = safe.Line(part)
	}
	return strings.Join(parts, "\t")
}
