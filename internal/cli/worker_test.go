package cli_test

import (
	"context"
	"encoding/gob"
	"errors"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kreconcile/kreconcile/internal/cli"
)

// Tests run kreconcile a thousand times, and most runs do less than the start of a process takes. A
// worker is a process that runs kreconcile many times. A goroutine could not, because each run has a
// current folder.

// job is a run of kreconcile in a worker.
type job struct {
	Args, Environ []string
	// Dir is the current folder.
	Dir, Stdin string
}

type answer struct {
	Code           int
	Stdout, Stderr string
}

// work does the jobs that come from standard input, until it ends.
func work() {
	log.SetOutput(io.Discard)
	jobs, answers := gob.NewDecoder(os.Stdin), gob.NewEncoder(os.Stdout)
	for {
		var j job
		if err := jobs.Decode(&j); errors.Is(err, io.EOF) {
			os.Exit(0)
		} else if err != nil {
			panic(err)
		}
		if err := answers.Encode(j.do()); err != nil {
			panic(err)
		}
	}
}

func (j job) do() answer {
	if err := os.Chdir(j.Dir); err != nil {
		panic(err)
	}
	os.Clearenv()
	for _, entry := range append(j.Environ, "PWD="+j.Dir) {
		name, value, _ := strings.Cut(entry, "=")
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	var stdout, stderr strings.Builder
	code := cli.Run(context.Background(), cli.Process{
		Args: j.Args, Environ: j.Environ, Stdin: strings.NewReader(j.Stdin), Stdout: &stdout, Stderr: &stderr, Connector: connector(j.Environ),
	})
	return answer{code, stdout.String(), stderr.String()}
}

// worker is a process that does jobs.
type worker struct {
	process *exec.Cmd
	stdin   io.Closer
	jobs    *gob.Encoder
	answers *gob.Decoder
}

func newWorker() (*worker, error) {
	cmd := exec.Command("worker")
	// There are more workers than processors.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &worker{cmd, stdin, gob.NewEncoder(stdin), gob.NewDecoder(stdout)}, cmd.Start()
}

func (w *worker) do(j job) (answer, error) {
	if err := w.jobs.Encode(j); err != nil {
		return answer{}, err
	}
	var a answer
	err := w.answers.Decode(&a)
	return a, err
}

func (w *worker) end() error { return errors.Join(w.stdin.Close(), w.process.Wait()) }

// idle are the workers without a job. There are as many workers as scripts run at once.
var idle struct {
	sync.Mutex
	workers []*worker
}

func runInWorker(j job) (answer, error) {
	// A process reads the roots of its system once, from where these variables say.
	alone := slices.ContainsFunc(j.Environ, func(entry string) bool { return strings.HasPrefix(entry, "SSL_CERT_") })
	w, err := idleWorker(alone)
	if err != nil {
		return answer{}, err
	}
	a, err := w.do(j)
	if err != nil || alone {
		return a, errors.Join(err, w.end())
	}
	idle.Lock()
	defer idle.Unlock()
	idle.workers = append(idle.workers, w)
	return a, nil
}

// idleWorker returns an idle worker, or a fresh one if there is none or it must be fresh.
func idleWorker(fresh bool) (*worker, error) {
	idle.Lock()
	defer idle.Unlock()
	last := len(idle.workers) - 1
	if fresh || last < 0 {
		return newWorker()
	}
	w := idle.workers[last]
	idle.workers = idle.workers[:last]
	return w, nil
}

// endWorkers ends all workers. They are idle once the tests have ended.
func endWorkers() error {
	var errs []error
	for _, w := range idle.workers {
		errs = append(errs, w.end())
	}
	return errors.Join(errs...)
}

// runHere runs kreconcile in a worker, in the test's own folder.
func runHere(t *testing.T, environ []string, args ...string) answer {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	a, err := runInWorker(job{Args: args, Environ: environ, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// runScript runs kreconcile in a worker, in the folder and the environment of a script.
func runScript(ts *testscript.TestScript, stdin string, args []string) answer {
	o, err := runInWorker(job{Args: args, Environ: environ(ts), Dir: ts.MkAbs("."), Stdin: stdin})
	ts.Check(err)
	_, _ = io.WriteString(ts.Stdout(), o.Stdout)
	_, _ = io.WriteString(ts.Stderr(), o.Stderr)
	return o
}

// environ returns the variables of a script that have a value.
func environ(ts *testscript.TestScript) (environ []string) {
	for _, name := range variables() {
		if value := ts.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	return environ
}

// variables returns the names that scripts and their commands set, because a script cannot list its
// own.
var variables = sync.OnceValue(func() []string {
	names := []string{"PATH", "HOME", "TMPDIR", "TERM", "IMPATIENT", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"}
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		panic(err)
	}
	setting, assignment := regexp.MustCompile(`(?m)^(\[.*\] )?env .*`), regexp.MustCompile(`\b(\w+)=`)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			panic(err)
		}
		for _, line := range setting.FindAllString(string(text), -1) {
			for _, match := range assignment.FindAllStringSubmatch(line, -1) {
				names = append(names, match[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
})
