package page

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/markup"
)

// findings writes a row for each problem, the worst first.
func (p *printer) findings() {
	p.section("findings", "Findings")
	p.list("findings", "State", "Subject", "What is wrong, and what to do")
	for i := range p.problems {
		p.finding(i, &p.problems[i])
	}
	p.end()
	p.put(`<p class="none" hidden>No finding matches the filter.</p>` + "\n")
}

func (p *printer) finding(i int, b *report.Problem) {
	s := stateOf(b)
	p.put(`<tr id="%" data-state="%"`, anchor(i), s)
	if len(b.On) > 0 && len(p.r.Targets) > 1 {
		p.put(` data-on="%"`, p.places(b.On))
	}
	p.put(`><td><span class="badge %">%</span>`, s, s)
	if b.IsDiagnostic() {
		p.put(`</td><th scope="row"><strong>%</strong>`, b.Subject)
	} else {
		level := "warning"
		if b.Fails {
			level = "error"
		}
		p.put(`<span class="level">%</span></td><th scope="row"><code>%</code>`, level, b.Subject)
	}
	p.place(b)
	for _, n := range b.Notes {
		if beside(n) {
			p.minor(n.Label + n.Text)
		}
	}
	p.put("</th><td>")
	p.says(b)
	p.notes(b.Notes)
	p.put("</td></tr>\n")
}

// anchor names the row of a problem within the page.
func anchor(i int) string { return "finding-" + number(i+1) }

// places lists targets by their place among all.
func (p *printer) places(targets []*report.Target) string {
	var list []string
	for _, t := range targets {
		list = append(list, number(slices.Index(p.r.Targets, t)))
	}
	return strings.Join(list, " ")
}

// says writes what is wrong.
func (p *printer) says(b *report.Problem) {
	text := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(b.Text, b.Subject), ":"), " ")
	switch {
	case b.Undetermined != nil:
		text = b.Undetermined.Message
	case b.Deprecation != nil:
		text = b.Deprecation.API() + " is " + b.Deprecation.String()
	case len(b.Differences) > 0 && b.Differences[0].Facet != "":
		text = ""
	case b.Code == string(apply.AssertFailed): // The words are the author's.
		p.put("<p>")
		p.prose(text)
		p.put("</p>")
		text = ""
	}
	if text != "" {
		p.put("<p>%</p>", text)
	}
	for _, d := range b.Differences {
		if d.Facet != "" {
			p.term(d.Facet)
			p.difference(d)
			p.put("</dd>")
		}
	}
}

// difference writes what was declared and what was found of a facet.
func (p *printer) difference(d apply.Difference) {
	notDeclared, notFound := report.Nothing(d)
	p.value(d.Declared, notDeclared)
	p.put(`<span class="spoken"> is declared, and found is </span><span aria-hidden="true"> → </span>`)
	p.value(d.Found, notFound)
	if d.Hint != "" {
		p.put(` <span class="minor">(%)</span>`, d.Hint)
	}
}

// place shows the file and the line of a problem, and what is written there.
func (p *printer) place(b *report.Problem) {
	where := b.Where()
	if where == "" {
		return
	}
	p.minor(where)
	var e report.Excerpt
	if b.Diagnostic != nil {
		e, _ = report.ExcerptOf(b.Diagnostic, p.r.Sources)
	} else if len(b.Differences) > 0 && len(b.On) > 0 {
		// Results have these lines, too.
		e, _ = p.r.Excerpts(b.On[0])(b.At)
		e.Start, e.End = 0, 0
	}
	if code := strings.TrimSpace(e.Code); code == "" {
		return
	} else if e.End == e.Start {
		p.put(`<p class="line"><code>%</code></p>`, code)
		return
	}
	p.put(`<p class="line"><code>%<mark>%</mark>%</code></p>`, strings.TrimLeft(e.Code[:e.Start], " \t"), e.Code[e.Start:e.End], e.Code[e.End:])
}

// beside reports whether a note is shown beside the requirement: where it counts, and what follows from it.
func beside(n report.Note) bool { return n.Label == "on " || n.Text == "" && n.Label != "" }

// notes writes what to do. Lines without a label belong to the line before them.
func (p *printer) notes(notes []report.Note) {
	open := html("")
	for _, n := range notes {
		switch {
		case beside(n):
			continue
		case n.Label != "":
			p.put(open)
			p.term(strings.TrimSuffix(n.Label, ": "))
			open = "</dd>"
		case open != "":
			p.put("<br>")
		default:
			p.put("<p>")
			open = "</p>"
		}
		if n.Authored {
			p.prose(n.Text)
		} else {
			p.put("%", n.Text)
		}
	}
	p.put(open)
	p.endTerms()
}

// prose writes the words of the declaration's author. Web addresses in them are links.
func (p *printer) prose(text string) {
	for i, part := range markup.Addresses(text) {
		if i%2 == 1 {
			p.put(`<a href="%" rel="noopener noreferrer">%</a>`, part, part)
		} else {
			p.put("%", part)
		}
	}
}
