package view_test

import (
	"encoding/xml"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/report"
)

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitDocument struct {
	junitCounts
	Suites []struct {
		junitCounts
		Cases []struct {
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// readJUnit counts what a document holds. It fails if the attributes disagree or a
// name comes twice.
func readJUnit(t *testing.T, text string) junitCounts {
	t.Helper()
	var doc junitDocument
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var all junitCounts
	names := map[string]bool{}
	for _, s := range doc.Suites {
		var n junitCounts
		for _, c := range s.Cases {
			n.Tests++
			if c.Failure != nil {
				n.Failures++
			}
			if c.Error != nil {
				n.Errors++
			}
			if c.Skipped != nil {
				n.Skipped++
			}
			if names[c.Name] {
				t.Errorf("two cases are named %q", c.Name)
			}
			names[c.Name] = true
		}
		if n != s.junitCounts {
			t.Errorf("a suite says %+v and holds %+v", s.junitCounts, n)
		}
		all = junitCounts{all.Tests + n.Tests, all.Failures + n.Failures, all.Errors + n.Errors, all.Skipped + n.Skipped}
	}
	// The schema has no attribute for all skipped cases.
	if said := (junitCounts{all.Tests, all.Failures, all.Errors, 0}); said != doc.junitCounts {
		t.Errorf("the suites hold %+v, and the document says %+v", all, doc.junitCounts)
	}
	return all
}

// JUnit has a case for each requirement, nested ones included.
func TestJUnitCountsRequirements(t *testing.T) {
	r := driftReport(t)
	c := r.Targets[0].Verdict.Counts
	// Two of the drifted findings are warnings, and there are two diagnostics.
	want := junitCounts{Tests: c.Total + 2, Failures: c.Drifted - 2, Errors: c.Undetermined, Skipped: c.Skipped}
	if diff := cmp.Diff(want, readJUnit(t, written(t, "junit", r))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := readJUnit(t, written(t, "junit", declarationError())); got != (junitCounts{Tests: 6, Errors: 5}) {
		t.Errorf("of errors, there are %+v", got)
	}
	if got := readJUnit(t, written(t, "junit", &report.Report{ExitCode: 1})); got != (junitCounts{Tests: 1, Errors: 1}) {
		t.Errorf("of a run that came to nothing, there are %+v", got)
	}
}
