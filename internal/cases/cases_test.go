package cases_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// TestCases runs the tests that docs/maintainers/reliability.md names. A case with none that
// passed fails, and so does each name that no test has.
func TestCases(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command, which is to run the tests that are named, is not there: ", err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "maintainers", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parseTable(string(text))
	if err != nil {
		t.Fatal("docs/maintainers/reliability.md: ", err)
	}
	look(t)
	packages, outcomes := map[string][]testName{}, map[testName]outcome{}
	for _, r := range rows {
		for _, n := range r.tests {
			packages[n.folder] = append(packages[n.folder], n)
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(packages)) {
		if packages[folder][0].endToEnd() {
			for _, name := range functions(t, folder) {
				outcomes[testName{folder, name}] = outcome{action: "end to end"}
			}
			continue
		}
		for name, o := range run(t, folder, packages[folder]) {
			outcomes[testName{folder, name}] = o
		}
	}
	for _, p := range problems(rows, outcomes) {
		t.Error(p)
	}
	for n, o := range outcomes {
		if o.action == "skip" {
			t.Logf("%s was skipped:\n%s", n, o.output)
		}
	}
}

// problems tells of each case that no test holds, and of each name without a test.
func problems(rows []row, outcomes map[testName]outcome) []string {
	var all []string
	for _, r := range rows {
		held := false
		for _, n := range r.tests {
			if n.endToEnd() {
				// Whether it ran is for .ci/cases to say, so that it holds no case alone.
				n.name = n.top()
			}
			switch o := outcomes[n]; o.action {
			case "pass":
				held = true
			case "fail":
				all = append(all, fmt.Sprintf("case %d: %s failed:\n%s", r.number, n, o.output))
			case "":
				all = append(all, fmt.Sprintf("case %d: no test is called %s", r.number, n))
			}
		}
		if !held {
			all = append(all, fmt.Sprintf("case %d: no test that ran here holds it", r.number))
		}
	}
	return all
}

func TestProblems(t *testing.T) {
	outcomes := map[testName]outcome{
		{"apply", "TestDiff"}:   {action: "pass"},
		{"apply", "TestSkip"}:   {"skip", "no reason\n"},
		{"apply", "TestBroken"}: {"fail", "why\n"},
		{"e2e", "TestWait"}:     {action: "end to end"},
	}
	tests := []struct {
		name  string
		tests []testName
		want  []string
	}{
		{"passed", []testName{{"apply", "TestDiff"}}, nil},
		{"passed and skipped", []testName{{"apply", "TestDiff"}, {"apply", "TestSkip"}}, nil},
		{"passed and end to end", []testName{{"apply", "TestDiff"}, {"e2e", "TestWait/a"}}, nil},
		{"skipped", []testName{{"apply", "TestSkip"}}, []string{"case 7: no test that ran here holds it"}},
		{"end to end alone", []testName{{"e2e", "TestWait"}}, []string{"case 7: no test that ran here holds it"}},
		{"failed", []testName{{"apply", "TestBroken"}, {"apply", "TestDiff"}}, []string{"case 7: apply.TestBroken failed:\nwhy\n"}},
		{"unknown", []testName{{"apply", "TestDiff"}, {"apply", "TestDiff/a"}}, []string{"case 7: no test is called apply.TestDiff/a"}},
		{"unknown end to end", []testName{{"apply", "TestDiff"}, {"e2e", "TestNone"}}, []string{"case 7: no test is called e2e.TestNone"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := problems([]row{{7, test.tests}}, outcomes); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// look has the go command see each source of the module as one that this test goes
// by, so that it does not give the result of a run before a change. To it, a folder that
// was read is its files with their sizes and times.
func look(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist), path == root:
			return nil
		case err == nil && entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "bin" || entry.Name() == "dist"):
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// functions gives the tests of a package that is not run here.
func functions(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no test in %s: %v", folder, err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range testFunction.FindAllStringSubmatch(string(text), -1) {
			names = append(names, match[1])
		}
	}
	return names
}
