package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMemoryOfGenerate tests that generate needs the memory of one document, and of what it writes, and not
// of all manifests: 10,000 documents of 50 MB, and others of the same number.
func TestMemoryOfGenerate(t *testing.T) {
	canMeasure(t)
	const documents = 10_000
	deployment := "---\n# Source: web/templates/%[1]d.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-%[1]d\n  namespace: shop\n  annotations:\n" +
		"    example.com/notes: |\n" + strings.Repeat("      "+strings.Repeat("x", 93)+"\n", 47) +
		"spec:\n  template:\n    spec:\n      hostUsers: false\n      containers:\n      - {name: web, image: web, resizePolicy: [{resourceName: cpu}]}\n"
	object := "---\napiVersion: example.com/v1\nkind: Kind%d\nmetadata: {name: web}\n"
	program := build(t)
	for _, test := range []struct {
		name, manifests string
		limit           int
		code            int
		want            string
	}{
		{"objects of 50 MB", numbered(documents, "", deployment, ""), normalMemory, 0, `field "spec.template.spec.hostUsers" {}`},
		{"kinds", numbered(documents, "", object, ""), hostileMemory, 0, `kind "Kind9999" {`},
		{"group versions", numbered(documents, "", strings.ReplaceAll(object, "example.com/v1\nkind: Kind%d", "g%d.example.com/v1\nkind: Web"), ""), hostileMemory, 1, "The declaration would be too large"},
		{"namespaces", numbered(documents, "", strings.ReplaceAll(object, "example.com/v1\nkind: Kind%d\nmetadata: {", "v1\nkind: Pod\nmetadata: {namespace: ns%d, "), ""), hostileMemory, 1, "The declaration would be too large"},
		{"definitions", numbered(documents, "", strings.NewReplacer("a0s", "a%[1]ds", "A0", "A%[1]d").Replace(definitionOf(0, "type: object")), ""), normalMemory, 0, `kind "CustomResourceDefinition" {`},
		{"unknown fields", "apiVersion: v1\nkind: Pod\nspec:\n" + numbered(250_000, "", "  field%d: x\n", ""), hostileMemory, 0, "249900 more are not shown."},
		{"errors", strings.Repeat("---\na: [\n", documents), normalMemory, 1, "a list is not closed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "web.yaml")
			place(t, file, test.manifests)
			begin := time.Now()
			m := measure(t, nil, program, "generate", "--fields", "--permissions", "-f", file)
			took := time.Since(begin)
			t.Logf("%d documents, %.1f MB: %d KiB, %s, exit %d", strings.Count(test.manifests, "---\n"), float64(len(test.manifests))/1e6, m.peak, took.Round(time.Millisecond), m.code)
			if m.code != test.code || !strings.Contains(m.stdout+m.stderr, test.want) {
				t.Errorf("it exits with %d, and says %.500s%.500s", m.code, m.stderr, m.stdout)
			}
			if m.peak > test.limit || took > 30*time.Second {
				t.Errorf("it took %d KiB and %s, want at most %d KiB and 30 s", m.peak, took, test.limit)
			}
		})
	}
}
