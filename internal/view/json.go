package view

import (
	"encoding/json"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

// FormatVersion is the version of the JSON documents. The minor number rises
// when something is added, the major one when a reader would be misled.
const FormatVersion = "1.3"

// JSON writes a report as one document, which docs/json.md describes.
func JSON(w io.Writer, r *Report) error {
	doc := jsonReport{
		FormatVersion: FormatVersion,
		Version:       r.Version,
		Command:       r.Command,
		ExitCode:      r.ExitCode,
		Findings:      []jsonFinding{},
		Diagnostics:   jsonDiagnostics(r.Diagnostics, r.Sources),
	}
	if r.Plan != nil {
		doc.Verdict = &r.Verdict.Status
		doc.UndeterminedAllowed = r.Verdict.UndeterminedAllowed
		doc.Summary = newJSONCounts(r.Verdict.Counts)
		for _, f := range r.Plan.Findings {
			doc.Findings = append(doc.Findings, newJSONFinding(f))
		}
	}
	if r.Origin != nil {
		doc.Connection, doc.Snapshot = jsonOrigin(r.Origin)
	}
	doc.Wait = newJSONWait(r.Wait)
	return writeJSON(w, doc)
}

// ValidateJSON writes the outcome of validate as one document in the shape of
// terraform validate -json.
func ValidateJSON(w io.Writer, v *Validation) error {
	doc := jsonValidation{
		FormatVersion: FormatVersion,
		Valid:         !v.Diagnostics.HasErrors(),
		Diagnostics:   jsonDiagnostics(v.Diagnostics, v.Sources),
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

// VersionJSON writes what the program knows of itself as one document.
func VersionJSON(w io.Writer, v Version) error {
	return writeJSON(w, v)
}

func writeJSON(w io.Writer, doc any) error {
	text, err := encodeJSON(doc, "")
	if err != nil {
		return err
	}
	if _, err = io.WriteString(w, Seal(text, Document)); err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

// encodeJSON gives a document without its last newline. All its lines but the first
// begin with the prefix.
func encodeJSON(doc any, prefix string) (string, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	// What HTML needs escaped is left alone; Seal sees to the rest.
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	err := encoder.Encode(doc)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// A jsonList stands in a document for a list that is written item by item: package
// json has a whole document in memory several times.
type jsonList struct{}

// listMark is what stands in the place of a list.
const listMark = `"\u0001"`

// MarshalJSON gives the mark.
func (jsonList) MarshalJSON() ([]byte, error) { return []byte(listMark), nil }

// writeJSONLists writes a document, with the lists in the places of its jsonLists, in
// their order. No text that comes from outside may stand before the last of them.
func writeJSONLists(w io.Writer, doc any, lists ...iter.Seq[any]) error {
	skeleton, err := encodeJSON(doc, "")
	if err != nil {
		return err
	}
	parts := strings.SplitN(skeleton, listMark, len(lists)+1)
	for i, part := range parts {
		if _, err := io.WriteString(w, Seal(part, Document)); err != nil {
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

// writeJSONList writes a list whose line is indented.
func writeJSONList(w io.Writer, indent string, items iter.Seq[any]) error {
	before, end := "[", "[]"
	for item := range items {
		text, err := encodeJSON(item, indent+"  ")
		if err == nil {
			_, err = io.WriteString(w, before+"\n"+indent+"  "+Seal(text, Document))
		}
		if err != nil {
			return err
		}
		before, end = ",", "\n"+indent+"]"
	}
	_, err := io.WriteString(w, end)
	return err
}

type jsonReport struct {
	FormatVersion       string           `json:"format_version"`
	Version             string           `json:"kreconcile_version"`
	Command             string           `json:"command"`
	Verdict             *apply.Status    `json:"verdict"`
	UndeterminedAllowed bool             `json:"undetermined_allowed"`
	ExitCode            int              `json:"exit_code"`
	Summary             *jsonCounts      `json:"summary"`
	Connection          *jsonConnection  `json:"connection"`
	Snapshot            *jsonSnapshot    `json:"snapshot"`
	Wait                *jsonWait        `json:"wait"`
	Findings            []jsonFinding    `json:"findings"`
	Diagnostics         []jsonDiagnostic `json:"diagnostics"`
}

type jsonCounts struct {
	Total        int `json:"total"`
	Satisfied    int `json:"satisfied"`
	Drifted      int `json:"drifted"`
	Undetermined int `json:"undetermined"`
	Skipped      int `json:"skipped"`
	Warnings     int `json:"warnings"`
}

type jsonConnection struct {
	Server        string  `json:"server"`
	ServerVersion *string `json:"server_version"`
	Emulation     *string `json:"emulation_version"`
	Requests      int     `json:"requests"`
	NotModified   int     `json:"not_modified"`
	Bytes         int64   `json:"bytes"`
	Seconds       float64 `json:"duration_seconds"`
}

type jsonSnapshot struct {
	File          string  `json:"file"`
	Server        *string `json:"server"`
	ServerVersion *string `json:"server_version"`
	Emulation     *string `json:"emulation_version"`
	Time          *string `json:"time"`
}

type jsonWait struct {
	Limit       float64  `json:"limit_seconds"`
	Elapsed     float64  `json:"duration_seconds"`
	Passes      int      `json:"passes"`
	Consecutive int      `json:"consecutive"`
	Streak      int      `json:"satisfied_in_a_row"`
	Mixed       []string `json:"mixed"`
	Ended       *string  `json:"ended"`
}

type jsonFinding struct {
	Address      string            `json:"address"`
	Type         config.Type       `json:"type"`
	Status       apply.Status      `json:"status"`
	Severity     config.Severity   `json:"severity"`
	Cause        *string           `json:"cause"`
	Differences  []jsonDifference  `json:"differences"`
	Undetermined *jsonUndetermined `json:"undetermined"`
	Reason       *string           `json:"reason"`
	Remedy       *string           `json:"remedy"`
	Range        jsonRange         `json:"range"`
}

type jsonDifference struct {
	Code     apply.Code `json:"code"`
	Facet    *string    `json:"facet"`
	Declared *string    `json:"declared"`
	Found    *string    `json:"found"`
	Hint     *string    `json:"hint"`
	Range    jsonRange  `json:"range"`
}

type jsonUndetermined struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
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

// jsonSnippet has the fields of Terraform's. Context and values are always null
// and empty: kreconcile never shows the value of an expression.
type jsonSnippet struct {
	Context              *string  `json:"context"`
	Code                 string   `json:"code"`
	StartLine            int      `json:"start_line"`
	HighlightStartOffset int      `json:"highlight_start_offset"`
	HighlightEndOffset   int      `json:"highlight_end_offset"`
	Values               []string `json:"values"`
}

func newJSONCounts(c apply.Counts) *jsonCounts {
	return &jsonCounts{
		Total: c.Total, Satisfied: c.Satisfied, Drifted: c.Drifted, Undetermined: c.Undetermined, Skipped: c.Skipped,
		Warnings: c.Warnings,
	}
}

func newJSONFinding(f apply.Finding) jsonFinding {
	out := jsonFinding{
		Address: f.Address, Type: f.Type, Status: f.Status, Severity: f.Severity, Cause: orNull(f.Cause),
		Reason: orNull(f.Reason), Remedy: orNull(f.Remedy), Range: newJSONRange(f.Range),
		Differences: []jsonDifference{},
	}
	for _, d := range f.Differences {
		out.Differences = append(out.Differences, jsonDifference{
			Code: d.Code, Facet: orNull(d.Facet), Declared: orNull(d.Declared), Found: orNull(d.Found), Hint: orNull(d.Hint),
			Range: newJSONRange(d.Range),
		})
	}
	if u := f.Undetermined; u != nil {
		out.Undetermined = &jsonUndetermined{Code: string(u.Code), Message: u.Message, Hint: orNull(u.Hint)}
	}
	return out
}

func newJSONWait(w *Wait) *jsonWait {
	if w == nil {
		return nil
	}
	return &jsonWait{
		Limit: w.Limit.Seconds(), Elapsed: w.Elapsed.Seconds(), Passes: w.Passes, Consecutive: w.Consecutive, Streak: w.Streak,
		// must not be nil
		Mixed: append([]string{}, w.Mixed...),
		Ended: orNull(w.Ended),
	}
}

func jsonOrigin(o *Origin) (*jsonConnection, *jsonSnapshot) {
	if o.SnapshotFile == "" {
		return &jsonConnection{
			Server: o.Endpoint, ServerVersion: orNull(o.ServerVersion), Emulation: orNull(o.EmulationVersion),
			Requests: o.Requests, NotModified: o.NotModified, Bytes: o.Bytes, Seconds: o.Duration.Seconds(),
		}, nil
	}
	s := &jsonSnapshot{
		File: o.SnapshotFile, Server: orNull(o.Endpoint), ServerVersion: orNull(o.ServerVersion), Emulation: orNull(o.EmulationVersion),
	}
	if !o.SnapshotTime.IsZero() {
		s.Time = orNull(o.SnapshotTime.UTC().Format(time.RFC3339))
	}
	return nil, s
}

func jsonDiagnostics(diags hcl.Diagnostics, sources config.Sources) []jsonDiagnostic {
	out := []jsonDiagnostic{}
	for _, d := range diags {
		j := jsonDiagnostic{Severity: "error", Summary: d.Summary, Detail: d.Detail}
		if d.Severity == hcl.DiagWarning {
			j.Severity = "warning"
		}
		if d.Subject != nil && d.Subject.Filename != "" {
			rng := newJSONRange(*d.Subject)
			j.Range = &rng
			j.Snippet = newJSONSnippet(*d.Subject, sources)
		}
		out = append(out, j)
	}
	return out
}

func newJSONSnippet(rng hcl.Range, sources config.Sources) *jsonSnippet {
	e, ok := newExcerpt(rng, sources)
	if !ok {
		return nil
	}
	return &jsonSnippet{
		Code: e.code, StartLine: rng.Start.Line, HighlightStartOffset: e.start, HighlightEndOffset: e.end, Values: []string{},
	}
}

func newJSONRange(r hcl.Range) jsonRange {
	return jsonRange{
		Filename: r.Filename,
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
