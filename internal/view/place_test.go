package view_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view"
)

// TestPlace: documents name files as the repository does, text as the command line did.
func TestPlace(t *testing.T) {
	r := report(t)
	file := r.Plan.Findings[0].Range.Filename
	diag := func(name string) *hcl.Diagnostic {
		return &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "A", Subject: &hcl.Range{
			Filename: name, Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2, Byte: 1},
		}}
	}
	r.Diagnostics = append(r.Diagnostics, diag(file), diag(config.Stdin), diag("--var"))
	r.Sources = append(r.Sources, config.Source{Name: config.Stdin, Bytes: []byte("x")})
	r.Place = func(name string) string {
		if name == config.Stdin {
			return "repository/stdin.hcl"
		}
		return "repository/" + strings.TrimPrefix(name, "./")
	}
	for name, v := range everyView() {
		switch name {
		case "json", "junit", "sarif", "github", "gitlab", "markdown":
			got := string(render(t, func(b *bytes.Buffer) error { return v.write(b, r) }))
			if n, all := strings.Count(got, "repository/"+file), strings.Count(got, file); n == 0 || n != all {
				t.Errorf("%s: %d of %d names are those of the repository in\n%s", name, n, all, got)
			}
			if !strings.Contains(got, "repository/stdin.hcl") || strings.Contains(got, config.Stdin) {
				t.Errorf("%s: standard input is not the file of the repository in\n%s", name, got)
			}
			if strings.Contains(got, "repository/--var") {
				t.Errorf("%s: a flag is taken for a file in\n%s", name, got)
			}
		case "text", "text in colour", "termination message":
			if got := string(render(t, func(b *bytes.Buffer) error { return v.write(b, r) })); strings.Contains(got, "repository/") {
				t.Errorf("%s names a file of the repository in\n%s", name, got)
			}
		}
	}
	// The line is still found.
	got := string(render(t, func(b *bytes.Buffer) error {
		return view.ValidateJSON(b, &view.Validation{Diagnostics: r.Diagnostics, Sources: r.Sources, Place: r.Place})
	}))
	if !strings.Contains(got, "repository/"+file) || strings.Count(got, `"code": "`) < 2 {
		t.Errorf("validate writes\n%s", got)
	}
	if got := string(render(t, func(b *bytes.Buffer) error { return view.SARIF(b, r) })); !strings.Contains(got, "The root of the repository.") {
		t.Errorf("SARIF does not say what paths are relative to:\n%s", got)
	}
}
