package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// requireSARIFMultitool skips a test if there is no npm, but never in CI.
func requireSARIFMultitool(t *testing.T) {
	t.Helper()
	err := installSARIFMultitool()
	if errors.Is(err, programs.ErrNoNPM) && os.Getenv("CI") == "" {
		t.Skip("SARIF is not checked with the rules of GitHub: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var (
	sarifComplaint = regexp.MustCompile(`(?m)^(.*): (error|warning|note) ([A-Z]+[0-9]+): .*$`)
	// A build without a tag has the version "dev".
	sarifVersion = regexp.MustCompile(`SARIF2005: runs\[0\]\.tool\.driver\.version: .*'dev'`)
)

// complaints returns SARIF Multitool's complaints about the logs in a folder, by the
// rules of the standard and of GitHub code scanning: each line that is an error or a
// warning.
func complaints(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.sarif"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no logs: ", err)
	}
	args := append([]string{"validate", "--rule-kind", "Sarif;Ghas"}, files...)
	cmd := exec.CommandContext(t.Context(), suite.programs.SARIFMultitool, args...)
	// Otherwise, .NET would need libicu.
	cmd.Env = []string{"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	content, err := cmd.CombinedOutput()
	out := string(content)
	if done := fmt.Sprintf("Done. %d files scanned.", len(files)); err != nil || !strings.Contains(out, done) {
		t.Fatalf("%v, and it does not say %q:\n%s", err, done, out)
	}
	var list []string
	for _, line := range sarifComplaint.FindAllString(out, -1) {
		if !sarifVersion.MatchString(line) {
			list = append(list, strings.TrimPrefix(line, dir+"/"))
		}
	}
	return list
}

// TestSARIFMultitoolRefuses tests that the check finds what GitHub would reject.
func TestSARIFMultitoolRefuses(t *testing.T) {
	t.Parallel()
	requireSARIFMultitool(t)
	const log = `{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{
		"tool": {"driver": {"name": "a", "rules": [{"id": "a", "shortDescription": {"text": "A."}}]}},
		"results": [{"ruleId": "a", "ruleIndex": 0, "message": {"text": "A."}, "locations": []}]}]}`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.sarif"), []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(complaints(t, dir), "\n")
	for _, want := range []string{"error GH1015: runs[0].results[0]", "'fullDescription'"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
}
