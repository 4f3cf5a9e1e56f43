package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/advice"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// snapshotFlags are the flags of snapshot.
type snapshotFlags struct {
	flags.Declaration
	namespace flags.Namespace
	live.Connection
	out    string
	fields string
	redact bool
	loud   flags.Loudness
}

// The values of --fields.
const (
	declaredFields = "declared"
	allFields      = "all"
)

func (a *app) snapshotCommand() *cobra.Command {
	var f snapshotFlags
	cmd := &cobra.Command{
		Use:   "snapshot [PATH...]",
		Short: "Record what a cluster serves, as one JSON file",
		Long: `Record what a cluster serves as one JSON file, which plan and apply read with
--snapshot. It holds no token and no object of the cluster.

Where a declaration is named, its endpoint is respected as plan would, and what it
asks beyond that is recorded, too: of the schemas of kinds, and whether the identity
that asks may do what a permission or a check needs. A file is only written once
everything is read; what could not be determined is recorded as such.

'kreconcile snapshot diff' compares two of these files. A folder of declarations with
the name diff is written ./diff.`,
		Example: `  kreconcile snapshot > cluster.json
  kreconcile snapshot --out cluster.json --server http://127.0.0.1:8001
  kreconcile snapshot --fields all --redact > cluster.json  # to compare, and to share
  kreconcile snapshot diff before.json after.json`,
	}
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if len(paths) == 0 && (len(f.Variables) > 0 || f.AllowEmpty || f.namespace != "") {
			return errors.New("--var, --var-file, --namespace and --allow-empty need a declaration")
		}
		if f.fields != declaredFields && f.fields != allFields {
			return fmt.Errorf("--fields: %q is neither %s nor %s", f.fields, declaredFields, allFields)
		}
		flag := "--out"
		if f.out == "" {
			flag = "the snapshot"
		}
		read := a.connectionOrigins(&f.Connection)
		if len(paths) > 0 {
			read = append(f.Declaration.Origins(paths), read...)
		}
		if err := a.collision([]outlet.Destination{{Flag: flag, Path: f.out}}, read); err != nil {
			return err
		}
		f.loud = flags.LoudnessOf(cmd.Flags())
		a.reported = true
		var diags hcl.Diagnostics
		a.code = exitError
		a.protect(f.loud.Debug, &diags, func() { a.code = a.record(cmd.Context(), &f, paths) })
		a.printDiagnostics(diags, nil, false)
		return nil
	}
	cmd.AddCommand(a.diffCommand())
	f.Declaration.Bind(cmd.Flags())
	f.namespace.Bind(cmd.Flags(), a.access().HasContexts())
	a.bindConnection(cmd.Flags(), &f.Connection, false)
	cmd.Flags().StringVar(&f.fields, "fields", declaredFields,
		"record `WHICH` fields of the schemas of kinds: declared, which a declaration names, or all")
	cmd.Flags().BoolVar(&f.redact, "redact", false, "leave out addresses, and what the server says about failures")
	cmd.Flags().StringVar(&f.out, "out", "", "write to this `file` instead of standard output")
	return cmd
}

// record asks for everything, writes it and returns the exit code.
func (a *app) record(ctx context.Context, f *snapshotFlags, paths []string) int {
	logger := a.logger(f.loud.Debug)
	fail := func(code int, diags ...*hcl.Diagnostic) int {
		a.printDiagnostics(diags, nil, false)
		return unlessEnded(ctx, code)
	}
	connection, err := a.cluster(&f.Connection)
	if err != nil {
		return fail(exitError, operational(err))
	}
	declaration := &config.Declaration{}
	if len(paths) > 0 {
		var sources config.Sources
		var diags hcl.Diagnostics
		declaration, sources, diags = a.declaration(paths, &f.Declaration, config.Inputs{PodNamespace: a.podNamespace(f.namespace, connection, logger)})
		a.printDiagnostics(diags, sources, false)
		if diags.HasErrors() {
			return fail(exitError)
		}
	}
	client, err := a.access().Connect(connection, declaration.Endpoint(), nil, logger)
	if err != nil {
		return fail(exitError, operational(err))
	}
	a.follow(client, f.loud, false)
	s := run.Record(ctx, client, declaration, run.Options{Timeout: f.Timeout, Names: flags.Names(), AllFields: f.fields == allFields})
	origin := (&report.Origin{
		Endpoint: client.Endpoint(), Context: connection.Context, Insecure: a.access().Insecure(connection),
	}).WithVersion(s.Version.Value)
	for _, f := range []*discovery.Failure{s.Core.Unknown(), s.Named.Unknown()} {
		if f == nil {
			continue
		}
		code := exitUndetermined
		if f.Code == discovery.OtherEndpoint {
			code = exitDrift
		}
		return fail(code, advice.NotRecorded(f, origin))
	}
	if ended, ok := signalCode(ctx); ok {
		// A snapshot with gaps must not replace an earlier one, which may be
		// complete.
		return ended
	}
	for _, fact := range s.Schemas {
		if fact.Failure != nil && errors.Is(fact.Failure, discovery.ErrManyFields) {
			return fail(exitError, operational(fmt.Errorf("%w; record the cluster without --fields all", discovery.ErrManyFields)))
		}
	}
	gaps := advice.Gaps(s, apply.Diff(declaration, s), origin)
	if f.redact {
		s.Redact()
	}
	// It is saved to nowhere first, so that nothing is written of a snapshot that cannot be saved.
	var size counter
	if err := discovery.Save(&size, s); err != nil {
		return fail(exitError, operational(err))
	}
	if err := a.deliverBy(safe.Document, f.out, func(w *outlet.Pieces) error { return discovery.Save(w, s) }); err != nil {
		return fail(exitError, operational(fmt.Errorf("the snapshot could not be written: %w", err)))
	}
	if !f.loud.Quiet {
		a.stderr.Mention(report.Recorded(origin, f.out, int(size)))
	}
	a.printDiagnostics(gaps, nil, false)
	return exitOK
}

// counter counts the bytes written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
