package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/view"
)

// snapshotFlags are the flags of snapshot.
type snapshotFlags struct {
	declarationFlags
	connectionFlags
	out     string
	verbose bool
}

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
everything is read; what could not be determined is recorded as such.`,
		Example: "  kreconcile snapshot > cluster.json\n  kreconcile snapshot --out cluster.json --server http://127.0.0.1:8001",
	}
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if len(paths) == 0 && (len(f.variables) > 0 || f.allowEmpty) {
			return errors.New("--var, --var-file and --allow-empty are about a declaration, and none is named")
		}
		flag := "--out"
		if f.out == "" {
			flag = "the snapshot"
		}
		read := f.connectionFlags.origins()
		if len(paths) > 0 {
			read = append(f.declarationFlags.origins(paths), read...)
		}
		if err := a.collision([]destination{{flag, f.out}}, read); err != nil {
			return err
		}
		f.verbose, _ = cmd.Flags().GetBool("verbose")
		a.reported = true
		var diags hcl.Diagnostics
		a.code = exitError
		a.protect(f.verbose, &diags, func() { a.code = a.record(cmd.Context(), &f, paths) })
		a.printDiagnostics(diags, nil, false)
		return nil
	}
	f.declarationFlags.bind(cmd.Flags())
	f.connectionFlags.bind(cmd.Flags())
	cmd.Flags().StringVar(&f.out, "out", "", "write to this `file` instead of standard output")
	return cmd
}

// record asks for everything and writes it. It gives the exit code.
func (a *app) record(ctx context.Context, f *snapshotFlags, paths []string) int {
	logger := a.logger(f.verbose)
	fail := func(code int, diags ...*hcl.Diagnostic) int {
		a.printDiagnostics(diags, nil, false)
		if ended, ok := signalCode(ctx); ok {
			return ended
		}
		return code
	}
	declaration := &config.Declaration{}
	if len(paths) > 0 {
		inputs := config.Inputs{PodNamespace: a.Connector.Namespace(a.target(&f.connectionFlags, logger))}
		var sources config.Sources
		var diags hcl.Diagnostics
		declaration, sources, diags = a.declaration(paths, &f.declarationFlags, inputs)
		a.printDiagnostics(diags, sources, false)
		if diags.HasErrors() {
			return fail(exitError)
		}
	}
	client, err := a.connect(&f.connectionFlags, declaration.Endpoint(), logger)
	if err != nil {
		return fail(exitError, operational(err))
	}
	endpoint := client.Endpoint()
	if apply.EndpointDrifts(declaration, endpoint) {
		return fail(exitDrift, operational(fmt.Errorf(
			"nothing was asked: the connection would be to %s, and %s is declared", endpoint, declaration.Endpoint().URL)))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.timeout, fmt.Errorf("--timeout %s is over", f.timeout))
	defer cancel()
	s := run.Record(ctx, client, declaration)
	for _, failure := range []*discovery.Failure{s.Core.Unknown(), s.Named.Unknown()} {
		if failure != nil {
			return fail(exitUndetermined, notRecorded(hcl.DiagError, failure))
		}
	}
	if ended, ok := signalCode(ctx); ok {
		// What is not asked for any more would be recorded as something that
		// cannot be determined, over an earlier snapshot that may be whole.
		return ended
	}
	var b bytes.Buffer
	if err := s.Save(&b); err != nil {
		return fail(exitError, operational(err))
	}
	if err := a.deliver(b.String(), view.Document, f.out); err != nil {
		return fail(exitError, operational(fmt.Errorf("the snapshot could not be written: %w", err)))
	}
	a.printDiagnostics(gaps(s), nil, false)
	return exitOK
}

// gaps warns of what a snapshot that was written does not hold.
func gaps(s *discovery.Snapshot) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, failure := range []*discovery.Failure{s.Version.Unknown(), s.ServerAddresses.Unknown()} {
		if failure != nil {
			diags = append(diags, notRecorded(hcl.DiagWarning, failure))
		}
	}
	if failure := s.Confirmed.Unknown(); failure != nil {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Absence not confirmed",
			Detail: "What the snapshot lacks will be undetermined rather than absent: " + failure.Message + ".",
		})
	}
	for _, group := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		for _, v := range group.Versions {
			if failure := v.Resources.Unknown(); failure != nil {
				diags = append(diags, notRecorded(hcl.DiagWarning, failure))
			}
		}
	}
	told := map[string]bool{}
	for _, answer := range s.Reviews {
		if failure := answer.Unknown(); failure != nil {
			told[failure.Message] = true
		}
	}
	for _, field := range s.Fields {
		if failure := field.Unknown(); failure != nil {
			told[failure.Message] = true
		}
	}
	for _, available := range s.Available {
		if failure := available.Unknown(); failure != nil {
			told[failure.Message] = true
		}
	}
	for _, message := range slices.Sorted(maps.Keys(told)) {
		diags = append(diags, notRecorded(hcl.DiagWarning, &discovery.Failure{Message: message}))
	}
	return diags
}

func notRecorded(severity hcl.DiagnosticSeverity, failure *discovery.Failure) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: severity, Summary: "Not recorded", Detail: sentence(failure.Message)}
}
