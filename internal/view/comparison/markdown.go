package comparison

import (
	"io"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/markup"
)

// Markdown writes a comparison for a job's summary or a comment on a merge request: a table
// of changes, those that can break a client first, and one of what was not compared. It always
// fits into a comment; what does not fit is counted.
func Markdown(w io.Writer, c *report.Comparison, _ console.Options) error {
	var m markup.Page
	m.Line("### kreconcile snapshot diff")
	m.Line("")
	if c.Result == nil {
		m.Line("**Error.** Nothing was compared; standard error says why.")
		_, err := w.Write(m.Bytes())
		return err
	}
	m.Line("**" + markup.Code(c.Verdict()) + "**")
	var breaking, others, gaps []string
	for _, g := range report.ChangeGroups(c.Result.Changes) {
		cells := markup.Row(string(g.How), markup.Code(report.GroupVersionOf(g.Change)), codeOrNone(report.SubjectOf(g.Change)),
			codeOrNone(report.ChangeText(g.Change)), codeOrNone(g.Places()))
		if g.Breaking {
			breaking = append(breaking, cells)
		} else {
			others = append(others, cells)
		}
	}
	for _, gap := range c.Result.Unknown {
		gaps = append(gaps, markup.Row(markup.Code(report.GapText(gap)), markup.Code(c.GapReason(gap))))
	}
	columns := []string{"", "group version", "what", "change", "places"}
	m.Table("Can break a client", columns, breaking)
	m.Table("Other changes", columns, others)
	m.Table("Not compared", []string{"what", "why"}, gaps)
	for _, note := range c.Notes() {
		m.Line("")
		m.Line(note)
	}
	m.Line("")
	m.Line("Old: " + markup.Code(report.SideLine(c.Old)))
	m.Line("")
	m.Line("New: " + markup.Code(report.SideLine(c.New)))
	_, err := w.Write(m.Bytes())
	return err
}

func codeOrNone(text string) string {
	if text == "" {
		return ""
	}
	return markup.Code(text)
}
