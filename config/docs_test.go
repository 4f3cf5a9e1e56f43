package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestConstraintTableOfTheDocs runs the table of constraints in docs/language.md.
func TestConstraintTableOfTheDocs(t *testing.T) {
	page, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	var versions []string
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.ReplaceAll(strings.Trim(line, "|\n "), `\|`, "\x00"), "|")
		for i := range cells {
			cells[i] = strings.Trim(strings.ReplaceAll(cells[i], "\x00", "|"), " `")
		}
		switch {
		case cells[0] == "constraint":
			versions = cells[1:]
			continue
		case versions == nil || strings.HasPrefix(cells[0], "---"):
			continue
		case len(cells) != 1+len(versions):
			versions = nil
			continue
		}
		rows++
		constraint, err := config.ParseVersionConstraint(cells[0])
		if err != nil {
			t.Errorf("%q: %v", cells[0], err)
			continue
		}
		for i, git := range versions {
			version, err := kubeapi.ParseVersion(git)
			if err != nil {
				t.Fatal(err)
			}
			if got := map[bool]string{true: "yes", false: "no"}[constraint.Check(version)]; got != cells[i+1] {
				t.Errorf("%s with %s: the docs say %s, and it is %s", cells[0], git, cells[i+1], got)
			}
		}
	}
	if rows < 8 {
		t.Errorf("the table has %d rows", rows)
	}
}
