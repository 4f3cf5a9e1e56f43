package view_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/console"
)

func TestGoldenDiagnostics(t *testing.T) {
	source := "api \"v1\" {\n  servd = false\n}\n\nvariable \"token\" {\n  sensitive = true\n  default   = hidden\n}\n" +
		"api \"v2\" {\n\treason = \"\u202e\" + 1\n}\napi \"v3\" { reason = /* ä日 */ nul }\n"
	sources := config.Sources{{Name: "web.hcl", Bytes: []byte(source)}}
	at := func(line, column int, text string) *hcl.Range {
		start := strings.Index(source, text)
		return &hcl.Range{
			Filename: "web.hcl", Start: hcl.Pos{Line: line, Column: column, Byte: start},
			End: hcl.Pos{Line: line, Column: column + len(text), Byte: start + len(text)},
		}
	}
	diags := hcl.Diagnostics{
		{Severity: hcl.DiagError, Summary: "Unsupported argument", Detail: "Did you mean \"served\"?", Subject: at(2, 3, "servd")},
		{Severity: hcl.DiagError, Summary: "Variables not allowed", Detail: "Nothing of this block is shown.", Subject: at(7, 15, "hidden")},
		{Severity: hcl.DiagError, Summary: "Invalid operand", Detail: "A line that is not printed as it is has no marks.", Subject: at(10, 11, "\"\u202e\"")},
		{Severity: hcl.DiagError, Summary: "Unknown name", Detail: "Offsets count bytes.", Subject: at(12, 30, "nul ")},
		{Severity: hcl.DiagError, Summary: "No declaration found", Detail: "A place without a line.", Subject: &hcl.Range{Filename: "folder"}},
		{Severity: hcl.DiagWarning, Summary: "Absence not confirmed", Detail: "Line one.\nLine two."},
		{Severity: hcl.DiagError, Summary: "Operation failed", Detail: "\x1b[2Jgone"},
	}
	golden(t, "diagnostics.txt", render(t, func(b *bytes.Buffer) error { return console.Diagnostics(b, diags, sources, false) }))
	v := &report.Validation{Diagnostics: diags, Sources: sources}
	golden(t, "validate.json", render(t, func(b *bytes.Buffer) error { return view.ValidateJSON(b, v, view.Options{}) }))
	if got := render(t, func(b *bytes.Buffer) error { return view.ValidateText(b, v, view.Options{}) }); len(got) > 0 {
		t.Errorf("an invalid declaration gets the result %q", got)
	}
}

// A generated declaration may be a single line.
func TestLongLinesAreCut(t *testing.T) {
	line := strings.Repeat("ä", 5000) + "HERE" + strings.Repeat("ö", 5000)
	sources := config.Sources{{Name: "web.hcl", Bytes: []byte("\n" + line + "\n")}}
	start := 1 + 5000*len("ä")
	diags := hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Long", Detail: "It is cut.",
		Subject: &hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: 2, Column: 5001, Byte: start}, End: hcl.Pos{Line: 2, Column: 5005, Byte: start + 4}},
	}}
	want := "Error: Long\n\n  on web.hcl line 2:\n    2: …" + strings.Repeat("ä", 30) + "HERE" + strings.Repeat("ö", 68) + "…\n\nIt is cut.\n"
	if diff := cmp.Diff(want, string(render(t, func(b *bytes.Buffer) error { return console.Diagnostics(b, diags, sources, false) }))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var doc struct {
		Diagnostics []struct {
			Snippet struct {
				Code  string `json:"code"`
				Start int    `json:"highlight_start_offset"`
				End   int    `json:"highlight_end_offset"`
			} `json:"snippet"`
		} `json:"diagnostics"`
	}
	b := render(t, func(b *bytes.Buffer) error {
		return view.ValidateJSON(b, &report.Validation{Diagnostics: diags, Sources: sources}, view.Options{})
	})
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	snippet := doc.Diagnostics[0].Snippet
	if got := snippet.Code[snippet.Start:snippet.End]; got != "HERE" || len(snippet.Code) > 210 {
		t.Errorf("%q of %d bytes is highlighted", got, len(snippet.Code))
	}
}
