package view

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// problem is one thing that a reader must be told of: differences of one
// requirement that share a code, one that could not be determined, or a diagnostic.
// The formats that list what is wrong are made of problems. All of its texts are
// clean.
type problem struct {
	// code is a difference's, a failure's, error or notice.
	code string
	// fails tells what the gate goes by from what is a warning only.
	fails bool
	// unknown tells what could not be determined.
	unknown bool
	// subject is the address of a requirement, or the summary of a diagnostic.
	subject string
	// text says in one line, subject included, what is wrong.
	text string
	// notes are lines under it.
	notes []note
	at    hcl.Range
	// file is what at names, as documents name it.
	file string
	// key is the same in each run that finds the same problem, wherever in a file
	// it stands, and another for each problem of a report.
	key string
	// differences are set for drift, and undetermined for what could not be determined.
	differences  []apply.Difference
	undetermined *apply.Undetermined
}

// note is a line of our own words, and of the words of others behind them.
type note struct {
	label, text string
	// authored is set where these are the words of the declaration's author.
	authored bool
}

// isDiagnostic tells that the problem is about no requirement.
func (b problem) isDiagnostic() bool { return b.code == mistake || b.code == notice }

// problems lists what is wrong, the worst first, without what only follows from
// another.
func problems(r *Report) []problem {
	list := runProblems(r)
	if plan := r.judged(); plan != nil {
		p := printer{recorded: r.recorded()}
		beneath := countBeneath(plan)
		for _, f := range plan.Findings {
			if f.Cause == "" {
				list = append(list, p.problems(f, r, beneath[f.Address])...)
			}
		}
	}
	rank := func(b problem) int {
		switch {
		case b.code == mistake:
			return 0
		case b.code == notice:
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

// message gives all that there is to say, a line each. Where no file can be
// pointed at, the place is part of it.
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

// judged gives the plan, and nil where there is none or no verdict on it.
func (r *Report) judged() *apply.Plan {
	if r.Verdict.Status == "" {
		return nil
	}
	return r.Plan
}

// recorded tells that a snapshot was judged, and no server asked.
func (r *Report) recorded() bool { return r.Origin != nil && r.Origin.SnapshotFile != "" }

// problems gives what is wrong with one requirement.
func (p *printer) problems(f apply.Finding, r *Report, beneath int) []problem {
	subject := clean(f.Address)
	var notes []note
	if beneath > 0 {
		notes = append(notes, note{label: fmt.Sprintf("and %s under it", requirements(beneath))})
	}
	for _, n := range append(labelled("reason: ", f.Reason), labelled("remedy: ", f.Remedy)...) {
		n.authored = true
		notes = append(notes, n)
	}
	b := problem{fails: r.Verdict.Fails(f), subject: subject, notes: notes}
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
			b.code, b.key = string(d.Code), key(string(d.Code), f.Address)
			b.at, b.file = d.Range, r.Place.of(d.Range.Filename)
			b.text = subject + " " + p.difference(d)
			b.differences = []apply.Difference{d}
			list = append(list, b)
		}
		return list
	case apply.StatusUndetermined:
		b.code, b.unknown, b.undetermined = string(f.Undetermined.Code), true, f.Undetermined
		b.key = key(string(f.Undetermined.Code), f.Address)
		b.at, b.file = f.Range, r.Place.of(f.Range.Filename)
		b.text = subject + " could not be determined: " + clean(f.Undetermined.Message)
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

// labelled gives the lines of a text, the first behind a label, and none for a
// blank text.
func labelled(label, text string) []note {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var notes []note
	for _, line := range cleanLines(text) {
		notes = append(notes, note{label: label, text: line})
		label = ""
	}
	return notes
}

// runProblems gives what is about the run, and about no requirement.
func runProblems(r *Report) []problem {
	list := diagnosticProblems(r)
	if r.Verdict.Unsettled {
		_, why, _ := strings.Cut(verdictLine(r), ". ")
		list = append(list, problem{
			code: string(discovery.Unsettled), fails: true, unknown: true, subject: "--consecutive", text: why,
			key: key(string(discovery.Unsettled), ""), undetermined: &apply.Undetermined{Code: discovery.Unsettled, Message: why},
		})
	}
	if r.Wait != nil && len(r.Wait.Mixed) > 0 {
		list = append(list, problem{code: notice, subject: "Mixed answers", text: mixedLine(r.Wait), key: key(notice, "mixed")})
	}
	return list
}

// diagnosticProblems gives the report's diagnostics. A run that came to no verdict
// has an error at least.
func diagnosticProblems(r *Report) []problem {
	diags := r.Diagnostics
	if r.judged() == nil && !diags.HasErrors() {
		diags = append(slices.Clone(diags), &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "No verdict", Detail: "The run ended before it came to a verdict.",
		})
	}
	var list []problem
	seen := map[string]int{}
	for _, d := range diags {
		b := problem{code: mistake, fails: true, subject: clean(d.Summary)}
		if d.Severity == hcl.DiagWarning {
			b.code, b.fails = notice, false
		}
		if d.Subject != nil {
			b.at, b.file = *d.Subject, r.Place.of(d.Subject.Filename)
		}
		b.text = b.subject
		if lines := cleanLines(d.Detail); lines[0] != "" {
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

// key makes one short name of two.
func key(a, b string) string {
	sum := sha256.Sum256([]byte(a + "\x00" + b))
	return hex.EncodeToString(sum[:16])
}

// nowhere is in the place of a file's name in formats that require one.
const nowhere = "<kreconcile>"

// isFile tells the names of files from that of standard input, of a folder as a whole
// and of a value from the command line or the environment.
func isFile(name string) bool {
	return slices.ContainsFunc([]string{".hcl", ".hcl.json", ".hclvars", ".hclvars.json"}, func(ending string) bool {
		return strings.HasSuffix(name, ending)
	})
}

// slashed gives the name of a file as repositories spell it.
func slashed(name string) string { return path.Clean(filepath.ToSlash(name)) }

// where names the line of a problem, and is empty where there is none.
func (b problem) where() string {
	at := b.at
	at.Filename = b.file
	return where(at)
}

// where names the line of a range, and is empty where there is none.
func where(at hcl.Range) string {
	if at.Filename == "" || at.Start.Line == 0 {
		return clean(at.Filename)
	}
	return clean(at.Filename) + ":" + strconv.Itoa(at.Start.Line)
}

// column gives the column of a position in code points, from 1. A position itself
// counts what a reader takes for one character, which may be several: that is near
// enough far to the right, where counting would take long.
func column(name string, pos hcl.Pos, sources config.Sources) int {
	const far = 10000
	for _, source := range sources {
		if source.Name != name || pos.Byte > len(source.Bytes) {
			continue
		}
		from := max(pos.Byte-far, 0)
		before := source.Bytes[from:pos.Byte]
		if start := bytes.LastIndexByte(before, '\n') + 1; start > 0 || from == 0 {
			return 1 + utf8.RuneCount(before[start:])
		}
	}
	return max(pos.Column, 1)
}
