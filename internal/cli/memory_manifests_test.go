package cli_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// definitionOf is a CustomResourceDefinition with a schema.
func definitionOf(i int, schema string) string {
	return fmt.Sprintf("---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a%ds.example.com}\nspec:\n"+
		"  {group: example.com, scope: Namespaced, names: {plural: a%[1]ds, kind: A%[1]d}, versions: [{name: v1, served: true, storage: true,\n"+
		"    schema: {openAPIV3Schema: {type: object, properties: {spec: {%s}}}}}]}\n", i, schema)
}

// TestMemoryOfManifests tests that no manifest takes more memory than a small Pod has, or much time.
// An idle machine takes 3 seconds at most.
func TestMemoryOfManifests(t *testing.T) {
	canMeasure(t)
	const document, all, field = 16 << 20, 64 << 20, "type: object, properties: {x: {type: string}}"
	many := func(n int, schema string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(definitionOf(i, schema))
		}
		return b.String()
	}
	fields := func(n int) string {
		return numbered(n, "type: object, properties: {x: {type: string}, ", "f%d: {type: string}, ", "}")
	}
	anchors := "---\na: &a0 [" + strings.Repeat("x, ", 10) + "]\n"
	for i := range 9 {
		anchors += fmt.Sprintf("b%d: &a%d [%s]\n", i, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 10))
	}
	ours := definitionOf(0, field)
	program, dir := build(t), t.TempDir()
	place(t, filepath.Join(dir, "web.hcl"), "api \"example.com/v1\" {\n  kind \"A0\" {\n    field \"spec.x\" {}\n  }\n}\n")
	for _, test := range []struct {
		name, manifest string
		want           string // an error, or empty where it is valid
	}{
		{"10,000 definitions", many(10_000, field), ""},
		{"10,000 other objects", ours + strings.Repeat("---\nkind: ConfigMap\ndata: {a: b}\n", 10_000), ""},
		{"10,000 errors", strings.Repeat("---\na: [\n", 10_000), "a list is not closed"},
		{"descriptions to the cap", repeated(all, ours, definitionOf(1, "description: "+strings.Repeat("x", 1<<20)+", "+field), ""), ""},
		{"many schemas", ours + many(7_000, fields(90)), "more than 16 MiB, without descriptions"},
		{"many schemas, and a large document", ours + many(5_000, fields(90)) + "---\n" + repeated(document-10, "a: ["+strings.Repeat("a,", 299_980)+"]\nb: \"", "\n x", "\"\n"), ""},
		{"comments to the cap", repeated(all, ours, "# a comment of a line that says nothing\n", ""), "a document has more than 16 MiB"},
		{"more than the cap", repeated(all+100, ours, "---\n# x\n", ""), "all manifests together have more than 64 MiB"},
		{"one line", ours + "---\n# " + strings.Repeat("x", document), "a document has more than 16 MiB"},
		{"JSON objects", ours + "---\n" + repeated(document-10, "", "{}", ""), ""},
		{"items", ours + "---\n" + repeated(document-10, "[", "a,", "]"), "more than 300000 values"},
		{"items up to the limit", ours + "---\na: [" + strings.Repeat("a,", 299_980) + "]", ""},
		{"lists up to the limit", ours + "---\na:\n" + strings.Repeat("- []\n", 299_980), ""},
		{"maps up to the limit", ours + "---\na:\n" + strings.Repeat("- a: b\n", 149_000), ""},
		{"keys up to the limit", ours + numbered(299_000, "---\n", "a%d: b\n", ""), ""},
		{"a key of a key", ours + "---\n" + repeated(document-10, "", "a: &a\n", ""), "more than 300000 values"},
		{"brackets", ours + "---\n" + repeated(document-10, "", "[", ""), "nested deeper than 500 levels"},
		{"dashes", ours + "---\n" + repeated(document-10, "", "- ", ""), "nested deeper than 500 levels"},
		{"a large schema", definitionOf(0, fields(3_900)), ""},
		{"fields up to the limit", ours + definitionOf(1, fields(120_000)), ""},
		{"aliases of aliases", ours + anchors, "more than 300000 values"},
		{"aliases of a text", ours + "---\na: &a " + strings.Repeat("x", 8<<20) + "\nb: [" + strings.Repeat("*a, ", 1000) + "]\n", "aliases make the document larger than 32 MiB"},
		{"one text", ours + "---\n" + repeated(document-10, "a: \"", "x", "\"\n"), ""},
		{"one text with escapes", ours + "---\n" + repeated(document-10, "a: \"", "\\x00", "\"\n"), ""},
		{"one text of lines", ours + "---\n" + repeated(document-10, "a: \"", "\n x", "\"\n"), ""},
		{"one literal text", ours + "---\n" + repeated(document-10, "a: >\n", "  x\n", ""), ""},
		{"one plain text", ours + "---\n" + repeated(document-10, "a: b\n", "  x\n", ""), ""},
		{"quotes", ours + "---\n" + repeated(document-10, "a: '", "''", "'\n"), ""},
		{"blank lines", ours + "---\n" + repeated(document-10, "a: b\n", "\n", ""), ""},
		{"long keys", ours + "---\n" + repeated(document-10, "", "? b\n: c\n", ""), "more than 300000 values"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "crds.yaml")
			place(t, file, test.manifest)
			begin := time.Now()
			m := measure(t, nil, program, "apply", "--release", "1.37", "--crds", file, filepath.Join(dir, "web.hcl"))
			took := time.Since(begin)
			t.Logf("%d KiB, %s, exit %d", m.peak, took.Round(time.Millisecond), m.code)
			if code := map[bool]int{true: 0, false: 1}[test.want == ""]; m.code != code || !strings.Contains(m.stderr, test.want) {
				t.Errorf("it exits with %d, and says %.500s%.500s", m.code, m.stderr, m.stdout)
			}
			if m.peak > hostileMemory || took > 30*time.Second {
				t.Errorf("it took %d KiB and %s, want at most %d KiB and 30 s", m.peak, took, hostileMemory)
			}
		})
	}
}
