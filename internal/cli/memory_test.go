package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// peak runs a program and writes its peak memory in KiB to a file. A process starts
// with the memory of its parent, so a test, which is large by then, cannot measure
// this itself.
func peak() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		panic(err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if err := os.WriteFile(os.Args[1], fmt.Append(nil, usage.Maxrss), 0o600); err != nil {
		panic(err)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// The limits of a run in KiB. The helper that measures takes some 20 MiB itself.
const (
	normalMemory  = 64 << 10
	hostileMemory = 192 << 10
)

// measured is the result of a run.
type measured struct {
	code           int
	stdout, stderr string
	peak           int
}

// measure runs a program and measures its peak memory.
func measure(t *testing.T, environ []string, program string, args ...string) measured {
	t.Helper()
	file := filepath.Join(t.TempDir(), "peak")
	cmd := exec.Command("peak", append([]string{file, program}, args...)...)
	cmd.Env = append(slices.Clone(environ), "PATH="+os.Getenv("PATH"))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	kib, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return measured{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), kib}
}

// canMeasure skips a test that was not requested, or that the system cannot run.
func canMeasure(t *testing.T) {
	t.Helper()
	if os.Getenv("KRECONCILE_TEST_MEMORY") == "" {
		t.Skip("it takes long; make memory runs it")
	}
	if runtime.GOOS != "linux" {
		t.Skipf("the peak of a process's memory is not in KiB on %s", runtime.GOOS)
	}
}

// repeated returns head, as many units as fit into size bytes, and tail.
func repeated(size int, head, unit, tail string) string {
	return head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail
}

// numbered returns head, n numbered units, and tail.
func numbered(n int, head, unit, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		fmt.Fprintf(&b, unit, i)
	}
	return b.String() + tail
}

// TestMemoryOfNormalInput tests that ordinary declarations take little memory: many
// blocks, fields, permissions and checks, a live cluster, and a report in each
// format.
func TestMemoryOfNormalInput(t *testing.T) {
	canMeasure(t)
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	server.SetSchemas(apitest.Schemas{"apis/apps/v1": apitest.OpenAPI(
		apitest.KindSchema("apps", "v1", "Deployment", `"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"}}}}`),
	)})
	declared := numbered(1000, "", `api "group%d.example.com/v1" {
  severity = "warning"
  reason   = "a chart"

  resource "things" {
    scope = "Namespaced"
    verbs = ["get", "list", "watch"]
  }
}
`, `
api "apps/v1" {
  kind "Deployment" {
    field "spec.replicas" {
      type = "integer"
    }
  }
}

permission "deploy" {
  verbs     = ["create", "patch"]
  resources = ["deployments.apps", "services"]
  namespace = "web"
}

check "either" {
  assert {
    condition     = served("apps/v1", "deployments") || served("batch/v1", "jobs")
    error_message = "Neither is served."
  }
}
`)
	dir := t.TempDir()
	place(t, filepath.Join(dir, "web.hcl"), declared)
	environ, err := server.Environ()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"apply", "--service-account-dir", server.ServiceAccountDir(t)}
	m := measure(t, environ, build(t), append(append(args, toFiles(dir)...), dir)...)
	t.Logf("%d KiB", m.peak)
	if m.code != 2 || !strings.Contains(m.stdout, "4 satisfied, 2004 drifted, 0 undetermined, 0 skipped.") {
		t.Errorf("it exits with %d\n%.2000s\n%.2000s", m.code, m.stderr, m.stdout[max(len(m.stdout)-500, 0):])
	}
	if m.peak > normalMemory {
		t.Errorf("it took %d KiB, want at most %d", m.peak, normalMemory)
	}
}

// toFiles returns flags for text on standard output and each other format in a file.
func toFiles(dir string) []string {
	flags := []string{"-o", "text"}
	for _, format := range reports {
		if format != "text" {
			flags = append(flags, "-o", format+"="+filepath.Join(dir, format))
		}
	}
	return flags
}

func place(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
