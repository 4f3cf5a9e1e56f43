package markup

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	// pageLimit is the largest size of a page in bytes. It is less than the
	// 65,536 characters of a comment on GitHub, and far less than a step's summary.
	pageLimit = 60000
	// pageReserve is the part of it for everything but the rows of tables. That
	// includes a line from outside, which code spans may make seven times as long.
	pageReserve = 6000
)

// Page is Markdown for a job's summary or a comment on a merge request. The zero Page is
// empty.
type Page struct{ bytes.Buffer }

// Line adds a line.
func (p *Page) Line(text string) { p.WriteString(text + "\n") }

// Table adds a table with as many rows as fit into a comment, and counts the others. Without rows
// it adds nothing.
func (p *Page) Table(title string, columns, rows []string) {
	if len(rows) == 0 {
		return
	}
	p.Line("")
	p.Line("#### " + title)
	p.Line("")
	p.Line(Row(columns...))
	p.Line(strings.Repeat("| --- ", len(columns)) + "|")
	more := 0
	for _, row := range rows {
		if p.Len()+len(row) > pageLimit-pageReserve {
			more++
			continue
		}
		p.Line(row)
	}
	if more > 0 {
		p.Line("")
		p.Line(fmt.Sprintf("and %d more: the outputs text and json list all.", more))
	}
}

// Row returns a row of a table.
func Row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

// Lines joins texts as lines of one cell.
func Lines(texts []string) string { return strings.Join(texts, "<br>") }
