package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tables are the rows of the pages that name tests.
type tables struct {
	cases        []row
	environments []row
}

// A row promises something, and names the tests that show it.
type row struct {
	// name is what messages call it, such as "case 7".
	name  string
	tests []testName
}

// A testName names a test as `folder.TestName/sub_test`.
type testName struct {
	// folder is the package's folder in the module.
	folder string
	// name is the full name, as go test prints it.
	name string
}

func (n testName) String() string { return n.folder + "." + n.name }

// endToEnd reports whether the test belongs to one of the end-to-end modules.
func (n testName) endToEnd() bool { return n.folder == "e2e" || strings.HasPrefix(n.folder, "e2e/") }

var (
	caseRow        = regexp.MustCompile(`^\| (\d+) \| `)
	named          = regexp.MustCompile("^`([a-z0-9/]+)\\.((?:Test|Fuzz)[^`]*)`$")
	endToEndNamed  = regexp.MustCompile("`(e2e(?:/[a-z]+)*)\\.(Test[^`]*)`")
	environmentRow = regexp.MustCompile(`^\| ([^|]+) \| `)
)

// readTables reads the pages. A page that names no test is an error.
func readTables(casesPage, environmentsPage string) (t tables, err error) {
	text, err := os.ReadFile(casesPage)
	if err != nil {
		return t, err
	}
	if t.cases, err = parseCases(string(text)); err != nil {
		return t, fmt.Errorf("%s: %w", casesPage, err)
	}
	if text, err = os.ReadFile(environmentsPage); err != nil {
		return t, err
	}
	if t.environments = parseEnvironments(string(text)); len(t.environments) == 0 {
		return t, fmt.Errorf("%s: no row names an end-to-end test", environmentsPage)
	}
	return t, nil
}

// parseCases reads the rows that begin with a number. The third of four columns names tests.
func parseCases(text string) ([]row, error) {
	var rows []row
	for line := range strings.Lines(text) {
		match := caseRow.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		r := row{name: "case " + match[1]}
		if match[1] != strconv.Itoa(len(rows)+1) {
			return nil, fmt.Errorf("row %d of the table is %s", len(rows)+1, r.name)
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 {
			return nil, fmt.Errorf("%s has %d columns, want 4", r.name, len(cells))
		}
		for _, i := range []int{1, 3} {
			if strings.TrimSpace(cells[i]) == "" {
				return nil, fmt.Errorf("%s has an empty column", r.name)
			}
		}
		// A comma within a name has no space after it.
		for text := range strings.SplitSeq(strings.TrimSpace(cells[2]), ", ") {
			match := named.FindStringSubmatch(text)
			if match == nil {
				return nil, fmt.Errorf("%s names %q, which is no test", r.name, text)
			}
			r.tests = append(r.tests, testName{match[1], match[2]})
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no row begins with the number of a case")
	}
	return rows, nil
}

// parseEnvironments reads the rows that name end-to-end tests, in any column.
func parseEnvironments(text string) []row {
	var rows []row
	for line := range strings.Lines(text) {
		match := environmentRow.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		r := row{name: match[1]}
		for _, match := range endToEndNamed.FindAllStringSubmatch(line, -1) {
			r.tests = append(r.tests, testName{match[1], match[2]})
		}
		if len(r.tests) > 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

// check returns a problem for each named test that did not pass, and for each case
// without a test that passed here. It checks either the end-to-end tests or all
// others. A test may skip for a reason that it prints. In a package that failed, only
// tests that failed themselves count: the others may not have run.
func (t tables) check(r *results, endToEnd bool) []string {
	rows := t.cases
	if endToEnd {
		rows = slices.Concat(t.cases, t.environments)
	}
	var problems []string
	for _, row := range rows {
		shown := endToEnd
		for _, n := range row.tests {
			if n.endToEnd() != endToEnd {
				continue
			}
			switch r.outcome(n) {
			case "pass", "failed package":
				shown = true
			case "fail":
				shown = true
				problems = append(problems, fmt.Sprintf("%s: %s failed", row.name, n))
			case "":
				problems = append(problems, fmt.Sprintf("%s: %s did not run", row.name, n))
			}
		}
		if !shown {
			problems = append(problems, row.name+": no test that ran here shows it")
		}
	}
	return problems
}

// outcome returns the outcome of a test: "pass", "skip", "fail", "failed package" if
// only its package is known to have failed, and "" if it did not run. If a test was
// skipped, so were its sub-tests.
func (r *results) outcome(n testName) string {
	p := r.packages[n.folder]
	if p == nil {
		return ""
	}
	if test := p.tests[n.name]; test != nil {
		return test.outcome
	}
	for name := n.name; strings.Contains(name, "/"); {
		name = name[:strings.LastIndex(name, "/")]
		if test := p.tests[name]; test != nil && test.outcome == "skip" {
			return "skip"
		}
	}
	if p.outcome == "fail" {
		return "failed package"
	}
	return ""
}
