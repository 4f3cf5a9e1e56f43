package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/document"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// testFormatVersion is the version of test's document.
const testFormatVersion = "1.0"

// TestText writes the result of test for people, as terraform test does. The diagnostics are written
// elsewhere.
func TestText(w io.Writer, t *report.Tests, o Options) error {
	p := console.New(w, o.Color)
	for _, f := range t.Files {
		name := safe.Line(f.Name)
		p.Line(name + "... in progress")
		passes := true
		for _, r := range f.Runs {
			passes = passes && r.Status == report.TestPass
			p.Line(`  run "` + safe.Line(r.Name) + `"... ` + testStatus(p.Style, r.Status == report.TestPass))
			for _, failure := range r.Failures {
				p.Line("")
				p.Diagnostic(testDiagnostic(failure), t.Sources)
			}
			if len(r.Failures) > 0 {
				p.Line("")
			}
		}
		p.Line(name + "... " + testStatus(p.Style, passes))
		p.Line("")
	}
	if len(t.Files) > 0 {
		verdict := p.Green(p.Bold("Success!"))
		if t.Status() != report.TestPass {
			verdict = p.Red(p.Bold("Failure!"))
		}
		passed := t.Count(report.TestPass)
		p.Line(fmt.Sprintf("%s %d passed, %d failed.", verdict, passed, t.Count(report.TestFail)+t.Count(report.TestError)))
	}
	return p.Err
}

func testStatus(style safe.Style, passes bool) string {
	if passes {
		return style.Green("pass")
	}
	return style.Red("fail")
}

// testDiagnostic says what was expected, and what was found.
func testDiagnostic(f report.TestFailure) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unexpected verdict", Subject: &f.Range, Detail: testSentence(f) + "."}
	if f.Address != "" {
		d.Summary = "Unexpected finding"
	}
	if len(f.Because) > 0 {
		d.Detail = strings.TrimSuffix(d.Detail, ".") + ":\n- " + strings.Join(f.Because, "\n- ")
	}
	return d
}

func testSentence(f report.TestFailure) string {
	words := func(status string) string {
		switch status {
		case report.DeclarationInvalid:
			return "an error in the declaration"
		case report.DeclarationValid:
			return "a valid declaration"
		}
		return status
	}
	text := "Expected " + words(f.Expected) + ", found " + words(f.Found)
	if f.Address != "" {
		text = "Expected " + safe.Line(f.Address) + " to be " + f.Expected + ", found " + f.Found
	}
	if f.Target != "" {
		text += " on " + f.Target
	}
	return text
}

// TestJSON writes the result of test as one document.
func TestJSON(w io.Writer, t *report.Tests, _ Options) error {
	doc := jsonTests{
		FormatVersion: testFormatVersion, Status: t.Status(),
		Passed: t.Count(report.TestPass), Failed: t.Count(report.TestFail), Errored: t.Count(report.TestError),
		Runs: []jsonTestRun{}, Diagnostics: document.Diagnostics(t.Diagnostics, t.Sources, nil),
	}
	for _, f := range t.Files {
		for _, r := range f.Runs {
			run := jsonTestRun{File: f.Name, Name: r.Name, Status: r.Status, Range: document.NewRange(r.Range, nil), Failures: []jsonTestFailure{}}
			for _, failure := range r.Failures {
				run.Failures = append(run.Failures, jsonTestFailure{
					Target: document.OrNull(failure.Target), Address: document.OrNull(failure.Address), Expected: failure.Expected, Found: failure.Found,
					Because: append([]string{}, failure.Because...), Range: document.NewRange(failure.Range, nil),
				})
			}
			doc.Runs = append(doc.Runs, run)
		}
	}
	return document.Write(w, doc)
}

type jsonTests struct {
	FormatVersion string                `json:"format_version"`
	Status        report.TestStatus     `json:"status"`
	Passed        int                   `json:"passed"`
	Failed        int                   `json:"failed"`
	Errored       int                   `json:"errored"`
	Runs          []jsonTestRun         `json:"runs"`
	Diagnostics   []document.Diagnostic `json:"diagnostics"`
}

type jsonTestRun struct {
	File     string            `json:"file"`
	Name     string            `json:"name"`
	Status   report.TestStatus `json:"status"`
	Range    document.Range    `json:"range"`
	Failures []jsonTestFailure `json:"failures"`
}

type jsonTestFailure struct {
	Target   *string        `json:"target"`
	Address  *string        `json:"address"`
	Expected string         `json:"expected"`
	Found    string         `json:"found"`
	Because  []string       `json:"because"`
	Range    document.Range `json:"range"`
}

// TestJUnit writes the result of test as JUnit's XML: a suite for each file with a case for each run.
// An error outside of the runs is a case too.
func TestJUnit(w io.Writer, t *report.Tests, _ Options) error {
	var suites []junitSuite
	reported := map[*hcl.Diagnostic]bool{}
	for _, f := range t.Files {
		s := junitSuite{name: safe.Line(f.Name)}
		for _, r := range f.Runs {
			c := junitCase{class: s.name, name: safe.Line(r.Name)}
			for _, failure := range r.Failures {
				at := report.Problem{At: failure.Range, File: failure.Range.Filename}
				c = c.fail("failure", "unexpected", testSentence(failure), append(failure.Because, "at "+at.Where()))
			}
			for _, d := range r.Errors {
				reported[d] = true
				c = c.fail("error", "error", report.DiagnosticLine(d), nil)
			}
			s.cases = append(s.cases, c)
		}
		suites = append(suites, s)
	}
	rest := junitSuite{name: "kreconcile.test"}
	for _, d := range t.Diagnostics {
		if d.Severity == hcl.DiagError && !reported[d] {
			line := report.DiagnosticLine(d)
			rest.cases = append(rest.cases, junitCase{class: rest.name, name: line}.fail("error", "error", line, nil))
		}
	}
	return writeJUnit(w, append(suites, rest))
}

// fail adds something that is wrong with a case.
func (c junitCase) fail(outcome, typ, message string, notes []string) junitCase {
	if c.outcome == "" {
		c.outcome, c.typ, c.message = outcome, typ, message
	}
	c.lines = slices.Concat(c.lines, []string{message}, notes)
	return c
}
