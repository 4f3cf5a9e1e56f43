package page

import (
	"io"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/markup"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// printer writes a page from its start to its end.
type printer struct {
	w        io.Writer
	r        *report.Report
	problems []report.Problem
	// terms is set within a list of terms.
	terms bool
	err   error
}

// html is markup of ours, with a % in each place for a text.
type html string

// put writes markup with texts in its places. Each text is shown as it is, also as the value of an attribute in
// double quotes, whatever is in it.
func (p *printer) put(format html, texts ...string) {
	rest := string(format)
	for _, text := range texts {
		before, after, found := strings.Cut(rest, "%")
		if !found {
			panic("page: no place for a text in " + rest)
		}
		p.raw(before)
		p.raw(markup.XML(safe.Line(text)))
		rest = after
	}
	if strings.Contains(rest, "%") {
		panic("page: no text for " + rest)
	}
	p.raw(rest)
}

// raw writes what is ours as it is.
func (p *printer) raw(ours string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, ours)
	}
}

// list begins a section with a table that is a list on a phone, and matrix one with a wide table, which scrolls
// by itself, by keyboard too. The name is that of the section within the page.
func (p *printer) list(name string, columns ...string) {
	p.put(`<div class="frame"><table class="list %"><thead><tr>`, name)
	p.columns(columns)
}

func (p *printer) matrix(name string, columns ...string) {
	p.put(`<div class="frame" role="group" tabindex="0" aria-labelledby="%"><table class="matrix %"><thead><tr>`, name, name)
	p.columns(columns)
}

func (p *printer) section(name, heading string) {
	p.put(`<section aria-labelledby="%"><h2 id="%">%</h2>`, name, name, heading)
}

func (p *printer) columns(heads []string) {
	for _, head := range heads {
		p.put(`<th scope="col">%</th>`, head)
	}
	p.put("</tr></thead><tbody>\n")
}

func (p *printer) end() { p.put("</tbody></table></div></section>\n") }

// term begins a term of a list, with what is written next.
func (p *printer) term(name string) {
	if !p.terms {
		p.put("<dl>")
	}
	p.terms = true
	p.put("<dt>%</dt><dd>", name)
}

func (p *printer) endTerms() {
	if p.terms {
		p.put("</dl>")
	}
	p.terms = false
}

func (p *printer) minor(text string) { p.put(`<p class="minor">%</p>`, text) }

// value shows a value, or the words for nothing.
func (p *printer) value(s, nothing string) {
	if s == "" {
		p.put("%", nothing)
	} else {
		p.put("<code>%</code>", s)
	}
}

func number(n int) string { return strconv.Itoa(n) }
