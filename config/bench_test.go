package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/kreconcile/kreconcile/config"
)

// large declares 1,000 group versions with 5 resources each.
func large() []byte {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "api \"group%d.example.com/v1\" {\n  reason = \"chart %d\"\n", i, i)
		for j := range 5 {
			fmt.Fprintf(&b, "\n  resource \"things%d\" {\n    kind  = \"Thing%d\"\n    scope = \"Namespaced\"\n    verbs = [\"get\", \"list\", \"watch\"]\n  }\n", j, j)
		}
		b.WriteString("}\n\n")
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	sources := []config.Source{{Name: "main.hcl", Bytes: large()}}
	b.SetBytes(int64(len(sources[0].Bytes)))
	for b.Loop() {
		if _, diags := config.Parse(sources, config.Inputs{}); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

// BenchmarkHCL parses the same bytes with hcl alone, to compare with.
func BenchmarkHCL(b *testing.B) {
	text := large()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, diags := hclparse.NewParser().ParseHCL(text, "main.hcl"); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}
