package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/argv"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/view"
)

// Process is everything that a run takes from its process.
type Process struct {
	// Args are the arguments without the program's name.
	Args []string
	// Environ is the environment in the form of os.Environ.
	Environ        []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Signals gives those that ask the process to end. Where it is nil, none does.
	Signals <-chan os.Signal
	// Connector reaches clusters.
	Connector Connector
}

// grace is how long a run that a signal ended may take to report. It is less than
// what Kubernetes grants a Pod.
const grace = 5 * time.Second

// Run runs one command and gives the exit code of the process. It ends early, with
// the code that shells expect, on a signal that asks it to; a run that is stuck then,
// as in a write to a pipe that nobody reads, is left behind: at a second signal, or
// after a while.
func Run(ctx context.Context, p Process) int {
	ctx, second, stop := withSignals(ctx, p.Signals)
	defer stop()
	if p.Stdin != nil {
		p.Stdin = files.Reader{Done: ctx.Done(), Cause: func() error { return context.Cause(ctx) }, From: p.Stdin}
	}
	done := make(chan int, 1)
	go func() { done <- execute(ctx, p) }()
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
	}
	ended, bySignal := signalCode(ctx)
	if !bySignal {
		return <-done
	}
	select {
	case code := <-done:
		return code
	case <-second:
	case <-time.After(grace):
	}
	return ended
}

func execute(ctx context.Context, p Process) (code int) {
	// A panic is reported nearer to where it happened. Where the report panics, too, only
	// the code is left.
	defer func() {
		if recover() != nil {
			code = exitError
		}
	}()
	a := newApp(p)
	root := a.root()
	a.Args = arguments(root, p.Args)
	root.SetArgs(a.Args)
	if completing(a.Args) {
		completions(root)
	}
	code, err := a.execute(ctx, root)
	if err == nil && code == exitOK && a.stdout.Failed() {
		// cobra ignores that a help text could not be written.
		err = errors.New("standard output could not be written to")
	}
	if err == nil && code == exitOK && a.stderr.Failed() {
		return exitError // there is nowhere left to say why
	}
	if err != nil {
		return a.fail(root, err)
	}
	return code
}

// app is one run. What it writes goes to the guards: it has the Process without the
// writers.
type app struct {
	Process
	stdout, stderr *outlet.Guard
	// redactor is that of both guards, and of every client.
	redactor *inclusterauth.Redactor
	// code is what the command that ran came to.
	code int
	// reported is set once the command writes its own report, so that a failure behind it
	// is not written as another one.
	reported bool
}

func newApp(p Process) *app {
	r := new(inclusterauth.Redactor)
	a := &app{Process: p, redactor: r, stdout: outlet.NewGuard(p.Stdout, r.Redact), stderr: outlet.NewGuard(p.Stderr, r.Redact)}
	a.Stdout, a.Stderr = nil, nil
	return a
}

// execute runs the command. A panic is an error like others: Go's own exit code
// for it would be the one for drift.
func (a *app) execute(ctx context.Context, root *cobra.Command) (code int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	if err := unknownCommand(root, a.Args); err != nil {
		return exitError, err
	}
	if err := root.ExecuteContext(ctx); err != nil {
		return exitError, err
	}
	return a.code, nil
}

// fail reports a failure that ended the run before its command could report
// anything.
func (a *app) fail(root *cobra.Command, err error) int {
	diag := a.misuse(root, err)
	if a.stdout.Failed() {
		diag = operational(err)
	}
	if panicked, ok := errors.AsType[*panicError](err); ok {
		diag = crash(panicked.value)
		if a.debugging() {
			_, _ = a.stderr.Write(panicked.stack)
		}
	}
	a.printDiagnostics(hcl.Diagnostics{diag}, nil, false)
	if !a.reported {
		a.reportUsage(root, diag)
	}
	return exitError
}

// reportUsage writes a failure wherever a result was asked for, so that nobody takes an
// earlier result for this one's, but not over something that is read. What it cannot write
// is on standard error already. A flag that the command does not have names no result: it
// may be a slip for another one.
func (a *app) reportUsage(root *cobra.Command, diag *hcl.Diagnostic) {
	report := &view.Report{Command: commandOf(root, a.Args), Version: version(), ExitCode: exitError, Diagnostics: hcl.Diagnostics{diag}}
	command, known := root, false
	for _, cmd := range root.Commands() {
		if cmd.Name() == report.Command {
			command, known = cmd, true
		}
	}
	// Where no command is known, any of them may be meant.
	has := func(flag string) bool { return !known || command.Flags().Lookup(flag) != nil }
	unwritable := a.unwritable()
	var outputs []output
	if has(outputFlag) {
		wanted := &outputValue{&outputs, view.ReportFormats()}
		if own, ok := outputsOf(command); ok {
			wanted.formats = own.formats
		}
		for _, text := range argv.Values(a.Args, outputFlag, "o") {
			// What is wrong with it is in the diagnostic.
			_ = wanted.Set(text)
		}
	}
	for _, o := range outputs {
		if unwritable[o.path] {
			continue
		}
		if report.Command == "validate" {
			_ = a.writeValidation(o, colorNever, &view.Validation{Diagnostics: report.Diagnostics})
			continue
		}
		_ = a.write(o, colorNever, false, report)
	}
	if has(terminationFlag) {
		for _, path := range argv.Values(a.Args, terminationFlag, "") {
			if unwritable[path] {
				continue
			}
			_ = a.writeTermination(path, report)
		}
	}
	if has(tektonFlag) {
		for _, dir := range argv.Values(a.Args, tektonFlag, "") {
			if slices.ContainsFunc(tektonDestinations(dir), func(d outlet.Destination) bool { return unwritable[d.Path] }) {
				continue
			}
			_ = a.writeTektonResults(dir, report)
		}
	}
}

// outputsOf returns the flag of a command that says where its results go.
func outputsOf(command *cobra.Command) (*outputValue, bool) {
	flag := command.Flags().Lookup(outputFlag)
	if flag == nil {
		return nil, false
	}
	value, ok := flag.Value.(*outputValue)
	return value, ok
}

type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprint(e.value) }

func (a *app) printDiagnostics(diags hcl.Diagnostics, sources config.Sources, color bool) {
	if len(diags) > 0 {
		var b bytes.Buffer
		_ = view.Diagnostics(&b, diags, sources, color)
		// Where standard error is gone, nobody reads that it is.
		_ = a.stderr.Put(b.String(), textForm(color))
	}
}

// getenv returns the value of the last entry of that name, as os.Getenv does.
func (a *app) getenv(name string) string {
	value := ""
	for _, entry := range a.Environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// logger writes warnings to standard error, and everything where debug is set.
func (a *app) logger(debug bool) *slog.Logger {
	level := slog.LevelWarn
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
}
