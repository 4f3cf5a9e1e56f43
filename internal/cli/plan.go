package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/advice"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
)

// planFlags are the flags of plan and apply.
type planFlags struct {
	flags.Declaration
	namespace flags.Namespace
	live.Connection
	reportFlags
	flags.Wait
	crds      flags.CRDs
	snapshots []string
	releases  []string
	policy    apply.Policy
	parallel  flags.Parallel
	shard     flags.Shard
}

func (a *app) planCommand() *cobra.Command {
	return a.judgingCommand("plan", &cobra.Command{
		Use:   "plan [PATH...]",
		Short: "Show how the cluster differs from the declaration",
		Long: `Show how the cluster differs from the declaration.

A PATH is a file, a folder (its *.hcl and *.hcl.json), or - for standard input;
without one it is the current folder. plan exits 0 on drift, unless
--detailed-exitcode is given, and 3 where something could not be determined. To stop a
pipeline on drift, use apply.`,
		Example: `  kreconcile plan                                  # inside a Pod
  kreconcile plan --server http://127.0.0.1:8001   # through kubectl proxy
  kreconcile plan --release 1.31..1.37 web.hcl     # no cluster at all
  kreconcile plan --release 1.37 --crds crds/      # with these custom resources
  kreconcile plan --snapshot cluster.json web.hcl  # what another run recorded`,
	})
}

func (a *app) applyCommand() *cobra.Command {
	return a.judgingCommand("apply", &cobra.Command{
		Use:   "apply [PATH...]",
		Short: "Gate: exit nonzero if the cluster differs from the declaration",
		Long: `Compare the cluster with the declaration like plan, and gate: exit 2 on drift and
3 where something could not be determined. apply changes nothing in the cluster.

A PATH is a file, a folder (its *.hcl and *.hcl.json), or - for standard input;
without one it is the current folder.`,
		Example: `  kreconcile apply /etc/kreconcile                       # in a Job: a mounted ConfigMap
  kreconcile apply --wait 5m --consecutive 3             # until three passes in a row hold
  kreconcile apply -o json=result.json -o text           # two results in one run
  kreconcile apply --allow-undetermined --fail-on-warning
  kreconcile apply --fail-on-deprecated=1.38             # before an upgrade to 1.38
  kreconcile apply - < requirements.hcl                  # standard input`,
	})
}

func (a *app) judgingCommand(name string, cmd *cobra.Command) *cobra.Command {
	var f planFlags
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if name == "apply" && !f.detailed {
			return errors.New("apply always exits 2 on drift; plan shows it and exits 0")
		}
		if f.policy.FailOnWarning && f.policy.WarnOnly {
			return errors.New("--fail-on-warning and --warn-only exclude each other")
		}
		if err := flags.Separated(f.policy, paths); err != nil {
			return err
		}
		if err := cmp.Or(f.Wait.Check(cmd.Flags()), f.parallel.Check()); err != nil {
			return err
		}
		targets, err := catalog.Parse(f.releases)
		if err != nil {
			return fmt.Errorf("--%s %w", flags.ReleaseFlag, err)
		}
		if err := f.checkCRDs(paths); err != nil {
			return err
		}
		if err := a.collision(f.written(), a.inputs(&f, paths)); err != nil {
			return err
		}
		f.loud = flags.LoudnessOf(cmd.Flags())
		f.Verbose = f.loud.Verbose
		a.code = a.judge(cmd.Context(), name, &f, targets, paths)
		return nil
	}
	set := cmd.Flags()
	f.Declaration.Bind(set)
	f.namespace.Bind(set, a.access().HasContexts())
	a.bindConnection(set, &f.Connection, true)
	f.parallel = 1
	if a.access().HasContexts() {
		f.parallel.Bind(set)
	}
	f.shard.Bind(set)
	f.Wait.Bind(set)
	f.reportFlags.bind(set, name == "apply", "exit 2 on drift (apply always does)")
	set.StringArrayVar(&f.snapshots, flags.SnapshotFlag, nil, "judge what this `file` recorded, instead of a live cluster; repeatable")
	set.StringArrayVar(&f.releases, flags.ReleaseFlag, nil,
		"judge this `release` of Kubernetes, instead of a live cluster: 1.34, 1.34.2, 1.31..1.37 or all; repeatable")
	f.crds.Bind(set)
	set.BoolVar(&f.policy.FailOnWarning, "fail-on-warning", false, "treat requirements of severity warning like errors")
	flags.BindDeprecated(set, &f.policy)
	set.BoolVar(&f.policy.AllowUndetermined, "allow-undetermined", false,
		"let what could not be determined pass, if at least one requirement was determined; a cluster must have answered")
	set.BoolVar(&f.policy.WarnOnly, "warn-only", false, "treat all requirements like warnings: whatever the cluster says, exit 0")
	if name == "apply" {
		_ = set.MarkHidden("detailed-exitcode") // it exists
	}
	return cmd
}

// checkCRDs refuses --crds for a live cluster, and a standard input that is read twice.
func (f *planFlags) checkCRDs(paths []string) error {
	switch {
	case len(f.crds) == 0:
		return nil
	case len(f.snapshots)+len(f.releases) == 0:
		return fmt.Errorf("--%s needs --%s or --%s, such as --%[2]s 1.34; a live cluster is judged by what it serves", flags.CRDsFlag, flags.ReleaseFlag, flags.SnapshotFlag)
	}
	return flags.ReadOnce(slices.Concat(paths, f.crds))
}

// judge runs plan or apply, writes every requested report and returns the exit code.
func (a *app) judge(ctx context.Context, command string, f *planFlags, releases []catalog.Selection, paths []string) int {
	r := &report.Report{Command: command, Version: version(), Place: f.Place()}
	if f.shard.Of > 0 {
		r.Shard = &report.Shard{Index: f.shard.Index, Of: f.shard.Of}
	}
	var series []*apply.Series
	a.protect(f.loud.Debug, &r.Diagnostics, func() { series = a.plan(ctx, f, releases, paths, r) })
	r.ExitCode = exitError
	code, ended := signalCode(ctx)
	if series != nil && !r.Diagnostics.HasErrors() {
		if ended {
			f.policy = run.Strict(f.policy)
		}
		for i, t := range r.Targets {
			t.Plan = series[i].Plan
			t.Verdict = series[i].Verdict(f.policy, f.Consecutive)
		}
		r.ExitCode = exitCodeOf(r.Targets, f.detailed)
	}
	if ended {
		r.ExitCode = code
	}
	return a.emit(&f.reportFlags, r)
}

// protect turns a panic of run into a diagnostic.
func (a *app) protect(stack bool, diags *hcl.Diagnostics, work func()) {
	defer func() {
		if v := recover(); v != nil {
			*diags = append(*diags, crash(v))
			if stack {
				_, _ = a.stderr.Write(debug.Stack())
			}
		}
	}()
	work()
}

// plan compares the declaration with each target; with a cluster, once or until they agree. It
// returns the passes over each of the report's targets, or nil if there is no plan; the
// report's diagnostics say why.
func (a *app) plan(ctx context.Context, f *planFlags, releases []catalog.Selection, paths []string, r *report.Report) []*apply.Series {
	fail := func(diags ...*hcl.Diagnostic) []*apply.Series {
		r.Diagnostics = append(r.Diagnostics, diags...)
		return nil
	}
	logger := a.logger(f.loud.Debug)
	targets, err := a.targets(f, releases, logger)
	if err != nil {
		return fail(operational(err))
	}
	var begun *live.Attempt
	if len(f.snapshots)+len(releases) == 0 && !a.access().HasContexts() {
		begun = a.access().Begin(&f.Connection, a.stderr, func(log *live.HeldLog) *slog.Logger { return loggerTo(log, f.loud.Debug) })
	}
	var namespaces []string
	for _, t := range targets {
		namespaces = append(namespaces, t.namespace)
	}
	declarations, sources, diags := a.declarations(paths, &f.Declaration, config.Inputs{}, namespaces)
	r.Sources = sources
	r.Diagnostics = diags
	if diags.HasErrors() {
		begun.Drop()
		return nil
	}
	crds, diags := a.definitions(flags.CRDsFlag, f.crds)
	r.Diagnostics = append(r.Diagnostics, diags...)
	if diags.HasErrors() {
		return nil
	}
	c := comparer{app: a, f: f, crds: crds, begun: begun, logger: logger, progress: a.startFleet(f, targets)}
	outcomes := c.compareAll(ctx, targets, declarations)
	c.progress.close()
	var series []*apply.Series
	for i, o := range outcomes {
		if o.target.Origin != nil {
			r.Targets = append(r.Targets, o.target)
		}
		if o.err != nil {
			return fail(operational(o.err))
		}
		if exceeded := declarations[targets[i].namespace].Exceeded(); exceeded != nil {
			return fail(exceeded)
		}
		advice.Add(o.passes.Plan, o.target.Origin, o.who)
		r.Diagnostics = appendNew(r.Diagnostics, o.passes.Plan.Warnings...)
		series = append(series, o.passes)
	}
	return series
}
