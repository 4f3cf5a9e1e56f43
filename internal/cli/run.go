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
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/stack"
	"github.com/kreconcile/kreconcile/internal/usage"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/console"
)

// Process is everything that a run gets from its process.
type Process struct {
	// Args are the arguments without the program's name.
	Args []string
	// Environ is the environment, as from os.Environ.
	Environ        []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Signals delivers the signals that ask the process to end. Nil means that none
	// does.
	Signals <-chan os.Signal
	// Connector reaches clusters.
	Connector live.Connector
}

// grace is how long a run may take to report after a signal. It is less than
// Kubernetes grants a Pod.
const grace = 5 * time.Second

// Run runs one command and returns the exit code of the process. A signal ends it
// early, with the code that shells expect. If the run is stuck then, for example in a
// write to a pipe that nobody reads, Run returns without it at the second signal, or
// after a while.
func Run(ctx context.Context, p Process) int {
	ctx, second, stop := withSignals(ctx, p.Signals)
	defer stop()
	if p.Stdin != nil {
		p.Stdin = files.Reader{Done: ctx.Done(), Cause: func() error { return context.Cause(ctx) }, From: p.Stdin}
	}
	done := make(chan int, 1)
	go func() {
		stack.Grow()
		done <- execute(ctx, p)
	}()
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
	// A panic is usually reported where it happened. If the report itself panics,
	// only the exit code is left.
	defer func() {
		if recover() != nil {
			code = exitError
		}
	}()
	a := newApp(p)
	root := a.root()
	a.Args = arguments(root, p.Args)
	root.SetArgs(a.Args)
	if usage.Completing(a.Args) {
		a.completions(root)
	}
	code, err := a.execute(ctx, root)
	if err == nil && code == exitOK && a.stdout.Failed() {
		// cobra ignores an error when it writes a help text.
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

// app is one run. It has the Process without the writers, because all output goes
// through the guards.
type app struct {
	Process
	stdout, stderr *outlet.Guard
	// redactor is shared by both guards and every client.
	redactor *inclusterauth.Redactor
	// code is the exit code of the command that ran.
	code int
	// reported is set once the command has written its own report, so that a later
	// failure does not replace that report.
	reported bool
}

func newApp(p Process) *app {
	r := new(inclusterauth.Redactor)
	a := &app{Process: p, redactor: r, stdout: outlet.NewGuard(p.Stdout, r.Redact), stderr: outlet.NewGuard(p.Stderr, r.Redact)}
	a.Stdout, a.Stderr = nil, nil
	return a
}

// execute runs the command. A panic becomes an error like any other: Go's own exit
// code for a panic means drift.
func (a *app) execute(ctx context.Context, root *cobra.Command) (code int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	if err := usage.UnknownCommand(root, a.Args); err != nil {
		return exitError, err
	}
	if err := root.ExecuteContext(ctx); err != nil {
		return exitError, err
	}
	return a.code, nil
}

// fail reports a failure from before the command could report anything.
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

// reportUsage writes a failure wherever a result was requested, so that nobody takes
// an earlier result for this one, but never over an input. Errors of these writes are
// already on standard error. A flag that the command does not have names no result:
// it may be a typing error.
func (a *app) reportUsage(root *cobra.Command, diag *hcl.Diagnostic) {
	r := &report.Report{Version: version(), ExitCode: exitError, Diagnostics: hcl.Diagnostics{diag}}
	command, known := root, false
	if cmd := usage.CommandOf(root, a.Args); cmd != nil {
		command, known, r.Command = cmd, true, usage.NameOf(cmd)
	}
	// If the command is not known, it may be any of them.
	has := func(flag string) bool { return !known || command.Flags().Lookup(flag) != nil }
	unwritable := a.unwritable()
	var results []flags.Result
	if has(flags.OutputFlag) {
		wanted := &flags.ResultValue{Results: &results, Formats: view.ReportFormats()}
		if own, ok := outputsOf(command); ok {
			wanted.Formats = own.Formats
		}
		for _, text := range argv.Values(a.Args, flags.OutputFlag, "o") {
			// The diagnostic already says what is wrong with the value.
			_ = wanted.Set(text)
		}
	}
	plain := &flags.Output{Color: flags.ColorNever}
	for _, o := range results {
		if unwritable[o.Path] {
			continue
		}
		switch r.Command {
		case "validate":
			_ = a.writeResult(o, plain, validation(&report.Validation{Diagnostics: r.Diagnostics}))
		case "range":
			_ = a.writeResult(o, plain, releases(&report.Range{Version: r.Version, ExitCode: exitError, Diagnostics: r.Diagnostics}))
		case "snapshot diff":
			_ = a.writeResult(o, plain, difference(&report.Comparison{ExitCode: exitError, Diagnostics: r.Diagnostics}))
		case "api-versions":
			_ = a.writeResult(o, plain, apiVersions(&report.APIVersions{ExitCode: exitError, Diagnostics: r.Diagnostics}))
		case "test":
			_ = a.writeResult(o, plain, tests(&report.Tests{Diagnostics: r.Diagnostics}))
		default:
			_ = a.writeReport(o, plain, r)
		}
	}
	if has(flags.TerminationFlag) {
		for _, path := range argv.Values(a.Args, flags.TerminationFlag, "") {
			if unwritable[path] {
				continue
			}
			_ = a.writeTermination(path, r)
		}
	}
	if has(flags.TektonFlag) {
		for _, dir := range argv.Values(a.Args, flags.TektonFlag, "") {
			if slices.ContainsFunc(tektonDestinations(dir), func(d outlet.Destination) bool { return unwritable[d.Path] }) {
				continue
			}
			_ = a.writeTektonResults(dir, r)
		}
	}
}

// outputsOf returns the flag for a command's results.
func outputsOf(command *cobra.Command) (*flags.ResultValue, bool) {
	flag := command.Flags().Lookup(flags.OutputFlag)
	if flag == nil {
		return nil, false
	}
	value, ok := flag.Value.(*flags.ResultValue)
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
		_ = console.Diagnostics(&b, diags, sources, color)
		// If standard error is closed, nobody would read that.
		_ = a.stderr.Put(b.String(), textForm(color))
	}
}

// getenv returns the value of a variable's last entry, as os.Getenv does.
func (a *app) getenv(name string) string {
	value := ""
	for _, entry := range a.Environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// logger writes warnings to standard error, or everything with --debug.
func (a *app) logger(debug bool) *slog.Logger { return loggerTo(a.stderr, debug) }

func loggerTo(w io.Writer, debug bool) *slog.Logger {
	level := slog.LevelWarn
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
