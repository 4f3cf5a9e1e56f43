package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/nearest"
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
	// Connector reaches clusters.
	Connector Connector
}

// Run runs one command and gives the exit code of the process. It ends early,
// with the code that shells expect, on SIGINT and SIGTERM.
func Run(ctx context.Context, p Process) int {
	ctx, stop := withSignals(ctx)
	defer stop()
	a := &app{Process: p, stdout: &guard{w: p.Stdout}, stderr: &guard{w: p.Stderr}}
	root := a.root()
	root.SetArgs(longFlags(root, p.Args))
	root.SetIn(p.Stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	code, err := a.execute(ctx, root)
	if err != nil {
		return a.fail(err)
	}
	return code
}

// app is one run. What it writes goes to the guards, never to the Process's own
// writers.
type app struct {
	Process
	stdout, stderr *guard
	// code is what the command that ran came to.
	code int
	// reported tells that the command wrote its own report, so that a failure
	// behind it is not written as another one.
	reported bool
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

// longFlags lets long flags begin with one dash, as Terraform's do.
func longFlags(root *cobra.Command, args []string) []string {
	known := map[string]bool{}
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && known[name] && len(name) > 1 {
			out[i] = "-" + arg
		}
	}
	return out
}

// unknownCommand comes before any flag is read, because a flag of a command that
// does not exist would be the one to blame.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return nil
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	known := []string{cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}
	for _, cmd := range root.Commands() {
		known = append(known, cmd.Name())
	}
	if slices.Contains(known, args[0]) {
		return nil
	}
	if like := nearest.Name(args[0], known); like != "" {
		return fmt.Errorf("there is no command %q; did you mean %s", args[0], like)
	}
	return fmt.Errorf("there is no command %q", args[0])
}

// fail reports a failure that ended the run before its command could report
// anything: in every format that was asked for on standard output.
func (a *app) fail(err error) int {
	diag := &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Usage error",
		Detail: sentence(err.Error()) + " kreconcile --help and kreconcile COMMAND --help show what there is.",
	}
	if panicked, ok := errors.AsType[*panicError](err); ok {
		diag = crash(panicked.value)
		if a.verbose() {
			_, _ = a.stderr.Write(panicked.stack)
		}
	}
	a.printDiagnostics(hcl.Diagnostics{diag}, nil, false)
	if command, asked := a.jsonAsked(); asked && !a.reported {
		report := &view.Report{Command: command, Version: version(), ExitCode: exitError, Diagnostics: hcl.Diagnostics{diag}}
		_ = view.JSON(a.stdout, report)
	}
	return exitError
}

type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprint(e.value) }

// jsonAsked tells, of arguments that could not be parsed, which command they were
// for and whether they ask for JSON on standard output.
func (a *app) jsonAsked() (command string, asked bool) {
	for i, arg := range a.Args {
		if command == "" && !strings.HasPrefix(arg, "-") {
			command = arg
		}
		value, found := strings.CutPrefix(arg, "--output=")
		if !found {
			value, found = strings.CutPrefix(arg, "-o")
			value = strings.TrimPrefix(value, "=")
		}
		if (arg == "-o" || arg == "--output") && i+1 < len(a.Args) {
			value, found = a.Args[i+1], true
		}
		asked = asked || found && value == formatJSON
	}
	return command, asked
}

func (a *app) verbose() bool {
	for _, arg := range a.Args {
		if arg == "-v" || arg == "--verbose" {
			return true
		}
	}
	return false
}

func (a *app) printDiagnostics(diags hcl.Diagnostics, sources config.Sources, color bool) {
	if len(diags) > 0 {
		// Where standard error is gone, there is nobody left to tell.
		_ = view.Diagnostics(a.stderr, diags, sources, color)
	}
}

// getenv gives the value of the last entry of that name, as os.Getenv does.
func (a *app) getenv(name string) string {
	value := ""
	for _, entry := range a.Environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// logger writes warnings to standard error, and everything where verbose.
func (a *app) logger(verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(view.CleanWriter(a.stderr), &slog.HandlerOptions{Level: level}))
}

// signalError is the cause of a context that a signal ended.
type signalError struct{ signal os.Signal }

func (e signalError) Error() string { return "ended by " + e.signal.String() }

// withSignals gives a context that the first SIGINT or SIGTERM ends. A second one
// ends the process at once, in the system's way. A broken pipe becomes an error
// of the write: the runtime's own answer to it can be the code for drift.
func withSignals(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	received := make(chan os.Signal, 1)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGPIPE)
	go func() {
		select {
		case s := <-received:
			signal.Reset(os.Interrupt, syscall.SIGTERM)
			cancel(signalError{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(received)
		cancel(nil)
	}
}
