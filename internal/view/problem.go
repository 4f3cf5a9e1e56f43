package view

import (
	"cmp"
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
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view/codes"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// problem is one thing that a reader must know: differences of one requirement with
// the same code, a requirement that could not be determined, or a diagnostic. Formats
// that list problems use it. All its texts are safe to print.
type problem struct {
	// code is one of package codes.
	code string
	// fails is set if the gate fails because of it. Otherwise it is only a warning.
	fails bool
	// unknown is set if something could not be determined.
	unknown bool
	// subject is the address of a requirement, or the summary of a diagnostic.
	subject string
	// text says in one line, with the subject, what is wrong.
	text string
	// notes are further lines.
	notes []note
	at    hcl.Range
	// file is the file of at, as documents name it.
	file string
	// key identifies the problem. It is the same in each run, wherever the problem is
	// in a file, and unique within a report.
	key string
	// differences are set for drift, and undetermined for a requirement that could
	// not be determined.
	differences  []apply.Difference
	undetermined *apply.Undetermined
}

// note is a line with our label and a text of others.
type note struct {
	label, text string
	// authored is set if the text is from the declaration's author.
	authored bool
}

// isDiagnostic reports whether the problem belongs to no requirement.
func (b problem) isDiagnostic() bool { return b.code == codes.Error || b.code == codes.Notice }

// problems lists the problems, the worst first, without those that only follow from
// another.
func problems(r *Report) []problem {
	list := runProblems(r)
	for _, t := range r.judged() {
		under := countUnder(t.Plan)
		for _, f := range t.Plan.Findings {
			if f.Cause == "" {
				list = append(list, findingProblems(f, t, r, under[f.Address])...)
			}
		}
	}
	rank := func(b problem) int {
		switch {
		case b.code == codes.Error:
			return 0
		case b.code == codes.Notice:
			return 5
		case b.fails && !b.unknown:
			return 1
		case b.fails:
			return 2
		case !b.unknown:
			return 3
		}
		return 4
	}
	slices.SortStableFunc(list, func(a, b problem) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

// message returns the whole message, as lines. It includes the place if no file can
// be pointed at.
func (b problem) message() []string {
	lines := []string{b.text}
	if b.file != "" && !isFile(b.file) {
		lines = append(lines, "at "+b.where())
	}
	return appendNotes(lines, b.notes)
}

func appendNotes(lines []string, notes []note) []string {
	for _, n := range notes {
		lines = append(lines, n.label+n.text)
	}
	return lines
}

// findingProblems returns the problems of one requirement.
func findingProblems(f apply.Finding, t *Target, r *Report, under int) []problem {
	p := printer{origin: t.Origin}
	subject := safe.Line(f.Address)
	notes := r.targetNotes(t)
	if under > 0 {
		notes = append(notes, note{label: fmt.Sprintf("and %s under it", requirements(under))})
	}
	for _, n := range append(labelled("reason: ", f.Reason), labelled("remedy: ", f.Remedy)...) {
		n.authored = true
		notes = append(notes, n)
	}
	b := problem{fails: t.Verdict.Fails(f), subject: subject, notes: notes}
	switch f.Status {
	case apply.Drifted:
		var list []problem
		for _, d := range f.Differences {
			if i := slices.IndexFunc(list, func(b problem) bool { return b.code == string(d.Code) }); i >= 0 {
				list[i].text += "; " + p.facet(d)
				list[i].differences = append(list[i].differences, d)
				continue
			}
			b := b
			b.code, b.key = string(d.Code), r.key(t, string(d.Code), f.Address)
			b.at, b.file = d.Range, r.Place.of(d.Range.Filename)
			b.text = subject + " " + p.difference(d)
			b.differences = []apply.Difference{d}
			list = append(list, b)
		}
		return list
	case apply.StatusUndetermined:
		b.code, b.unknown, b.undetermined = string(f.Undetermined.Code), true, f.Undetermined
		b.key = r.key(t, string(f.Undetermined.Code), f.Address)
		b.at, b.file = f.Range, r.Place.of(f.Range.Filename)
		b.text = subject + " could not be determined: " + safe.Line(f.Undetermined.Message)
		b.notes = append(labelled("hint: ", f.Undetermined.Hint), notes...)
		return []problem{b}
	case apply.Satisfied, apply.Skipped:
		return nil
	}
	panic("view: unknown status " + string(f.Status))
}

// difference says what is wrong with a requirement, or with a facet of it.
func (p *printer) difference(d apply.Difference) string {
	if d.Facet == "" {
		return p.sentence(d)
	}
	return p.facet(d)
}

// labelled returns the lines of a text, the first after a label, or none for a blank
// text.
func labelled(label, text string) []note {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var notes []note
	for _, line := range safe.Lines(text) {
		notes = append(notes, note{label: label, text: line})
		label = ""
	}
	return notes
}

// runProblems returns the problems of the run, which belong to no requirement.
func runProblems(r *Report) []problem {
	list := diagnosticProblems(r)
	for _, t := range r.judged() {
		if t.Verdict.Unsettled {
			_, why, _ := strings.Cut(verdictLine(t), ". ")
			list = append(list, problem{
				code: string(discovery.Unsettled), fails: true, unknown: true, subject: "--consecutive", text: why, notes: r.targetNotes(t),
				key: r.key(t, string(discovery.Unsettled), ""), undetermined: &apply.Undetermined{Code: discovery.Unsettled, Message: why},
			})
		}
		if t.Wait != nil && len(t.Wait.Mixed) > 0 {
			list = append(list, problem{
				code: codes.Notice, subject: "Mixed answers", text: mixedLine(t.Wait), notes: r.targetNotes(t), key: r.key(t, codes.Notice, "mixed"),
			})
		}
	}
	return list
}

// targetNotes names the target if there are several.
func (r *Report) targetNotes(t *Target) []note {
	if title := r.title(t); title != "" {
		return []note{{label: "target: ", text: title}}
	}
	return nil
}

// diagnosticProblems returns the report's diagnostics. A run without a verdict has at
// least one error.
func diagnosticProblems(r *Report) []problem {
	diags := r.Diagnostics
	if len(r.judged()) == 0 && !diags.HasErrors() {
		diags = append(slices.Clone(diags), &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "No verdict", Detail: "The run ended before it came to a verdict.",
		})
	}
	var list []problem
	seen := map[string]int{}
	for _, d := range diags {
		b := problem{code: codes.Error, fails: true, subject: safe.Line(d.Summary)}
		if d.Severity == hcl.DiagWarning {
			b.code, b.fails = codes.Notice, false
		}
		if d.Subject != nil {
			b.at, b.file = *d.Subject, r.Place.of(d.Subject.Filename)
		}
		b.text = b.subject
		if lines := safe.Lines(d.Detail); lines[0] != "" {
			b.text += ": " + lines[0]
			for _, line := range lines[1:] {
				b.notes = append(b.notes, note{text: line})
			}
		}
		id := b.code + "\x00" + path.Base(filepath.ToSlash(b.at.Filename)) + "\x00" + d.Summary
		b.key = key(id, strconv.Itoa(seen[id]))
		seen[id]++
		list = append(list, b)
	}
	return list
}

// key returns the key of a problem on a target.
func (r *Report) key(t *Target, code, of string) string {
	if title := r.title(t); title != "" {
		of += "\x00" + title
	}
	return key(code, of)
}

// key makes one short name from two.
func key(a, b string) string {
	sum := sha256.Sum256([]byte(a + "\x00" + b))
	return hex.EncodeToString(sum[:16])
}
