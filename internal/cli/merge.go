package cli

import (
	"cmp"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/merge"
	"github.com/kreconcile/kreconcile/internal/report"
)

func (a *app) mergeCommand() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Join JSON results of plan and apply into one report",
		Long: `Join JSON results of plan and apply, such as those of a fleet or of a CI matrix, into
one report. merge exits as one run over all targets would: with the worst exit code.

A FILE is what -o json wrote, several of these one after the other, or - for standard
input. If a result cannot be read or has no verdict, merge exits 1. If a part of
--shard has no result, it exits 3, unless the others say 1 or 2.`,
		Example: `  kreconcile merge -o markdown -o junit=fleet.xml results/*.json
  cat results/*.json | kreconcile merge -o json=fleet.json -o text -
  kreconcile merge --detailed-exitcode matrix/*.json   # results of plan; those of apply always exit 2 on drift`,
		Args: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				return errors.New("no result is named, as in kreconcile merge results/*.json, or kreconcile merge - for standard input")
			}
			return flags.ReadOnce(paths)
		},
	}
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if err := a.collision(f.written(), flags.Origins("the result", paths)); err != nil {
			return err
		}
		f.loud = flags.LoudnessOf(cmd.Flags())
		f.Verbose = f.loud.Verbose
		r := &report.Report{Command: "merge", Version: version(), ExitCode: exitError}
		a.protect(f.loud.Debug, &r.Diagnostics, func() { r = a.merge(&f, paths) })
		r.Place = f.Place()
		r.ExitCode = unlessEnded(cmd.Context(), r.ExitCode)
		a.code = a.emit(&f, r)
		return nil
	}
	f.bind(cmd.Flags(), false, "exit 2 on drift, also for results of plan")
	return cmd
}

// merge reads results, each file once, and joins them.
func (a *app) merge(f *reportFlags, paths []string) *report.Report {
	var once []string
	for _, path := range paths {
		if !slices.ContainsFunc(once, func(earlier string) bool { return flags.SamePath(earlier, path) }) {
			once = append(once, path)
		}
	}
	results := merge.Read(once, a.Stdin)
	r := merge.Join(results, version())
	r.ExitCode = exitCodeOf(r.Targets, f.detailed || r.Command == "apply")
	for _, one := range results {
		r.ExitCode = worse(r.ExitCode, resultCode(one.Report.ExitCode))
	}
	if r.Diagnostics.HasErrors() {
		r.ExitCode = exitError
	}
	if merge.AddMissing(r, results) {
		r.ExitCode = worse(r.ExitCode, exitUndetermined)
	}
	return r
}

// resultCode is the exit code that one of several results adds. That of a signal says that nothing is known.
func resultCode(code int) int {
	if merge.Interrupted(code) {
		return exitUndetermined
	}
	return code
}

// worse returns the worse of two codes: the smaller one, except success.
func worse(a, b int) int {
	if a == exitOK || b == exitOK {
		return cmp.Or(a, b)
	}
	return min(a, b)
}
