package e2e

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormats runs the built binary, and checks its output by the schemas that the
// readers of each format publish.
func TestFormats(t *testing.T) {
	t.Parallel()
	s := loadSchemas(t)
	snapshots := filepath.Join(suite.programs.Root, "testdata", "snapshots")
	stock, crds := filepath.Join(snapshots, "kubernetes.json"), filepath.Join(snapshots, "kubernetes-crds.json")
	tests := []struct {
		name, snapshot, declaration string
		args                        []string
		exit                        int
		// junit and sarif are expected in these reports.
		junit, sarif []string
	}{
		{
			name: "satisfied", snapshot: stock, declaration: "api \"v1\" {\n  resource \"pods\" {}\n}\napi \"x/v1\" { enabled = false }\n", exit: 0,
			junit: []string{`failures="0" errors="0" skipped="1"`}, sarif: []string{`"executionSuccessful": true`, `"results": []`},
		},
		{
			name: "drifted", snapshot: stock, exit: 2,
			declaration: "cluster {\n  kubernetes = \"< 1.30 || > 2\"\n}\napi \"v1\" {\n  resource \"pods\" {\n    scope = \"Cluster\"\n    verbs = [\"evict\", \"get\", \"bite\"]\n  }\n}\n" +
				"api \"example.com/v1\" {\n  severity = \"warning\"\n  remedy = \"See (https://example.com/a?b=c&d=e_f#g), or @all.\"\n  kind \"Widget\" {}\n}\n",
			junit: []string{`failures="2" errors="0"`, "<system-out>warning: "},
			sarif: []string{`"ruleId": "verb-not-served"`, `"kind": "fail"`, `"uri": "some%20folder/web.hcl"`},
		},
		{
			name: "stale", snapshot: crds, declaration: "api \"metrics.example.com/v1beta1\" {\n  resource \"pods\" {}\n}\n", exit: 3,
			junit: []string{`failures="0" errors="2"`, `<error type="stale"`}, sarif: []string{`"kind": "open"`, `"level": "none"`, `"executionSuccessful": false`},
		},
		{
			name: "not recorded", snapshot: lackingSnapshot(t, stock), declaration: "cluster {\n  kubernetes = \">= 1.30\"\n}\napi \"v1\" {}\n", exit: 3,
			junit: []string{`<error type="not-recorded"`}, sarif: []string{`"ruleId": "not-recorded"`},
		},
		{
			name: "allowed", snapshot: crds, declaration: "api \"metrics.example.com/v1beta1\" {}\napi \"v1\" {}\n", args: []string{"--allow-undetermined"}, exit: 0,
			junit: []string{`errors="0" skipped="1"`}, sarif: []string{`"executionSuccessful": true`, `"level": "warning"`},
		},
		{
			name: "mistaken", snapshot: stock, declaration: "api \"v1\" {\n  servd = true\n}\n", exit: 1,
			junit: []string{`errors="1"`}, sarif: []string{`"ruleId": "error"`, `"startLine": 2`},
		},
		{
			name: "usage", snapshot: stock, declaration: "api \"v1\" {}\n", args: []string{"--bogus"}, exit: 1,
			junit: []string{"Unknown flag"}, sarif: []string{"Unknown flag", `"results": []`},
		},
		{
			name: "hostile", snapshot: stock, exit: 2,
			declaration: "api \"example.com/v1\" {\n  reason = \"</failure>]]><script>|`@all` {0} [a](b) ##[error]\\u0000\\u001b[31m\\u202e\\ufffe\\uffff\"\n" +
				"  remedy = <<-EOT\n    https://example.com/&lt;](a)|b\n    ::error::%0A,\"&amp;'\n    <!-- ]]> -->\n  EOT\n}\n",
			junit: []string{`&lt;/failure&gt;]]&gt;&lt;script&gt;|`}, sarif: []string{"{{0}} [a] (b)"},
		},
	}
	logs := t.TempDir()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join("some folder", "web.hcl")
			if err := os.Mkdir(filepath.Join(dir, "some folder"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(tt.declaration), 0o644); err != nil {
				t.Fatal(err)
			}
			// From a file in the folder, by its absolute path, and from standard
			// input.
			for _, path := range []string{"./" + file, filepath.Join(dir, file), "-"} {
				args := append([]string{"apply", "--snapshot", tt.snapshot, path}, tt.args...)
				for _, format := range []string{"junit", "sarif", "github", "gitlab", "markdown"} {
					args = append(args, "-o", format+"="+format)
				}
				cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile, args...)
				cmd.Dir, cmd.Env, cmd.Stdin = dir, []string{}, strings.NewReader(tt.declaration)
				out, err := cmd.CombinedOutput()
				if code := cmd.ProcessState.ExitCode(); code != tt.exit {
					t.Fatalf("exit %d (%v)\n%s", code, err, out)
				}
				read := func(format string) []byte {
					content, err := os.ReadFile(filepath.Join(dir, format))
					if err != nil {
						t.Fatal(err)
					}
					return content
				}
				junit, sarif := read("junit"), read("sarif")
				if err := s.checkJUnit(t, filepath.Join(dir, "junit")); err != nil {
					t.Errorf("JUnit of %s: %v\n%s", path, err, junit)
				}
				if err := s.checkSARIF(sarif); err != nil {
					t.Errorf("SARIF of %s: %v\n%s", path, err, sarif)
				}
				// Identical logs are checked once.
				log := fmt.Sprintf("%s-%x.sarif", strings.ReplaceAll(tt.name, " ", "-"), sha256.Sum256(sarif))
				if err := os.WriteFile(filepath.Join(logs, log), sarif, 0o644); err != nil {
					t.Fatal(err)
				}
				if gitlab := read("gitlab"); checkGitLab(gitlab) != nil {
					t.Errorf("GitLab of %s: %v\n%s", path, checkGitLab(gitlab), gitlab)
				}
				for line := range strings.Lines(string(read("github"))) {
					if !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") && !strings.HasPrefix(line, "::notice ") {
						t.Errorf("GitHub of %s is no command: %q", path, line)
					}
				}
				if err := checkMarkdown(t, filepath.Join(dir, "markdown")); err != nil {
					t.Errorf("Markdown of %s: %v\n%s", path, err, read("markdown"))
				}
				if path != "./"+file {
					continue
				}
				for _, part := range tt.junit {
					if !strings.Contains(string(junit), part) {
						t.Errorf("JUnit lacks %q:\n%s", part, junit)
					}
				}
				for _, part := range tt.sarif {
					if !strings.Contains(string(sarif), part) {
						t.Errorf("SARIF lacks %q:\n%s", part, sarif)
					}
				}
			}
		})
	}
	t.Run("SARIF by the rules of GitHub", func(t *testing.T) {
		requireSARIFMultitool(t)
		if list := complaints(t, logs); len(list) > 0 {
			t.Errorf("%d complaints:\n%s", len(list), strings.Join(list, "\n"))
		}
	})
}

// lackingSnapshot is a snapshot without the server's version.
func lackingSnapshot(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]json.RawMessage
	if err := json.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	document["version"] = json.RawMessage(`{"failure": {"code": "not-recorded", "message": "it was not asked for"}}`)
	if content, err = json.Marshal(document); err != nil {
		t.Fatal(err)
	}
	lacking := filepath.Join(t.TempDir(), "lacking.json")
	if err := os.WriteFile(lacking, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return lacking
}

// TestSchemasRefuse tests that the checks find errors.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	s := loadSchemas(t)
	file := filepath.Join(t.TempDir(), "junit.xml")
	for name, document := range map[string]string{
		"an attribute": `<testsuites><testsuite name="a" tests="1"><testcase name="b" file="c"/></testsuite></testsuites>`,
		"an order":     `<testsuites><testsuite name="a" tests="1"><testcase name="b"><system-out/><failure/></testcase></testsuite></testsuites>`,
		"no end":       `<testsuites>`,
	} {
		if err := os.WriteFile(file, []byte(document), 0o644); err != nil {
			t.Fatal(err)
		}
		if s.checkJUnit(t, file) == nil {
			t.Errorf("the schema lets %s of JUnit pass", name)
		}
	}
	for name, document := range map[string]string{
		"a level":     `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}, "results": [{"message": {"text": "a"}, "level": "bad"}]}]}`,
		"a reference": `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a", "informationUri": "a b"}}}]}`,
		"a field":     `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}, "bad": 1}]}`,
	} {
		if s.checkSARIF([]byte(document)) == nil {
			t.Errorf("the schema lets %s of SARIF pass", name)
		}
	}
	for name, document := range map[string]string{
		"an element": "`a` <b>b</b>", "a link": "[a](https://example.com/)", "a link of GitHub's": "www.example.com", "code that ends early": "`a ` @b`", "a cell": "| a | b |\n| - | - |\n| `c|d` | e | f |",
		"too few cells": "| a | b | c |\n| - | - | - |\n| d |",
	} {
		if err := os.WriteFile(file, []byte("### kreconcile\n\n**No drift.** All holds.\n\n"+document+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if checkMarkdown(t, file) == nil {
			t.Errorf("the check lets %s of Markdown pass", name)
		}
	}
	const issue = `{"description": "a", "check_name": "b", "fingerprint": "c", "severity": "major", "location": {"path": "d", "lines": {"begin": 1}}}`
	for _, document := range []string{"null", "[{}]", "[" + issue + ", " + issue + "]", "[" + strings.Replace(issue, "major", "bad", 1) + "]"} {
		if checkGitLab([]byte(document)) == nil {
			t.Errorf("the check lets %s of GitLab pass", document)
		}
	}
	if err := checkGitLab([]byte("[" + issue + "]")); err != nil {
		t.Error(err)
	}
}

// TestPathsOfTheRepository runs in a folder of a repository, with git's prefix of it:
// a path from the root, and nothing in the root itself.
func TestPathsOfTheRepository(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	folder := filepath.Join(root, "services", "a b")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	git := func(dir string, args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(string(out), "\n")
	}
	git(root, "init", "--quiet")
	for _, dir := range []string{folder, root} {
		if err := os.WriteFile(filepath.Join(dir, "web.hcl"), []byte("api \"example.com/v1\" {}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	snapshot := filepath.Join(suite.programs.Root, "testdata", "snapshots", "kubernetes.json")
	for dir, want := range map[string]string{folder: "services/a b/web.hcl", root: "web.hcl"} {
		for _, path := range []string{".", "./web.hcl", filepath.Join(dir, "web.hcl")} {
			cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile,
				"apply", "--path-prefix", git(dir, "rev-parse", "--show-prefix"), "--snapshot", snapshot, "-o", "github", path)
			cmd.Dir, cmd.Env = dir, []string{}
			out, _ := cmd.Output()
			if cmd.ProcessState.ExitCode() != 2 || !strings.HasPrefix(string(out), "::error file="+want+",line=1,") {
				t.Errorf("%s in %s: exit %d\n%s", path, dir, cmd.ProcessState.ExitCode(), out)
			}
		}
	}
}
