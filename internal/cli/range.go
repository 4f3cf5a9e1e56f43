package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/support"
	"github.com/kreconcile/kreconcile/internal/view"
)

// rangeFlags are the flags of range.
type rangeFlags struct {
	flags.Declaration
	namespace flags.Namespace
	flags.Output
	flags.Prefix
	crds  flags.CRDs
	check string
}

func (a *app) rangeCommand() *cobra.Command {
	var f rangeFlags
	cmd := &cobra.Command{
		Use:   "range [PATH...]",
		Short: "Show which Kubernetes releases satisfy the declaration",
		Long: `Show which Kubernetes releases satisfy the declaration, the kubeVersion for
Chart.yaml that allows these, and which requirements set its bounds. No cluster is
asked: each release that kreconcile knows is judged as by plan --release.

A PATH is a file, a folder (its *.hcl and *.hcl.json), or - for standard input;
without one it is the current folder. What a release alone cannot determine, such as
permissions, is listed and sets no bound.

range exits 2 if no release satisfies the declaration, and 3 if no requirement could
be determined. With --check, it exits 2 if the kubeVersion of the chart allows a
release that does not satisfy the declaration.`,
		Example: `  kreconcile range web.hcl
  kreconcile range --check charts/web web.hcl      # in CI: is kubeVersion right?
  kreconcile range --crds crds/ web.hcl            # with these custom resources
  kreconcile range -o json web.hcl | jq -r .kube_version`,
	}
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		origins := append(f.Declaration.Origins(paths), f.crds.Origins()...)
		f.check = files.ChartFile(f.check)
		if err := flags.ReadOnce(slices.Concat(paths, f.crds, []string{f.check})); err != nil {
			return err
		}
		if f.check != "" {
			origins = append(origins, outlet.Origin{Name: "the chart", Path: f.check})
		}
		if err := a.collision(f.Destinations(), origins); err != nil {
			return err
		}
		loud := flags.LoudnessOf(cmd.Flags())
		r := &report.Range{Version: version(), Place: f.Place(), ExitCode: exitError}
		a.protect(loud.Debug, &r.Diagnostics, func() { a.support(paths, &f, loud.Debug, r) })
		if !r.Diagnostics.HasErrors() {
			r.ExitCode = rangeExitCode(r)
		}
		r.ExitCode = unlessEnded(cmd.Context(), r.ExitCode)
		a.code = a.emitResult(&f.Output, r.Diagnostics, r.Sources, r.ExitCode, releases(r))
		return nil
	}
	f.Declaration.Bind(cmd.Flags())
	f.namespace.Bind(cmd.Flags(), a.access().HasContexts())
	f.Output.Bind(cmd.Flags(), view.RangeFormats())
	f.Prefix.Bind(cmd.Flags())
	f.crds.Bind(cmd.Flags())
	cmd.Flags().StringVar(&f.check, "check", "", "compare with the kubeVersion of a chart: its `Chart.yaml`, its folder, or -")
	return cmd
}

func releases(r *report.Range) resultOf {
	return func(w *outlet.Pieces, f view.Format, o view.Options) error { return f.Range(w, r, o) }
}

// support judges the declaration by each release, and compares the result with a chart. Errors
// become diagnostics.
func (a *app) support(paths []string, f *rangeFlags, debug bool, r *report.Range) {
	inputs := config.Inputs{PodNamespace: a.podNamespace(f.namespace, &live.Connection{}, a.logger(debug))}
	declaration, sources, diags := a.declaration(paths, &f.Declaration, inputs)
	r.Sources, r.Diagnostics = sources, diags
	var kubeVersion support.KubeVersion
	if f.check != "" {
		r.Chart, kubeVersion, diags = files.Chart(f.check, a.Stdin)
		r.Diagnostics = append(r.Diagnostics, diags...)
	}
	crds, diags := a.definitions(flags.CRDsFlag, f.crds)
	if r.Diagnostics = append(r.Diagnostics, diags...); r.Diagnostics.HasErrors() {
		return
	}
	judged := support.Of(declaration, catalog.Releases(), func(release catalog.Release) *apply.Plan {
		return run.Release(release, "", run.Changes{CRDs: crds}, declaration)
	})
	if exceeded := declaration.Exceeded(); exceeded != nil {
		r.Diagnostics = append(r.Diagnostics, exceeded)
		return
	}
	r.Support = judged
	if r.Chart != nil {
		r.Chart.Check = r.Support.Check(kubeVersion)
	}
}
