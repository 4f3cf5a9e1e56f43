package report

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Tests is everything that a run of test reports.
type Tests struct {
	// Files are the test files, in the order in which they ran. There is none if one of them, or a
	// declaration, has an error.
	Files []TestFile
	// Diagnostics are about the test files and the declarations. They include the errors of runs.
	Diagnostics hcl.Diagnostics
	// Sources are shown with diagnostics and failures.
	Sources config.Sources
}

// Count returns how many runs have a status.
func (t *Tests) Count(status TestStatus) int {
	n := 0
	for _, f := range t.Files {
		for _, r := range f.Runs {
			if r.Status == status {
				n++
			}
		}
	}
	return n
}

// Status returns the worst status of all runs. An error outside of them counts too.
func (t *Tests) Status() TestStatus {
	switch {
	case t.Diagnostics.HasErrors():
		return TestError
	case t.Count(TestFail) > 0:
		return TestFail
	}
	return TestPass
}

// TestFile is a file of runs.
type TestFile struct {
	Name string
	Runs []TestRun
}

// TestRun is the outcome of one run.
type TestRun struct {
	Name   string
	Status TestStatus
	// Range is the header of its block.
	Range hcl.Range
	// Failures say what was not as expected. There is at least one if the run failed.
	Failures []TestFailure
	// Errors say why there is no outcome. There is at least one if the status is an error.
	Errors hcl.Diagnostics
}

// TestStatus is the outcome of a run.
type TestStatus string

// The statuses of runs.
const (
	TestPass  TestStatus = "pass"
	TestFail  TestStatus = "fail"
	TestError TestStatus = "error"
)

// TestFailure is a verdict or a finding that is not as expected.
type TestFailure struct {
	// Range is where the test says what it expects.
	Range hcl.Range
	// Target is the release, if the run judges several.
	Target string
	// Address is that of the finding. It is empty for the verdict.
	Address string
	// Expected and Found are statuses, or [DeclarationInvalid] and [DeclarationValid].
	Expected, Found string
	// Because says why the status is what was found, a line each, safe to print.
	Because []string
}

// What is found of a declaration that has no verdict, or was expected to have none.
const (
	DeclarationInvalid = "error"
	DeclarationValid   = "valid"
)

// DiagnosticLine returns a diagnostic and its place in one line.
func DiagnosticLine(d *hcl.Diagnostic) string {
	line := safe.Line(d.Summary) + ": " + strings.Join(safe.Lines(d.Detail), " ")
	if d.Subject != nil && d.Subject.Filename != "" {
		line += " (" + where(*d.Subject) + ")"
	}
	return line
}
