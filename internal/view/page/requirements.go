package page

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// deprecations writes a row for each deprecated API: since when, until when, and what replaces it.
func (p *printer) deprecations() {
	done := map[string]bool{}
	for i := range p.problems {
		id, d := deprecation(&p.problems[i]), p.problems[i].Deprecation
		if id == "" || done[id] {
			continue
		}
		if len(done) == 0 {
			p.section("deprecations", "Deprecated APIs")
			p.list("deprecations", "API", "Since when, and what instead", "Needed by")
		}
		done[id] = true
		p.put(`<tr data-state="Deprecated"><th scope="row"><code>%</code></th><td>%</td><td>`, d.API(), d.String())
		for k := range p.problems {
			if deprecation(&p.problems[k]) == id {
				p.put("<p>")
				p.link(k)
				p.put("</p>")
			}
		}
		p.put("</td></tr>\n")
	}
	if len(done) > 0 {
		p.end()
	}
}

// deprecation identifies that of a problem. It is empty if there is none.
func deprecation(b *report.Problem) string {
	if b.Deprecation == nil {
		return ""
	}
	return b.Deprecation.API() + " " + b.Deprecation.String()
}

// link leads to the row of a problem.
func (p *printer) link(i int) {
	p.put(`<a href="#%"><code>%</code></a>`, anchor(i), p.problems[i].Subject)
}

// requirements writes a row for each requirement: its value on the only target, or its state on each of several.
func (p *printer) requirements() {
	p.section("requirements", "Requirements")
	if len(p.r.Targets) == 1 {
		p.list("requirements", "Requirement", "State", "Value")
	} else {
		heads := []string{"Requirement"}
		for _, t := range p.r.Targets {
			heads = append(heads, strings.TrimPrefix(p.r.Title(t), "release "))
		}
		p.matrix("requirements", heads...)
	}
	// The first problem of each requirement.
	at := map[string]int{}
	for i, b := range slices.Backward(p.problems) {
		at[b.Subject] = i
	}
	row := map[*report.Target]*apply.Finding{}
	address := ""
	report.EachFinding(p.r.Judged(), func(t *report.Target, i int) {
		f := &t.Plan.Findings[i]
		if f.Address != address {
			p.requirement(address, row, at)
			clear(row)
		}
		address, row[t] = f.Address, f
	})
	p.requirement(address, row, at)
	p.end()
}

// requirement writes the row of a requirement, with its finding on each target that has one.
func (p *printer) requirement(address string, row map[*report.Target]*apply.Finding, at map[string]int) {
	if len(row) == 0 {
		return
	}
	p.put(`<tr><th scope="row">`)
	if i, ok := at[safe.Line(address)]; ok {
		p.link(i)
	} else {
		p.put("<code>%</code>", address)
	}
	p.put("</th>")
	for _, t := range p.r.Targets {
		f := row[t]
		switch {
		case f == nil:
			p.put("<td></td>")
		case len(p.r.Targets) > 1:
			s := stateOfFinding(f)
			p.put(`<td class="%">%</td>`, s, s)
		default:
			p.held(f, t)
		}
	}
	p.put("</tr>\n")
}

// held writes the state of a requirement, and its value, or why it has no finding of its own.
func (p *printer) held(f *apply.Finding, t *report.Target) {
	s := stateOfFinding(f)
	p.put(`<td class="%"><span class="badge">%</span></td><td>`, s, s)
	if f.Cause != "" {
		p.put("follows from <code>%</code>", f.Cause)
	} else if value := (report.Wording{}).Held(*f, p.r.Excerpts(t)); value != "" {
		p.put("<code>%</code>", strings.TrimSpace(value))
	}
	p.put("</td>")
}
