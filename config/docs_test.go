package config_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	if rows < 10 {
		t.Errorf("the table has %d rows", rows)
	}
}

// generated is a part of docs/language.md. Its marks are comments, which no reader
// of the page sees.
var generated = regexp.MustCompile(`(?s)<!-- begin generated: ([a-z]+) -->\n\n(.*?)\n<!-- end generated -->`)

func part(name, text string) string {
	return "<!-- begin generated: " + name + " -->\n\n" + text + "\n<!-- end generated -->"
}

// TestReferenceOfTheDocs holds that docs/language.md describes the language that
// the parser reads. With -update, it writes the generated parts anew, and puts
// those of new blocks at the end, each under a heading of its own.
func TestReferenceOfTheDocs(t *testing.T) {
	const path = "../docs/language.md"
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parts := config.Reference()
	seen := map[string]bool{}
	page := generated.ReplaceAllStringFunc(string(before), func(old string) string {
		name := generated.FindStringSubmatch(old)[1]
		if seen[name] || parts[name] == "" {
			t.Errorf("%s has a part %q that is there twice, or describes nothing", path, name)
			return old
		}
		seen[name] = true
		return part(name, parts[name])
	})
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if !seen[name] {
			page += "\n## " + name + "\n\n" + part(name, parts[name]) + "\n"
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(before), page); diff != "" {
		t.Errorf("%s (-page +language; go test ./config -update rewrites it):\n%s", path, diff)
	}
	// Links within the page lead to a heading.
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^##+ (.*)$`).FindAllStringSubmatch(page, -1) {
		anchors[strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")] = true
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(page, -1) {
		if !anchors[m[1]] {
			t.Errorf("%s links to #%s, which is no heading of it", path, m[1])
		}
	}
}

// TestJSONSchemaOfTheDocs holds that the JSON Schema is the one of the language.
// That it accepts and refuses what it should is tested in e2e.
func TestJSONSchemaOfTheDocs(t *testing.T) {
	golden(t, "../docs/schema/declaration.schema.json", string(config.JSONSchema()))
}
