package cases_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// last is the highest number of a case.
const last = 77

// numbers are those of the cases that have rows.
func numbers() []int {
	var list []int
	for n := 1; n <= last; n++ {
		list = append(list, n)
	}
	return list
}

// A row of the table is one case.
type row struct {
	number int
	tests  []testName
}

// A testName names a test as `folder.TestName/sub_test`.
type testName struct {
	// folder is the package's, below the module's root.
	folder string
	// name is the whole name as go test prints it.
	name string
}

func (n testName) String() string { return n.folder + "." + n.name }

// top is the name of the function.
func (n testName) top() string {
	top, _, _ := strings.Cut(n.name, "/")
	return top
}

// below is the name of the first sub-test, which is empty for the function itself.
func (n testName) below() string {
	_, below, _ := strings.Cut(n.name, "/")
	below, _, _ = strings.Cut(below, "/")
	return below
}

// endToEnd tells of a test that needs a real API server.
func (n testName) endToEnd() bool { return n.folder == "e2e" || strings.HasPrefix(n.folder, "e2e/") }

var (
	caseRow = regexp.MustCompile(`^\| (\d+) \| `)
	named   = regexp.MustCompile("^`([a-z0-9/]+)\\.((?:Test|Fuzz)[^`]*)`$")
)

// parseTable reads the rows that begin with a number.
func parseTable(text string) ([]row, error) {
	var rows []row
	for line := range strings.Lines(text) {
		match := caseRow.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		number, err := strconv.Atoi(match[1])
		if err != nil {
			return nil, err
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 {
			return nil, fmt.Errorf("case %d has %d columns, want 4", number, len(cells))
		}
		for _, i := range []int{1, 3} {
			if strings.TrimSpace(cells[i]) == "" {
				return nil, fmt.Errorf("case %d has an empty column", number)
			}
		}
		r := row{number: number}
		// A comma within a name has no space behind it.
		for text := range strings.SplitSeq(strings.TrimSpace(cells[2]), ", ") {
			match := named.FindStringSubmatch(text)
			if match == nil {
				return nil, fmt.Errorf("case %d names %s, which is no test", number, text)
			}
			r.tests = append(r.tests, testName{match[1], match[2]})
		}
		rows = append(rows, r)
	}
	want := numbers()
	for i, number := range want {
		if i >= len(rows) || rows[i].number != number {
			return nil, fmt.Errorf("row %d of the table is not case %d", i+1, number)
		}
	}
	if len(rows) > len(want) {
		return nil, fmt.Errorf("row %d of the table is one too many", len(want)+1)
	}
	return rows, nil
}

func TestTableRefused(t *testing.T) {
	var whole []string
	for _, number := range numbers() {
		whole = append(whole, fmt.Sprintf("| %d | a subject | `apply.TestDiff` | a result |", number))
	}
	changed := func(i int, line string) []string {
		lines := slices.Clone(whole)
		lines[i] = line
		return lines
	}
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"whole", whole, ""},
		{"no row", nil, "row 1 of the table is not case 1"},
		{"one missing", slices.Delete(slices.Clone(whole), 6, 7), "row 7 of the table is not case 7"},
		{"one twice", slices.Insert(slices.Clone(whole), 6, whole[5]), "row 7 of the table is not case 7"},
		{"one more", append(slices.Clone(whole), "| 78 | a | `apply.TestDiff` | b |"), fmt.Sprintf("row %d of the table is one too many", len(whole)+1)},
		{"no test", changed(2, "| 3 | a subject |  | a result |"), "case 3 names , which is no test"},
		{"no name", changed(2, "| 3 | a subject | by hand | a result |"), "case 3 names by hand, which is no test"},
		{"no result", changed(2, "| 3 | a subject | `apply.TestDiff` |  |"), "case 3 has an empty column"},
		{"a column too many", changed(2, "| 3 | a | `apply.TestDiff` | b | c |"), "case 3 has 5 columns, want 4"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if _, err := parseTable("# A table\n\n" + strings.Join(test.lines, "\n") + "\n"); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTableNames(t *testing.T) {
	var lines []string
	for _, number := range numbers() {
		lines = append(lines, fmt.Sprintf("| %d | a subject | `internal/cli.TestScripts/a,b`, `apply.FuzzDiff` | a result |", number))
	}
	rows, err := parseTable(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := row{number: 51, tests: []testName{{"internal/cli", "TestScripts/a,b"}, {"apply", "FuzzDiff"}}}
	if diff := cmp.Diff(want, rows[50], cmp.AllowUnexported(row{}, testName{})); diff != "" {
		t.Error(diff)
	}
}
