package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/internal/report"
)

//go:embed page.css
var style string

//go:embed page.js
var script string

// Write writes a report as a page.
func Write(w io.Writer, r *report.Report) error {
	p := &printer{w: w, r: r, problems: report.Problems(r)}
	o := p.outcome()
	p.put(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-%'; script-src 'sha256-%'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>% - kreconcile %</title>
<style>`, hash(style), hash(script), o.Head, r.Command)
	p.raw(style)
	p.put("</style>\n</head>\n<body>\n")
	p.put(`<header class="verdict %"><p class="run">kreconcile %</p><h1>%</h1><p class="says">%</p>`, tone(o), r.Command, o.Head, o.Text)
	if len(r.Targets) == 1 {
		p.only(r.Targets[0], o)
	} else {
		p.overview()
	}
	p.put("</header>\n<main>\n")
	p.filter()
	if len(p.problems) > 0 {
		p.findings()
	}
	if len(r.Judged()) > 0 {
		p.requirements()
	}
	if len(r.Targets) > 1 {
		p.targets()
	}
	p.deprecations()
	p.put("</main>\n<footer><p>Written by kreconcile %. kreconcile % exits with %.</p></footer>\n<script>", r.Version, r.Command, number(r.ExitCode))
	p.raw(script)
	p.put("</script>\n</body>\n</html>\n")
	return p.err
}

// hash names a style or a script in the page's policy.
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// outcome is the verdict on the only target, or the worst one and how many of several have it.
func (p *printer) outcome() report.Outcome {
	all := report.Outcome{Tone: report.Bad, Head: "Error", Text: fmt.Sprintf("kreconcile exits with %d.", p.r.ExitCode)}
	if p.r.Diagnostics.HasErrors() || len(p.r.Judged()) == 0 {
		return all
	}
	status, _ := p.r.Worst()
	var worst []*report.Target
	for _, t := range p.r.Judged() {
		if t.Verdict.Status == status {
			worst = append(worst, t)
		}
	}
	all = report.OutcomeOf(worst[0])
	if len(p.r.Targets) > 1 {
		all.Text = fmt.Sprintf("On %d of %d targets.", len(worst), len(p.r.Targets))
	}
	return all
}

// only writes about the only target: its verdict beside an error, its counts, and its origin.
func (p *printer) only(t *report.Target, o report.Outcome) {
	if t.Plan != nil {
		if verdict := report.OutcomeOf(t); verdict != o {
			p.put(`<p class="says"><strong>%.</strong> %</p>`, verdict.Head, verdict.Text)
		}
		p.counts(t)
	}
	p.origin(t)
}

func tone(o report.Outcome) string {
	switch o.Tone {
	case report.Good:
		return "good"
	case report.Doubtful:
		return "doubtful"
	case report.Bad:
		return "bad"
	}
	panic("page: unknown tone " + number(int(o.Tone)))
}

// counts writes how many requirements have which status, as numbers and as a bar.
func (p *printer) counts(t *report.Target) {
	c := t.Verdict.Counts
	names := []string{drifted, undetermined, satisfied, skipped}
	counts := []int{c.Drifted, c.Undetermined, c.Satisfied, c.Skipped}
	p.put(`<ul class="counts">`)
	for i, name := range names {
		p.put(`<li class="%"><b>%</b> %</li>`, name, number(counts[i]), name)
	}
	p.put(`</ul><svg class="bar" viewBox="0 0 % 1" preserveAspectRatio="none" aria-hidden="true">`, number(max(c.Total, 1)))
	x := 0
	for i, name := range names {
		p.put(`<rect class="%" x="%" width="%" height="1"/>`, name, number(x), number(counts[i]))
		x += counts[i]
	}
	p.put("</svg>")
}

// origin says what was asked or read, and for how long.
func (p *printer) origin(t *report.Target) {
	if t.Origin != nil {
		p.minor(t.Origin.Line())
	}
	if t.Wait != nil {
		p.minor(report.WaitLine(t.Wait))
	}
}

// overview lists targets, each with the sign of its verdict.
func (p *printer) overview() {
	p.put(`<ul class="counts">`)
	for _, t := range p.r.Targets {
		o := p.verdict(t)
		p.put(`<li class="%">%<span class="spoken">: %</span></li>`, tone(o), p.r.Title(t), o.Head)
	}
	p.put("</ul>")
}

// targets writes the verdict on each of several targets.
func (p *printer) targets() {
	p.section("targets", "Targets")
	p.list("targets", "Target", "Verdict", "Source")
	for _, t := range p.r.Targets {
		o := p.verdict(t)
		p.put(`<tr><th scope="row">%</th><td><span class="badge %">%</span> %</td><td>`, p.r.Title(t), tone(o), o.Head, o.Text)
		p.origin(t)
		p.put("</td></tr>\n")
	}
	p.end()
}

// verdict is that on one of several targets, which may have none.
func (p *printer) verdict(t *report.Target) report.Outcome {
	if t.Plan == nil {
		return report.Outcome{Tone: report.Bad, Head: strings.TrimSuffix(report.NoVerdict, ".")}
	}
	return report.OutcomeOf(t)
}
