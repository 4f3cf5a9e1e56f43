package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/target"
	"github.com/kreconcile/kreconcile/internal/usage"
	"github.com/kreconcile/kreconcile/internal/view"
)

// apiVersionsFlags are the flags of api-versions.
type apiVersionsFlags struct {
	live.Connection
	flags.Output
	snapshots, releases []string
	loud                flags.Loudness
}

func (a *app) apiVersionsCommand() *cobra.Command {
	var f apiVersionsFlags
	cmd := &cobra.Command{
		Use:   "api-versions",
		Short: "List the API versions that a cluster or a release serves",
		Long: `List the API versions that a cluster, a snapshot or a release of Kubernetes serves,
as kubectl api-versions does. -o helm writes the arguments that give helm template the
.Capabilities of that cluster: its version, group versions and kinds.

api-versions exits 3 if something is not known, and names it on standard error.`,
		Example: `  kreconcile api-versions --release 1.34
  helm template web ./chart $(kreconcile api-versions --release 1.34 -o helm)
  kreconcile api-versions --snapshot cluster.json -o json`,
		Args: usage.NoArguments,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		releases, err := catalog.Parse(f.releases)
		if err != nil {
			return fmt.Errorf("--%s %w", flags.ReleaseFlag, err)
		}
		if n := len(releases) + len(f.snapshots); n > 1 {
			return fmt.Errorf("api-versions lists one cluster or release, and it got %d", n)
		}
		read := append(a.connectionOrigins(&f.Connection), flags.Origins("the snapshot", f.snapshots)...)
		if err := a.collision(f.Destinations(), read); err != nil {
			return err
		}
		f.loud = flags.LoudnessOf(cmd.Flags())
		v := &report.APIVersions{ExitCode: exitError}
		a.protect(f.loud.Debug, &v.Diagnostics, func() { a.listAPIVersions(cmd.Context(), v, &f, releases) })
		v.ExitCode = unlessEnded(cmd.Context(), v.ExitCode)
		a.code = a.emitResult(&f.Output, v.Diagnostics, nil, v.ExitCode, apiVersions(v))
		return nil
	}
	set := cmd.Flags()
	a.bindConnection(set, &f.Connection, false)
	f.Output.Bind(set, view.APIVersionFormats())
	set.StringArrayVar(&f.snapshots, flags.SnapshotFlag, nil, "list what this `file` recorded, instead of a live cluster")
	set.StringArrayVar(&f.releases, flags.ReleaseFlag, nil, "list what this `release` of Kubernetes serves, instead of a live cluster: 1.34 or 1.34.2")
	return cmd
}

// listAPIVersions fills in what the snapshot, the release or the cluster serves.
func (a *app) listAPIVersions(ctx context.Context, v *report.APIVersions, f *apiVersionsFlags, releases []catalog.Selection) {
	t, err := a.oneTarget(ctx, f, releases)
	if err != nil {
		v.Diagnostics = append(v.Diagnostics, operational(err))
		return
	}
	t.List(v, f.writes("json") || f.writes("helm"), f.writes("helm"))
	v.ExitCode = exitOK
	if len(v.Diagnostics) > 0 {
		v.ExitCode = exitUndetermined
	}
}

func (f *apiVersionsFlags) writes(format string) bool {
	return slices.ContainsFunc(f.Wanted(), func(o flags.Result) bool { return o.Format.Name == format })
}

// oneTarget reads the snapshot or the release, or asks the cluster.
func (a *app) oneTarget(ctx context.Context, f *apiVersionsFlags, releases []catalog.Selection) (*target.Target, error) {
	switch {
	case len(f.snapshots) > 0:
		return target.Snapshot(f.snapshots[0])
	case len(releases) > 0:
		return target.Release(releases[0]), nil
	}
	logger := a.logger(f.loud.Debug)
	connection, err := a.cluster(&f.Connection)
	if err != nil {
		return nil, err
	}
	client, err := a.access().Connect(connection, nil, nil, logger)
	if err != nil {
		return nil, err
	}
	a.follow(client, f.loud, false)
	s := run.Record(ctx, client, &config.Declaration{}, run.Options{Timeout: f.Timeout, Names: flags.Names()})
	origin := &report.Origin{Endpoint: client.Endpoint(), Context: connection.Context, Insecure: a.access().Insecure(connection)}
	return &target.Target{Snapshot: s, Origin: origin.WithVersion(s.Version.Value)}, nil
}

func apiVersions(v *report.APIVersions) resultOf {
	return func(w *outlet.Pieces, f view.Format, _ view.Options) error { return f.APIVersions(w, v) }
}
