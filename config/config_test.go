package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// parse reads one text as the source main.hcl, or main.hcl.json where it begins
// with a brace.
func parse(text string, in config.Inputs) (*config.Declaration, hcl.Diagnostics) {
	return config.Parse([]config.Source{source(text)}, in)
}

func source(text string) config.Source {
	name := "main.hcl"
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		name = "main.hcl.json"
	}
	return config.Source{Name: name, Bytes: []byte(text)}
}

// report renders diagnostics, one a line: place, summary and detail.
func report(diags hcl.Diagnostics) []string {
	var lines []string
	for _, d := range diags {
		kind := "error"
		if d.Severity == hcl.DiagWarning {
			kind = "warning"
		}
		lines = append(lines, fmt.Sprintf("%s: %s: %s: %s", d.Subject, kind, d.Summary, d.Detail))
	}
	return lines
}

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test ./config -update rewrites it):\n%s", path, diff)
	}
}

// fixtures lists the declarations of a folder.
func fixtures(t *testing.T, folder string) []config.Source {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var sources []config.Source
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".hcl") && !strings.HasSuffix(entry.Name(), ".hcl.json") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, config.Source{Name: entry.Name(), Bytes: content})
	}
	if len(sources) == 0 {
		t.Fatalf("%s holds no declaration", folder)
	}
	return sources
}

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }
