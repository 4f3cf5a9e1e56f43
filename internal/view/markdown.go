package view

import (
	"fmt"
	"io"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/markup"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// mostLines is how many lines of a text are shown. Lines also have a limit of their own,
// so that no single row is too long.
const mostLines = 8

// Markdown writes a report for a job's summary or a comment on a merge request: the
// verdict, a table of each kind of problem, the worst first, how many requirements
// hold, and which server was asked. For several targets it has a table of verdicts.
// It always fits into a comment; what does not fit is counted.
//
// Everything from outside is in code spans, where Markdown, HTML, mentions and links
// have no effect. The only exception are web addresses in the words of the
// declaration's author.
func Markdown(w io.Writer, r *report.Report) error {
	var m markup.Page
	m.Line("### kreconcile")
	if r.Diagnostics.HasErrors() || len(r.Judged()) == 0 {
		m.Line("")
		m.Line(fmt.Sprintf("**Error.** kreconcile exits with %d.", r.ExitCode))
	}
	one, several := r.Targets, []*report.Target{}
	if len(one) > 1 {
		one, several = nil, one
	}
	for _, t := range one {
		if t.Plan != nil {
			m.Line("")
			m.Line(markdownVerdict(t))
		}
	}
	var targets []string
	for _, t := range several {
		targets = append(targets, markdownTarget(t, r))
	}
	m.Table("Targets", []string{"target", "verdict", "", ""}, targets)
	var diagnostics, drift, unknown, deprecated []string
	for _, b := range report.Problems(r) {
		switch {
		case b.IsDiagnostic():
			diagnostics = append(diagnostics, markdownDiagnostic(b))
		case b.Unknown:
			unknown = append(unknown, markdownUnknown(b))
		case b.Deprecation != nil:
			deprecated = append(deprecated, markdownDeprecated(b))
		default:
			drift = append(drift, markdownDrift(b))
		}
	}
	m.Table("Diagnostics", []string{"", "what", "where"}, diagnostics)
	m.Table("Not as declared", []string{"", "requirement", "declared", "found", "where"}, drift)
	m.Table("Could not be determined", []string{"", "requirement", "why", "where"}, unknown)
	m.Table("Deprecated", []string{"", "requirement", "why", "where"}, deprecated)
	for _, t := range one {
		if t.Plan != nil {
			m.Line("")
			m.Line(report.Counts(t.Verdict.Counts))
		}
		for _, line := range markdownOrigin(t) {
			m.Line("")
			m.Line(line)
		}
	}
	_, err := w.Write(m.Bytes())
	return err
}

func markdownVerdict(t *report.Target) string {
	o := report.OutcomeOf(t)
	return "**" + o.Head + ".** " + o.Text
}

// markdownOrigin says which server was asked, and for how long.
func markdownOrigin(t *report.Target) []string {
	var lines []string
	if t.Origin != nil {
		lines = append(lines, markup.Code(t.Origin.Line()))
	}
	if t.Wait != nil {
		lines = append(lines, markup.Code(report.WaitLine(t.Wait)))
	}
	return lines
}

// markdownTarget returns a row of the table of targets.
func markdownTarget(t *report.Target, r *report.Report) string {
	verdict, sum := "**"+report.NoVerdict+"**", ""
	if t.Plan != nil {
		verdict, sum = markdownVerdict(t), report.Counts(t.Verdict.Counts)
	}
	return markup.Row(markup.Code(r.Title(t)), verdict, sum, markup.Lines(markdownOrigin(t)))
}

func markdownLevel(b report.Problem) string {
	if b.Fails {
		return "error"
	}
	return "warning"
}

func markdownDiagnostic(b report.Problem) string {
	return markup.Row(markdownLevel(b), markup.Lines(append([]string{markup.Code(b.Text)}, markdownNotes(b)...)), markdownWhere(b))
}

func markdownDrift(b report.Problem) string {
	var declared, found []string
	for _, d := range b.Differences {
		hint := safe.Line(d.Hint)
		switch {
		case hint == "":
		case d.Code == apply.AssertFailed:
			hint = " (" + markup.Prose(hint) + ")"
		default:
			hint = " (" + markup.Code(hint) + ")"
		}
		notDeclared, notFound := report.Nothing(d)
		declared = append(declared, markdownValue(d.Facet, d.Declared, notDeclared))
		is := markdownValue(d.Facet, d.Found, notFound)
		if d.Code == apply.FieldNotServed && d.Found != "" {
			// Found says how far the path exists in the schema.
			is = notFound + " (" + markup.Code(safe.Line(d.Found)) + " is)"
		}
		found = append(found, is+hint)
	}
	return markup.Row(markdownLevel(b), markup.Lines(append([]string{markup.Code(b.Subject)}, markdownNotes(b)...)),
		markup.Lines(atMost(declared)), markup.Lines(atMost(found)), markdownWhere(b))
}

// markdownValue returns the declared or found value of a requirement or a facet.
func markdownValue(facet, value, nothing string) string {
	text := nothing
	if value != "" {
		text = markup.Code(safe.Line(value))
	}
	if facet != "" {
		text = facet + ": " + text
	}
	return text
}

func markdownUnknown(b report.Problem) string {
	return markup.Row(markdownLevel(b), markup.Lines(append([]string{markup.Code(b.Subject)}, markdownNotes(b)...)),
		markup.Code(safe.Line(b.Undetermined.Message)), markdownWhere(b))
}

func markdownDeprecated(b report.Problem) string {
	return markup.Row(markdownLevel(b), markup.Lines(append([]string{markup.Code(b.Subject)}, markdownNotes(b)...)),
		markup.Code(b.Deprecation.API()+": "+b.Deprecation.String()), markdownWhere(b))
}

func markdownNotes(b report.Problem) []string {
	var notes []string
	for _, note := range b.Notes {
		text := markup.Code(note.Text)
		if note.Authored {
			text = markup.Prose(note.Text)
		}
		notes = append(notes, note.Label+text)
	}
	return atMost(notes)
}

func markdownWhere(b report.Problem) string {
	if place := b.Where(); place != "" {
		return markup.Code(place)
	}
	return ""
}

// atMost cuts a list to [mostLines].
func atMost(list []string) []string {
	if len(list) <= mostLines {
		return list
	}
	return append(list[:mostLines-1:mostLines-1], fmt.Sprintf("and %d more lines", len(list)-mostLines+1))
}
