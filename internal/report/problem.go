package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view/codes"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Problem is one thing that a reader must know: differences of one requirement with
// the same code, a requirement that could not be determined, one that holds by a
// deprecated API, or a diagnostic. Formats that list problems use it. All its texts are
// safe to print.
type Problem struct {
	// Code is one of package codes.
	Code string
	// Fails is set if the gate fails because of it. Otherwise it is only a warning.
	Fails bool
	// Unknown is set if something could not be determined.
	Unknown bool
	// Subject is the address of a requirement, or the summary of a diagnostic.
	Subject string
	// Text says in one line, with the subject, what is wrong.
	Text string
	// Notes are further lines.
	Notes []Note
	At    hcl.Range
	// File is the file of At, as documents name it.
	File string
	// Key identifies the problem. It is the same in each run, wherever the problem is
	// in a file, and unique within a report.
	Key string
	// Differences are set for drift, Undetermined for a requirement that could not be
	// determined, and Deprecation for one that holds by a deprecated API.
	Differences  []apply.Difference
	Undetermined *apply.Undetermined
	Deprecation  *apply.Deprecation
	// Diagnostic is set for a diagnostic of the run.
	Diagnostic *hcl.Diagnostic
	// On are the targets that have the problem of a requirement, if the problem is one of [Problems].
	On []*Target
}

// Note is a line with our label and a text of others.
type Note struct {
	Label, Text string
	// Authored is set if the text is from the declaration's author.
	Authored bool
}

// IsDiagnostic reports whether the problem belongs to no requirement.
func (b Problem) IsDiagnostic() bool { return b.Code == codes.Error || b.Code == codes.Notice }

// Message returns the whole message, as lines. It includes the place if no file can
// be pointed at.
func (b Problem) Message() []string {
	lines := []string{b.Text}
	if b.File != "" && !IsFile(b.File) {
		lines = append(lines, "at "+b.Where())
	}
	return AppendNotes(lines, b.Notes)
}

// AppendNotes adds notes to lines, each with its label.
func AppendNotes(lines []string, notes []Note) []string {
	for _, n := range notes {
		lines = append(lines, n.Label+n.Text)
	}
	return lines
}

// FindingProblems returns the problems of one requirement on one target. under is how many
// requirements only follow from it.
func FindingProblems(f apply.Finding, t *Target, r *Report, under int) []Problem {
	return findingProblems(f, t, r, under, Wording{Origin: t.Origin})
}

func findingProblems(f apply.Finding, t *Target, r *Report, under int, w Wording) []Problem {
	subject := safe.Line(f.Address)
	if d := f.Deprecation; d != nil {
		// The author's advice is for a requirement that does not hold.
		return []Problem{{
			Code: codes.Deprecated, Fails: t.Verdict.Fails(f), Subject: subject, Text: Deprecated(f),
			At: f.Range, File: r.Place.Of(f.Range.Filename), Key: key(codes.Deprecated, f.Address), Deprecation: d,
		}}
	}
	var notes []Note
	if under > 0 {
		notes = append(notes, Note{Label: fmt.Sprintf("and %s under it", Requirements(under))})
	}
	for _, n := range append(labelled("reason: ", f.Reason), labelled("remedy: ", f.Remedy)...) {
		n.Authored = true
		notes = append(notes, n)
	}
	b := Problem{Fails: t.Verdict.Fails(f), Subject: subject, Notes: notes}
	switch f.Status {
	case apply.Drifted:
		var list []Problem
		for _, d := range f.Differences {
			if i := slices.IndexFunc(list, func(b Problem) bool { return b.Code == string(d.Code) }); i >= 0 {
				list[i].Text += "; " + w.Facet(d)
				list[i].Differences = append(list[i].Differences, d)
				continue
			}
			b := b
			b.Code, b.Key = string(d.Code), key(string(d.Code), f.Address)
			b.At, b.File = d.Range, r.Place.Of(d.Range.Filename)
			b.Text = subject + " " + w.difference(d)
			b.Differences = []apply.Difference{d}
			list = append(list, b)
		}
		return list
	case apply.StatusUndetermined:
		b.Code, b.Unknown, b.Undetermined = string(f.Undetermined.Code), true, f.Undetermined
		b.Key = key(string(f.Undetermined.Code), f.Address)
		b.At, b.File = f.Range, r.Place.Of(f.Range.Filename)
		b.Text = subject + " could not be determined: " + safe.Line(f.Undetermined.Message)
		b.Notes = append(labelled("hint: ", f.Undetermined.Hint), notes...)
		return []Problem{b}
	case apply.Satisfied, apply.Skipped:
		return nil
	}
	panic("report: unknown status " + string(f.Status))
}

// Deprecated says that a requirement holds by a deprecated API, which the address of an assert does not name.
func Deprecated(f apply.Finding) string {
	subject, d := safe.Line(f.Address), f.Deprecation
	if f.Type == config.TypeAssert {
		return subject + " relies on " + d.API() + ", " + d.String()
	}
	return subject + " is " + d.String()
}

// labelled returns the lines of a text, the first after a label, or none for a blank
// text.
func labelled(label, text string) []Note {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var notes []Note
	for _, line := range safe.Lines(text) {
		notes = append(notes, Note{Label: label, Text: line})
		label = ""
	}
	return notes
}

// RunProblems returns the problems of the run, which belong to no requirement.
func RunProblems(r *Report) []Problem {
	list := diagnosticProblems(r)
	for _, t := range r.Judged() {
		if t.Verdict.Unsettled {
			why := OutcomeOf(t).Text
			list = append(list, Problem{
				Code: string(discovery.Unsettled), Fails: true, Unknown: true, Subject: "--consecutive", Text: why, Notes: r.targetNotes(t),
				Key: r.key(t, string(discovery.Unsettled), ""), Undetermined: &apply.Undetermined{Code: discovery.Unsettled, Message: why},
			})
		}
		if t.Wait != nil && len(t.Wait.Mixed) > 0 {
			list = append(list, Problem{
				Code: codes.Notice, Subject: "Mixed answers", Text: MixedLine(t.Wait), Notes: r.targetNotes(t), Key: r.key(t, codes.Notice, "mixed"),
			})
		}
	}
	return list
}

// targetNotes names the target if there are several.
func (r *Report) targetNotes(t *Target) []Note {
	if title := r.Title(t); title != "" {
		return []Note{{Label: "target: ", Text: title}}
	}
	return nil
}

// diagnosticProblems returns the report's diagnostics. A run without a verdict has at
// least one error.
func diagnosticProblems(r *Report) []Problem {
	diags := r.Diagnostics
	if len(r.Judged()) == 0 && !diags.HasErrors() {
		diags = append(slices.Clone(diags), &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "No verdict", Detail: "The run ended before it came to a verdict.",
		})
	}
	var list []Problem
	seen := map[string]int{}
	for _, d := range diags {
		b := Problem{Code: codes.Error, Fails: true, Subject: safe.Line(d.Summary), Diagnostic: d}
		if d.Severity == hcl.DiagWarning {
			b.Code, b.Fails = codes.Notice, false
		}
		if d.Subject != nil {
			b.At, b.File = *d.Subject, r.Place.Of(d.Subject.Filename)
		}
		b.Text = b.Subject
		if lines := safe.Lines(d.Detail); lines[0] != "" {
			b.Text += ": " + lines[0]
			for _, line := range lines[1:] {
				b.Notes = append(b.Notes, Note{Text: line})
			}
		}
		id := b.Code + "\x00" + path.Base(filepath.ToSlash(b.At.Filename)) + "\x00" + d.Summary
		b.Key = key(id, strconv.Itoa(seen[id]))
		seen[id]++
		list = append(list, b)
	}
	return list
}

// key returns the key of a problem of a run on a target.
func (r *Report) key(t *Target, code, of string) string {
	if title := r.Title(t); title != "" {
		of += "\x00" + title
	}
	return key(code, of)
}

// key makes one short name from two.
func key(a, b string) string {
	sum := sha256.Sum256([]byte(a + "\x00" + b))
	return hex.EncodeToString(sum[:16])
}
