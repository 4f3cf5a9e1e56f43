package e2e

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestVulnerabilities tests that the look-up finds what is linked and called, and
// that it passes without a look-up only if the database cannot be reached.
func TestVulnerabilities(t *testing.T) {
	t.Parallel()
	const id = "GO-2026-9999"
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(broken.Close)
	closed, empty, halved := closedAddress(t), t.TempDir(), vulnerabilityDatabase(t, id, "0", "")
	if err := os.WriteFile(filepath.Join(strings.TrimPrefix(halved, "file://"), "index", "modules.json"), []byte(`[{"path":`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		database string
		exit     int
		want     []string
		// never must not be in the output.
		never string
	}{
		"of what is called": {
			database: vulnerabilityDatabase(t, id, "0", ""), exit: 3,
			want: []string{id, "Module: github.com/hashicorp/hcl/v2", "hclsyntax.ParseConfig"}, never: "skipped",
		},
		"of an older version": {
			database: vulnerabilityDatabase(t, id, "0", "2.0.0"), exit: 0, want: []string{"No vulnerabilities found."}, never: id,
		},
		// govulncheck would read it as a database without entries.
		"an empty folder": {
			database: "file://" + empty, exit: 1, want: []string{"file://" + empty + " is no vulnerability database: curl: (37)"}, never: "No vulnerabilities",
		},
		"a server that fails": {
			database: broken.URL, exit: 1, want: []string{broken.URL + " is no vulnerability database: curl: (22)", "500"}, never: "skipped",
		},
		"a database that is broken": {database: halved, exit: 1, want: []string{"govulncheck: fetching vulnerabilities: unexpected EOF"}, never: "skipped"},
		"out of reach": {
			database: "http://" + closed, exit: 0,
			want: []string{"skipped, and nothing was looked up: http://" + closed + " cannot be reached: curl: (7)"}, never: "No vulnerabilities",
		},
		"a host that is not found": {
			database: "http://vulnerabilities.invalid", exit: 0,
			want: []string{"skipped, and nothing was looked up: http://vulnerabilities.invalid cannot be reached: curl: (6)"}, never: "No vulnerabilities",
		},
	} {
		t.Run(name, func(t *testing.T) {
			exit, output := runScript(t, []string{"GOVULNDB=" + test.database, "no_proxy=*"}, ".ci/vulnerabilities")
			if exit != test.exit {
				t.Errorf("exit %d, want %d", exit, test.exit)
			}
			expectInOrder(t, output, test.want...)
			if strings.Contains(output, test.never) {
				t.Errorf("the output holds %q:\n%s", test.never, output)
			}
		})
	}
}

// TestLicenses tests that an unlisted licence is found.
func TestLicenses(t *testing.T) {
	t.Parallel()
	exit, output := runScript(t, nil, ".ci/licenses", "Apache-2.0,BSD-3-Clause,MIT,Unicode-DFS-2016")
	const want = "Not allowed license 'MPL-2.0' found for library 'github.com/hashicorp/hcl/v2'"
	if exit != 1 || strings.Count(output, "Not allowed") != 1 || !strings.Contains(output, want) {
		t.Errorf("exit %d, want 1 and %q alone:\n%s", exit, want, output)
	}
}

// runScript runs a script in the main module's folder, and returns its exit code and
// all its output.
func runScript(t *testing.T, env []string, args ...string) (exit int, output string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(suite.programs.Root, args[0]), args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	content, err := cmd.CombinedOutput()
	if exited, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || !exited.Exited()) {
		t.Fatalf("%s: %v\n%s", args[0], err, content)
	}
	return cmd.ProcessState.ExitCode(), string(content)
}

// vulnerabilityDatabase makes a database with one entry: a function of HCL, which the
// program calls, is vulnerable in a range of versions.
//
// Source: https://go.dev/doc/security/vuln/database
func vulnerabilityDatabase(t *testing.T, id, introduced, fixed string) string {
	t.Helper()
	const module, modified = "github.com/hashicorp/hcl/v2", "2026-01-01T00:00:00Z"
	events := []map[string]string{{"introduced": introduced}}
	if fixed != "" {
		events = append(events, map[string]string{"fixed": fixed})
	}
	type object = map[string]any
	dir := t.TempDir()
	for name, document := range map[string]any{
		"index/db":      object{"modified": modified},
		"index/modules": []object{{"path": module, "vulns": []object{{"id": id, "modified": modified, "fixed": fixed}}}},
		"index/vulns":   []object{{"id": id, "modified": modified}},
		"ID/" + id: object{
			"schema_version": "1.3.1", "id": id, "modified": modified, "published": modified,
			"database_specific": object{"url": "https://pkg.go.dev/vuln/" + id},
			"summary":           "An entry that a test made up", "details": "An entry that a test made up.",
			"affected": []object{{
				"package": object{"name": module, "ecosystem": "Go"},
				"ranges":  []object{{"type": "SEMVER", "events": events}},
				"ecosystem_specific": object{"imports": []object{
					{"path": module + "/hclsyntax", "symbols": []string{"ParseConfig"}},
				}},
			}},
		},
	} {
		content, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name+".json")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "file://" + dir
}
