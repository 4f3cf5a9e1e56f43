package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view"
)

// planFlags are the flags of plan and apply.
type planFlags struct {
	declarationFlags
	connectionFlags
	outputFlags
	snapshot       string
	policy         apply.Policy
	detailed       bool
	terminationLog string
	verbose        bool
}

func (a *app) planCommand() *cobra.Command {
	return a.judgingCommand("plan", &cobra.Command{
		Use:   "plan [PATH...]",
		Short: "Show how the cluster differs from the declaration",
		Long: `Show how the cluster differs from the declaration.

A PATH is a file, a folder (its *.hcl and *.hcl.json), or - for standard input;
without one it is the current folder. plan exits 0 on drift, unless
--detailed-exitcode is given, and 3 where something could not be told. To stop a
pipeline on drift, use apply.`,
		Example: `  kreconcile plan                                  # inside a Pod
  kreconcile plan --server http://127.0.0.1:8001   # through kubectl proxy
  kreconcile plan --snapshot cluster.json web.hcl  # no cluster at all`,
	})
}

func (a *app) applyCommand() *cobra.Command {
	return a.judgingCommand("apply", &cobra.Command{
		Use:   "apply [PATH...]",
		Short: "Gate: exit nonzero where the cluster differs from the declaration",
		Long: `Compare the cluster with the declaration like plan, and gate: exit 2 on drift and
3 where something could not be told. apply changes nothing in the cluster.

A PATH is a file, a folder (its *.hcl and *.hcl.json), or - for standard input;
without one it is the current folder.`,
		Example: `  kreconcile apply /etc/kreconcile                       # in a Job: a mounted ConfigMap
  kreconcile apply -o json=result.json -o text           # two results in one run
  kreconcile apply --allow-undetermined --fail-on-warning
  kreconcile apply - < requirements.hcl                  # standard input`,
	})
}

func (a *app) judgingCommand(name string, cmd *cobra.Command) *cobra.Command {
	var f planFlags
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if name == "apply" && !f.detailed {
			return errors.New("apply always exits 2 on drift; plan shows it and exits 0")
		}
		for _, o := range f.outputs {
			if f.terminationLog != "" && samePath(o.path, f.terminationLog) {
				return fmt.Errorf("--termination-log would overwrite what -o %s writes to %q", o.format, o.path)
			}
		}
		f.verbose, _ = cmd.Flags().GetBool("verbose")
		a.code = a.judge(cmd.Context(), name, &f, paths)
		return nil
	}
	flags := cmd.Flags()
	f.declarationFlags.bind(flags)
	f.connectionFlags.bind(flags)
	f.outputFlags.bind(flags)
	flags.StringVar(&f.snapshot, "snapshot", "", "judge what this `file` recorded, instead of a live cluster")
	flags.BoolVar(&f.policy.FailOnWarning, "fail-on-warning", false, "treat requirements of severity warning like errors")
	flags.BoolVar(&f.policy.AllowUndetermined, "allow-undetermined", false,
		"let what could not be told pass, if at least one requirement could be")
	flags.BoolVar(&f.detailed, "detailed-exitcode", name == "apply", "exit 2 on drift (apply always does)")
	if name == "apply" {
		_ = flags.MarkHidden("detailed-exitcode") // it exists
	}
	flags.StringVar(&f.terminationLog, "termination-log", "", "write the verdict to this `file` too, in at most 4096 bytes")
	return cmd
}

// judge runs plan or apply, and reports in every way that was asked for. It gives
// the exit code.
func (a *app) judge(ctx context.Context, command string, f *planFlags, paths []string) int {
	report := &view.Report{Command: command, Version: version()}
	a.protect(f.verbose, &report.Diagnostics, func() { a.plan(ctx, f, paths, report) })
	report.ExitCode = exitError
	code, ended := signalCode(ctx)
	if report.Plan != nil && !report.Diagnostics.HasErrors() {
		// Of a run that was ended, nothing is let pass.
		f.policy.AllowUndetermined = f.policy.AllowUndetermined && !ended
		report.Verdict = report.Plan.Verdict(f.policy)
		report.ExitCode = exitCode(report.Verdict, f.detailed)
	}
	if ended {
		report.ExitCode = code
	}
	return a.emit(f, report)
}

// protect turns a panic of what it runs into a diagnostic.
func (a *app) protect(verbose bool, diags *hcl.Diagnostics, run func()) {
	defer func() {
		if v := recover(); v != nil {
			*diags = append(*diags, crash(v))
			if verbose {
				_, _ = a.stderr.Write(debug.Stack())
			}
		}
	}()
	run()
}

// plan fills the report with what the declaration and the cluster come to.
func (a *app) plan(ctx context.Context, f *planFlags, paths []string, report *view.Report) {
	logger := a.logger(f.verbose)
	inputs := config.Inputs{PodNamespace: a.Connector.Namespace(a.target(&f.connectionFlags, logger))}
	declaration, sources, diags := a.declaration(paths, &f.declarationFlags, inputs)
	report.Sources = sources
	report.Diagnostics = diags
	if diags.HasErrors() {
		return
	}
	snapshot, origin, err := a.found(ctx, f, declaration, logger)
	if err != nil {
		report.Diagnostics = append(report.Diagnostics, operational(err))
		return
	}
	report.Origin = origin
	report.Plan = apply.Diff(declaration, snapshot)
	for _, finding := range report.Plan.Findings {
		if u := finding.Undetermined; u != nil {
			u.Hint = hint(u, origin)
		}
	}
}

// found gives what there is to compare the declaration with.
func (a *app) found(
	ctx context.Context, f *planFlags, d *config.Declaration, logger *slog.Logger,
) (*discovery.Snapshot, *view.Origin, error) {
	if f.snapshot != "" {
		return loadSnapshot(f.snapshot)
	}
	return a.ask(ctx, &f.connectionFlags, d, logger)
}

func loadSnapshot(path string) (*discovery.Snapshot, *view.Origin, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, nil, fmt.Errorf("snapshot %s: %w", path, withoutPath(err))
	}
	defer func() { _ = file.Close() }()
	s, err := discovery.Load(file)
	if err != nil {
		return nil, nil, fmt.Errorf("snapshot %s: %w", path, err)
	}
	origin := &view.Origin{
		Endpoint: s.Endpoint, SnapshotFile: path, SnapshotTime: s.Time, ServerVersion: s.Version.Value.GitVersion,
	}
	return s, origin, nil
}

// maxRounds bounds how often a plan may ask for more.
const maxRounds = 8

// ask asks the API server for what the declaration needs, until it needs nothing
// more.
func (a *app) ask(
	ctx context.Context, f *connectionFlags, d *config.Declaration, logger *slog.Logger,
) (*discovery.Snapshot, *view.Origin, error) {
	client, err := a.connect(f, d.Endpoint, logger)
	if err != nil {
		return nil, nil, err
	}
	endpoint := client.Endpoint()
	ctx, cancel := context.WithTimeoutCause(ctx, f.timeout, fmt.Errorf("--timeout %s is over", f.timeout))
	defer cancel()
	started := time.Now()
	s := &discovery.Snapshot{Endpoint: endpoint, Time: started}
	if apply.EndpointDrifts(d, endpoint) {
		s.FailUnasked(&discovery.Failure{
			Code:    discovery.OtherEndpoint,
			Message: fmt.Sprintf("nothing was asked: the connection would be to %s, and %s is declared", endpoint, d.Endpoint.URL),
		})
	}
	for range maxRounds {
		needs := apply.Needs(d, s)
		if needs.Empty() {
			break
		}
		client.Fetch(ctx, s, needs)
	}
	stats := client.Stats()
	return s, &view.Origin{
		Endpoint: endpoint, ServerVersion: s.Version.Value.GitVersion,
		Requests: stats.Requests, Bytes: stats.Bytes, Duration: time.Since(started),
	}, nil
}

// emit writes the report everywhere, and gives the exit code: what could not be
// written is an error, whatever the verdict is. Files come first, so that standard
// output and the termination message tell the code that the process ends with.
func (a *app) emit(f *planFlags, report *view.Report) int {
	a.reported = true
	a.printDiagnostics(report.Diagnostics, report.Sources, a.paints(f.color, a.Stderr))
	failed := func(err error) {
		diag := operational(err)
		a.printDiagnostics(hcl.Diagnostics{diag}, nil, false)
		report.Diagnostics = append(report.Diagnostics, diag)
		report.ExitCode = exitError
	}
	write := func(toFile bool) {
		for _, o := range f.wanted() {
			if toFile != (o.path != "") {
				continue
			}
			if err := a.write(o, f.color, f.verbose, report); err != nil {
				failed(fmt.Errorf("the result could not be written: %w", err))
			}
		}
	}
	terminate := func() {
		if f.terminationLog == "" {
			return
		}
		if err := a.writeTermination(f.terminationLog, report); err != nil {
			failed(fmt.Errorf("the termination message could not be written: %w", err))
		}
	}
	write(true)
	terminate()
	write(false)
	if a.stdout.failed.Load() {
		terminate()
	}
	return report.ExitCode
}

func (a *app) writeTermination(path string, report *view.Report) error {
	var b bytes.Buffer
	if err := view.Termination(&b, report); err != nil {
		return err
	}
	return overwriteFile(path, []byte(a.stdout.clean(b.String())))
}
