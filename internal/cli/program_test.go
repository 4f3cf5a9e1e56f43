package cli_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
)

func TestMain(m *testing.M) {
	testscript.Main(leakless{m}, map[string]func(){"kreconcile": kreconcile, "worker": work, "peak": peak, "terminal": terminal})
}

// leakless runs tests that fail if one of them leaves a goroutine behind.
type leakless struct{ tests *testing.M }

// Run runs the tests and returns the exit code. It is not called if the binary is run
// as kreconcile.
func (l leakless) Run() (code int) {
	dir, err := os.MkdirTemp("", "kreconcile")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if os.Getenv("KRECONCILE_TEST_MEMORY") == "" {
		// Most of the time, scripts wait: for a time limit, or for a program that does.
		if err := flag.Set("test.parallel", "8"); err != nil {
			panic(err)
		}
	}
	buildOnce = sync.OnceValues(func() (string, error) { return goBuild(dir) })
	defer func() {
		if err := endWorkers(); err != nil {
			panic(err)
		}
	}()
	goleak.VerifyTestMain(l.tests, goleak.Cleanup(func(c int) { code = c }))
	return code
}

var buildOnce func() (string, error)

// build returns the path of the real program, which is static. All tests share it,
// and every user may run it.
func build(t *testing.T) string {
	t.Helper()
	path, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func goBuild(dir string) (string, error) {
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	// Before it uses a cached result, go test compares the files that a test has
	// read. It knows the other packages, because the tests import them.
	for _, folder := range []string{filepath.Join("..", "..", "cmd", "kreconcile"), filepath.Join("..", "signals")} {
		if _, err := os.ReadDir(folder); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, "kreconcile")
	cmd := exec.Command("go", "build", "-gcflags=all=-dwarf=false", "-ldflags=-s -w", "-o", path, "github.com/kreconcile/kreconcile/cmd/kreconcile")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
}

// limited returns a context that ends a process if a broken test would wait forever.
func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// impatient tries a request again at once.
type impatient struct{ live.InCluster }

func (i impatient) Connect(t live.Target) (*discovery.Client, error) {
	c, err := i.InCluster.Connect(t)
	if err == nil {
		c.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	return c, err
}

// kreconcile does what cmd/kreconcile does, and may be impatient.
func kreconcile() {
	log.SetOutput(io.Discard)
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Connector: connector(os.Environ()),
	}))
}

// connector returns that of cmd/kreconcile, or an impatient one if IMPATIENT is 1.
func connector(environ []string) live.Connector {
	if slices.Contains(environ, "IMPATIENT=1") {
		return impatient{}
	}
	return live.InCluster{}
}

type jsonDocument struct {
	ExitCode int `json:"exit_code"`
	Targets  []struct {
		Findings []struct {
			Status       string `json:"status"`
			Undetermined struct {
				Code    string `json:"code"`
				Message string `json:"message"`
			} `json:"undetermined"`
		} `json:"findings"`
		Wait struct {
			Ended string `json:"ended"`
		} `json:"wait"`
	} `json:"targets"`
	Diagnostics []struct {
		Summary string `json:"summary"`
	} `json:"diagnostics"`
}

func document(t *testing.T, b []byte) jsonDocument {
	t.Helper()
	var doc jsonDocument
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatalf("%v:\n%s", err, b)
	}
	return doc
}

// declaration returns the path of a file that requires one API.
func declaration(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web.hcl")
	write(t, path, "api \"v1\" {}\n")
	return path
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
