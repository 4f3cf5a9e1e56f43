package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
)

// TestValidateInTerraformsShape reads validate's JSON with the package for
// Terraform's: it accepts the document, and writes the same again, with nothing lost
// or added.
func TestValidateInTerraformsShape(t *testing.T) {
	t.Parallel()
	root := filepath.Join(suite.programs.Root, "testdata")
	var files []string
	for _, pattern := range []string{"invalid/*.hcl", "invalid/*.hcl.json", "valid/*.hcl", "valid/*.hcl.json"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatal("there are no declarations: ", err)
		}
		files = append(files, found...)
	}
	tests := map[string][]string{"usage": {"--bogus"}, "a folder of nothing": {t.TempDir()}, "a file that is not there": {"gone.hcl"}}
	for _, file := range files {
		name, _ := filepath.Rel(root, file)
		tests[name] = []string{file}
	}
	snippets := 0
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile, append([]string{"validate", "-o", "json"}, args...)...)
			cmd.Env = []string{}
			document, err := cmd.Output()
			var v tfjson.ValidateOutput
			if err := json.Unmarshal(document, &v); err != nil {
				t.Fatalf("%v\n%s", err, document)
			}
			if v.Valid != (err == nil) || v.Valid != (v.ErrorCount == 0) {
				t.Errorf("valid is %t, with %d errors and the error %v", v.Valid, v.ErrorCount, err)
			}
			counts := map[tfjson.DiagnosticSeverity]int{}
			for _, d := range v.Diagnostics {
				counts[d.Severity]++
				if s := d.Snippet; s != nil {
					snippets++
					if d.Range == nil || s.HighlightStartOffset > s.HighlightEndOffset || s.HighlightEndOffset > len(s.Code) {
						t.Errorf("%s: the range is %v, and the snippet %+v", d.Summary, d.Range, s)
					}
				}
			}
			if counts[tfjson.DiagnosticSeverityError] != v.ErrorCount || counts[tfjson.DiagnosticSeverityWarning] != v.WarningCount || len(counts) > 2 {
				t.Errorf("there are %v, and the counts say %d and %d", counts, v.ErrorCount, v.WarningCount)
			}
			again, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(generic(t, document), generic(t, again)); diff != "" {
				t.Errorf("(-kreconcile +Terraform's package)\n%s", diff)
			}
		})
	}
	if snippets < 20 {
		t.Errorf("there were only %d snippets", snippets)
	}
}

func generic(t *testing.T, document []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(document, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
