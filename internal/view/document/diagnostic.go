package document

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Diagnostic has the fields of Terraform's diagnostic.
type Diagnostic struct {
	Severity string   `json:"severity"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail"`
	Range    *Range   `json:"range,omitempty"`
	Snippet  *Snippet `json:"snippet,omitempty"`
}

// Range is a place in a file.
type Range struct {
	Filename string `json:"filename"`
	Start    Pos    `json:"start"`
	End      Pos    `json:"end"`
}

// Pos is a position in a file. Lines and columns begin at 1, bytes at 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Snippet has the fields of Terraform's snippet. Context and values are always
// null and empty: kreconcile never shows the value of an expression.
type Snippet struct {
	Context              *string  `json:"context"`
	Code                 string   `json:"code"`
	StartLine            int      `json:"start_line"`
	HighlightStartOffset int      `json:"highlight_start_offset"`
	HighlightEndOffset   int      `json:"highlight_end_offset"`
	Values               []string `json:"values"`
}

// Diagnostics returns the diagnostics, with the lines of the sources that may be shown. It is
// never nil.
func Diagnostics(diags hcl.Diagnostics, sources config.Sources, place report.Place) []Diagnostic {
	out := []Diagnostic{}
	for _, d := range diags {
		j := Diagnostic{Severity: "error", Summary: d.Summary, Detail: d.Detail}
		if d.Severity == hcl.DiagWarning {
			j.Severity = "warning"
		}
		if d.Subject != nil && d.Subject.Filename != "" {
			rng := NewRange(*d.Subject, place)
			j.Range = &rng
			j.Snippet = newSnippet(d, sources)
		}
		out = append(out, j)
	}
	return out
}

func newSnippet(d *hcl.Diagnostic, sources config.Sources) *Snippet {
	e, ok := report.ExcerptOf(d, sources)
	if !ok {
		return nil
	}
	return &Snippet{
		Code: e.Code, StartLine: d.Subject.Start.Line, HighlightStartOffset: e.Start, HighlightEndOffset: e.End, Values: []string{},
	}
}

// NewRange returns a range of a file, which the place names.
func NewRange(r hcl.Range, place report.Place) Range {
	return Range{
		Filename: place.Of(r.Filename),
		Start:    Pos{Line: r.Start.Line, Column: r.Start.Column, Byte: r.Start.Byte},
		End:      Pos{Line: r.End.Line, Column: r.End.Column, Byte: r.End.Byte},
	}
}
