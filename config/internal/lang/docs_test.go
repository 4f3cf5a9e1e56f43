package lang

import (
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated parts of the docs anew")

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
	const path = "../../../docs/language.md"
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parts := reference()
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
		t.Errorf("%s (-page +language; go test ./config/internal/lang -update rewrites it):\n%s", path, diff)
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

// TestJSONSchemaOfTheDocs compares the JSON Schema with that of the language. A test in e2e
// looks at what it accepts and refuses.
func TestJSONSchemaOfTheDocs(t *testing.T) {
	const path = "../../../docs/schema/declaration.schema.json"
	if *update {
		if err := os.WriteFile(path, jsonSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), string(jsonSchema())); diff != "" {
		t.Errorf("%s (-page +language; go test ./config/internal/lang -update rewrites it):\n%s", path, diff)
	}
}
