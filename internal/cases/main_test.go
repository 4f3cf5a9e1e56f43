package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// events are those of go test -json for tests that pass, fail and skip, for a package
// that does not build, and for one that was cut off.
const events = `{"ImportPath":"github.com/kreconcile/kreconcile/broken","Action":"build-output","Output":"# broken\n"}
{"ImportPath":"github.com/kreconcile/kreconcile/broken","Action":"build-output","Output":"broken.go:3: undefined: x\n"}
{"ImportPath":"github.com/kreconcile/kreconcile/broken","Action":"build-fail"}
{"Action":"start","Package":"github.com/kreconcile/kreconcile/apply"}
{"Action":"run","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestDiff"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestDiff","Output":"=== RUN   TestDiff\n"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestDiff","Output":"    diff_test.go:1: of no interest\n"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestDiff","Output":"--- PASS: TestDiff (0.00s)\n"}
{"Action":"pass","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestDiff","Elapsed":0}
{"Action":"run","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestSkip"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestSkip","Output":"    skip_test.go:2: only root may\n"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestSkip","Output":"--- SKIP: TestSkip (0.00s)\n"}
{"Action":"skip","Package":"github.com/kreconcile/kreconcile/apply","Test":"TestSkip","Elapsed":0}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/apply","Output":"PASS\n"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/apply","Output":"ok  \tgithub.com/kreconcile/kreconcile/apply\t(cached)\n"}
{"Action":"pass","Package":"github.com/kreconcile/kreconcile/apply","Elapsed":0.1}
{"Action":"start","Package":"github.com/kreconcile/kreconcile/internal/cli"}
{"Action":"run","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun"}
{"Action":"run","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun/a"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun/a","Output":"=== RUN   TestRun/a\n"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun/a","Output":"    run_test.go:3: got 2\n"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun/a","Output":"    --- FAIL: TestRun/a (0.25s)\n"}
{"Action":"fail","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun/a","Elapsed":0.25}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun","Output":"--- FAIL: TestRun (0.30s)\n"}
{"Action":"fail","Package":"github.com/kreconcile/kreconcile/internal/cli","Test":"TestRun","Elapsed":0.3}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/internal/cli","Output":"FAIL\n"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/internal/cli","Output":"FAIL\tgithub.com/kreconcile/kreconcile/internal/cli\t0.4s\n"}
{"Action":"fail","Package":"github.com/kreconcile/kreconcile/internal/cli","Elapsed":0.4}
{"Action":"start","Package":"github.com/kreconcile/kreconcile/broken"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/broken","Output":"FAIL\tgithub.com/kreconcile/kreconcile/broken [build failed]\n"}
{"Action":"fail","Package":"github.com/kreconcile/kreconcile/broken","Elapsed":0,"FailedBuild":"github.com/kreconcile/kreconcile/broken"}
what is no event
{"Action":"start","Package":"github.com/kreconcile/kreconcile/config"}
{"Action":"run","Package":"github.com/kreconcile/kreconcile/config","Test":"TestHang"}
{"Action":"output","Package":"github.com/kreconcile/kreconcile/config","Test":"TestHang","Output":"panic: test timed out after 1s\n"}
`

const printed = `# broken
broken.go:3: undefined: x
--- SKIP: TestSkip (0.00s)
    skip_test.go:2: only root may
ok  	github.com/kreconcile/kreconcile/apply	(cached)
--- FAIL: TestRun (0.30s)
--- FAIL: TestRun/a (0.25s)
    run_test.go:3: got 2
FAIL	github.com/kreconcile/kreconcile/internal/cli	0.4s
FAIL	github.com/kreconcile/kreconcile/broken [build failed]
what is no event
--- FAIL: TestHang (0.00s)
panic: test timed out after 1s
failed: internal/cli.TestRun
failed: internal/cli.TestRun/a
failed: internal/cli
failed: broken
failed: config.TestHang
failed: config
1 tests and sub-tests passed, 1 were skipped
`

// TestRun runs a command in a module whose pages name tests.
func TestRun(t *testing.T) {
	const environment = "| a ResourceQuota | yes | `e2e.TestQuota` |\n"
	tests := []struct {
		name, cases string
		args        []string
		code        int
		stdout      string
		stderr      string
	}{
		{
			"failures", "| 1 | a | `internal/cli.TestRun/a`, `apply.TestNone` | b |\n", []string{"cat", "events"}, 1,
			printed + "cases: case 1: internal/cli.TestRun/a failed\ncases: case 1: apply.TestNone did not run\n", "",
		},
		{
			"all passed", "| 1 | a | `apply.TestDiff` | b |\n", []string{"sed", "-n", "4,16p", "events"}, 0,
			"--- SKIP: TestSkip (0.00s)\n    skip_test.go:2: only root may\nok  	github.com/kreconcile/kreconcile/apply	(cached)\n1 tests and sub-tests passed, 1 were skipped\n", "",
		},
		{
			"end to end", "| 1 | a | `apply.TestDiff`, `e2e.TestQuota` | b |\n", []string{"-e2e", "sed", "-n", "s/apply/e2e/; s/TestDiff/TestQuota/g; 4,9p", "events"}, 1,
			"=== RUN   TestQuota\n    diff_test.go:1: of no interest\n--- PASS: TestQuota (0.00s)\nfailed: e2e\n1 tests and sub-tests passed, 0 were skipped\n", "",
		},
		{
			"a folder of the end-to-end tests", "| 1 | a | `apply.TestDiff`, `e2e/alerts.TestAlerts` | b |\n",
			[]string{"-e2e", "sed", "-n", "s/TestDiff/TestQuota/g; s/apply/e2e/; 4,9p; 16p; s/TestQuota/TestAlerts/g; s/e2e/&\\/alerts/; 9p; 16p", "events"}, 0,
			"=== RUN   TestQuota\n    diff_test.go:1: of no interest\n--- PASS: TestQuota (0.00s)\n2 tests and sub-tests passed, 0 were skipped\n", "",
		},
		{"no event", "| 1 | a | `apply.TestDiff` | b |\n", []string{"true"}, 1, "0 tests and sub-tests passed, 0 were skipped\ncases: case 1: apply.TestDiff did not run\ncases: case 1: no test that ran here shows it\n", ""},
		{"a command that fails", "| 1 | a | `apply.TestDiff` | b |\n", []string{"sh", "-c", "sed -n 4,16p events; exit 1"}, 1, "--- SKIP: TestSkip (0.00s)\n    skip_test.go:2: only root may\nok  	github.com/kreconcile/kreconcile/apply	(cached)\n1 tests and sub-tests passed, 1 were skipped\n", ""},
		{"no such command", "| 1 | a | `apply.TestDiff` | b |\n", []string{"./nowhere"}, 2, "0 tests and sub-tests passed, 0 were skipped\n", "cases: fork/exec ./nowhere: no such file or directory\n"},
		{"no command", "", nil, 2, "", "usage: cases [-e2e] go test -json [ARG...]\n"},
		{"no table", "# Cases\n", []string{"true"}, 2, "", "cases: docs/maintainers/reliability.md: no row begins with the number of a case\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for name, content := range map[string]string{
				"events": events, filepath.Join("docs", "maintainers", "reliability.md"): tt.cases, filepath.Join("docs", "maintainers", "environments.md"): environment,
			} {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var stdout, stderr bytes.Buffer
			code := run(tt.args, &stdout, &stderr)
			if code != tt.code || stdout.String() != tt.stdout || !strings.HasSuffix(stderr.String(), tt.stderr) {
				t.Errorf("it exits with %d and prints\n%s\n%s", code, &stdout, &stderr)
			}
		})
	}
}

// TestMorePackages: an argument of the caller comes later, and counts.
func TestMorePackages(t *testing.T) {
	more := fmt.Sprintf("-p=%d", runtime.GOMAXPROCS(0)+1)
	for _, tt := range []struct{ command, want []string }{
		{[]string{"go", "test", "-json", "-p=1"}, []string{"go", "test", more, "-json", "-p=1"}},
		{[]string{".ci/e2e"}, []string{".ci/e2e"}},
		{[]string{"go", "version"}, []string{"go", "version"}},
	} {
		if got := withMorePackages(tt.command); !slices.Equal(got, tt.want) {
			t.Errorf("%v becomes %v, want %v", tt.command, got, tt.want)
		}
	}
}
