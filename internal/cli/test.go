package cli

import (
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/suite"
	"github.com/kreconcile/kreconcile/internal/view"
)

func (a *app) testCommand() *cobra.Command {
	var f flags.Output
	var names []string
	cmd := &cobra.Command{
		Use:   "test [PATH...]",
		Short: "Test a declaration by releases and recorded clusters",
		Long: `Run the tests of a declaration: files *.test.hcl beside it, whose run blocks say
which verdict and which findings it gives on a release of Kubernetes or on a
snapshot. It asks no cluster.

A PATH is a folder or a *.test.hcl file; without one it is the current folder. test
exits 0 if every run passes, 2 if one fails, and 1 after an error.`,
		Example: `  kreconcile test
  kreconcile test deploy/ -o junit=tests.xml -o text
  kreconcile test web.test.hcl

  # web.test.hcl
  run "after the upgrade" {
    release  = "1.37"
    expect   = "drifted"
    findings = { "api[\"policy/v1beta1\"]" = "drifted" }
  }`,
	}
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		read := paths
		if len(read) == 0 {
			read = []string{"."}
		}
		if err := a.collision(f.Destinations(), flags.Origins("the test", read)); err != nil {
			return err
		}
		result := &report.Tests{}
		a.protect(flags.LoudnessOf(cmd.Flags()).Debug, &result.Diagnostics, func() { result = suite.Run(paths, names, release()) })
		a.code = unlessEnded(cmd.Context(), a.emitResult(&f, result.Diagnostics, result.Sources, testExitCode(result), tests(result)))
		return nil
	}
	f.Bind(cmd.Flags(), view.TestFormats())
	cmd.Flags().StringArrayVar(&names, "run", nil, "run only the runs of this `name`; repeatable")
	return cmd
}

func tests(t *report.Tests) resultOf {
	return func(w *outlet.Pieces, f view.Format, o view.Options) error { return f.Tests(w, t, o) }
}

func testExitCode(t *report.Tests) int {
	switch t.Status() {
	case report.TestPass:
		return exitOK
	case report.TestFail:
		return exitDrift
	case report.TestError:
	}
	return exitError
}
