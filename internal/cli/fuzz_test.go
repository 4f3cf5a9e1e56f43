package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
)

// FuzzExitCode tests that a run ends with a documented code, which its single valid
// document has and its findings imply, and that plan differs from apply only in the
// code for drift.
func FuzzExitCode(f *testing.F) {
	recorded := []byte(`{"format_version":"1.1","endpoint":"https://10.0.1.149:443","time":"2026-01-31T11:00:00Z",` +
		`"core":{"value":{"name":"","preferred":"v1","versions":[{"name":"v1","freshness":"Current","resources":{"value":[]}}]}},` +
		`"confirmed":{"value":true},"groups":{"value":[{"name":"apps","preferred":"v1","versions":[{"name":"v1","freshness":"Stale",` +
		`"resources":{"failure":{"code":"stale","message":"it is stale"}}}]}]}}`)
	for _, declared := range []string{
		`api "v1" {}`, `api "apps/v1" {}`, `api "batch/v1" {}`, "api \"batch/v1\" {\n  severity = \"warning\"\n}\napi \"apps/v1\" {}",
		"api \"batch/v1\" {}\napi \"apps/v1\" {}", `cluster { kubernetes = ">= 1.30" }`, `api "v1" { enabled = false }`, "locals {}", "api {", "",
		`{"check": {"a": {"assert": {"condition": "${served(\"v1\")}", "error_message": "no"}}}}`,
	} {
		f.Add([]byte(declared), recorded)
	}
	f.Add([]byte(`api "v1" {}`), []byte(`{"kind":"Pod"}`))
	path := filepath.Join(f.TempDir(), "cluster.json")
	f.Fuzz(func(t *testing.T, declared, snapshot []byte) {
		if err := os.WriteFile(path, snapshot, 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(command string) (int, summary) {
			var stdout, stderr bytes.Buffer
			code := cli.RunWithoutSignals(t.Context(), cli.Process{
				Args:  []string{command, "-o", "json", "--snapshot", path, "-"},
				Stdin: bytes.NewReader(declared), Stdout: &stdout, Stderr: &stderr, Connector: live.InCluster{},
			})
			var s summary
			if err := json.Unmarshal(stdout.Bytes(), &s); err != nil {
				t.Fatalf("%s writes, with %v:\n%s", command, err, stdout.Bytes())
			}
			if s.ExitCode != code || bytes.Contains(stderr.Bytes(), []byte("Internal error")) {
				t.Fatalf("%s exits with %d, writes %+v, and says\n%s", command, code, s, stderr.Bytes())
			}
			return code, s
		}
		applied, s := run("apply")
		planned, _ := run("plan")
		want := map[string]int{}
		for _, target := range s.Targets {
			for _, finding := range target.Findings {
				if finding.Severity == "error" {
					want[finding.Status]++
				}
			}
		}
		drift, unknown := want["drifted"] > 0, want["undetermined"] > 0
		gate, show := 0, 0
		switch {
		case applied == 1:
			gate, show = 1, 1
		case drift && unknown:
			gate, show = 2, 3
		case drift:
			gate = 2
		case unknown:
			gate, show = 3, 3
		}
		if applied != gate || planned != show || (applied == 1) != s.invalid() {
			t.Errorf("apply exits with %d and plan with %d, want %d and %d, of %+v", applied, planned, gate, show, s)
		}
	})
}

// summary has the fields of a JSON document that decide an exit code.
type summary struct {
	ExitCode int `json:"exit_code"`
	Targets  []struct {
		Findings []struct {
			Status   string `json:"status"`
			Severity string `json:"severity"`
		} `json:"findings"`
	} `json:"targets"`
	Diagnostics []struct {
		Severity string `json:"severity"`
	} `json:"diagnostics"`
}

// invalid reports whether there is an error that is no finding.
func (s summary) invalid() bool {
	for _, d := range s.Diagnostics {
		if d.Severity == "error" {
			return true
		}
	}
	return false
}
