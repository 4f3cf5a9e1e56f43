package view

import (
	"encoding/json"
	"io"
	"iter"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// validateFormatVersion is the version of validate's document. Readers of Terraform's
// document refuse a major version above 1.
const validateFormatVersion = "1.3"

// versionFormatVersion is the version of version's document.
const versionFormatVersion = "1.0"

// ValidateJSON writes the result of validate as one document in the shape of
// terraform validate -json.
func ValidateJSON(w io.Writer, v *report.Validation, _ Options) error {
	doc := jsonValidation{
		FormatVersion: validateFormatVersion,
		Valid:         !v.Diagnostics.HasErrors(),
		Diagnostics:   jsonDiagnostics(v.Diagnostics, v.Sources, v.Place),
	}
	for _, d := range v.Diagnostics {
		if d.Severity == hcl.DiagError {
			doc.ErrorCount++
		} else {
			doc.WarningCount++
		}
	}
	return writeJSON(w, doc)
}

// VersionJSON writes the program's versions as one document.
func VersionJSON(w io.Writer, v report.Version) error {
	return writeJSON(w, struct {
		FormatVersion string `json:"format_version"`
		report.Version
	}{versionFormatVersion, v})
}

func writeJSON(w io.Writer, doc any) error {
	text, err := encodeJSON(doc, "")
	if err != nil {
		return err
	}
	if _, err = io.WriteString(w, safe.Seal(text, safe.Document)); err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

// encodeJSON returns a document without its last newline. All lines but the first
// begin with the prefix.
func encodeJSON(doc any, prefix string) (string, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	// No escaping for HTML here; Seal escapes the rest.
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	err := encoder.Encode(doc)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// A jsonList marks the place of a list that is written item by item: package json
// would hold a whole document in memory several times.
type jsonList struct{}

// listMark is the text that a jsonList is encoded as.
const listMark = `"\u0001"`

// MarshalJSON returns the mark.
func (jsonList) MarshalJSON() ([]byte, error) { return []byte(listMark), nil }

// writeJSONLists writes a document with the lists in the places of its jsonLists, in
// order. No text from outside may come before the last of them.
func writeJSONLists(w io.Writer, doc any, lists ...iter.Seq[any]) error {
	skeleton, err := encodeJSON(doc, "")
	if err != nil {
		return err
	}
	parts := strings.SplitN(skeleton, listMark, len(lists)+1)
	for i, part := range parts {
		if _, err := io.WriteString(w, safe.Seal(part, safe.Document)); err != nil {
			return err
		}
		if i == len(lists) {
			break
		}
		line := part[strings.LastIndex(part, "\n")+1:]
		if err := writeJSONList(w, line[:len(line)-len(strings.TrimLeft(line, " "))], lists[i]); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "\n")
	return err
}

// writeJSONList writes a list that begins on an indented line.
func writeJSONList(w io.Writer, indent string, items iter.Seq[any]) error {
	before, end := "[", "[]"
	for item := range items {
		text, err := encodeJSON(item, indent+"  ")
		if err == nil {
			_, err = io.WriteString(w, before+"\n"+indent+"  "+safe.Seal(text, safe.Document))
		}
		if err != nil {
			return err
		}
		before, end = ",", "\n"+indent+"]"
	}
	_, err := io.WriteString(w, end)
	return err
}

type jsonValidation struct {
	FormatVersion string           `json:"format_version"`
	Valid         bool             `json:"valid"`
	ErrorCount    int              `json:"error_count"`
	WarningCount  int              `json:"warning_count"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity string       `json:"severity"`
	Summary  string       `json:"summary"`
	Detail   string       `json:"detail"`
	Range    *jsonRange   `json:"range,omitempty"`
	Snippet  *jsonSnippet `json:"snippet,omitempty"`
}

type jsonRange struct {
	Filename string  `json:"filename"`
	Start    jsonPos `json:"start"`
	End      jsonPos `json:"end"`
}

type jsonPos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// jsonSnippet has the fields of Terraform's snippet. Context and values are always
// null and empty: kreconcile never shows the value of an expression.
type jsonSnippet struct {
	Context              *string  `json:"context"`
	Code                 string   `json:"code"`
	StartLine            int      `json:"start_line"`
	HighlightStartOffset int      `json:"highlight_start_offset"`
	HighlightEndOffset   int      `json:"highlight_end_offset"`
	Values               []string `json:"values"`
}

func jsonDiagnostics(diags hcl.Diagnostics, sources config.Sources, place report.Place) []jsonDiagnostic {
	out := []jsonDiagnostic{}
	for _, d := range diags {
		j := jsonDiagnostic{Severity: "error", Summary: d.Summary, Detail: d.Detail}
		if d.Severity == hcl.DiagWarning {
			j.Severity = "warning"
		}
		if d.Subject != nil && d.Subject.Filename != "" {
			rng := newJSONRange(*d.Subject, place)
			j.Range = &rng
			j.Snippet = newJSONSnippet(*d.Subject, sources)
		}
		out = append(out, j)
	}
	return out
}

func newJSONSnippet(rng hcl.Range, sources config.Sources) *jsonSnippet {
	e, ok := report.NewExcerpt(rng, sources)
	if !ok {
		return nil
	}
	return &jsonSnippet{
		Code: e.Code, StartLine: rng.Start.Line, HighlightStartOffset: e.Start, HighlightEndOffset: e.End, Values: []string{},
	}
}

func newJSONRange(r hcl.Range, place report.Place) jsonRange {
	return jsonRange{
		Filename: place.Of(r.Filename),
		Start:    jsonPos{Line: r.Start.Line, Column: r.Start.Column, Byte: r.Start.Byte},
		End:      jsonPos{Line: r.End.Line, Column: r.End.Column, Byte: r.End.Byte},
	}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
