package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/target"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/manifest"
)

// The definitions of one side.
const (
	oldCRDsFlag = "old-crds"
	newCRDsFlag = "new-crds"
)

// diffFlags are the flags of snapshot diff.
type diffFlags struct {
	flags.Output
	crds, oldCRDs, newCRDs                []string
	breaking, detailed, allowUndetermined bool
}

func (a *app) diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show how two snapshots or releases differ",
		Long: `Show what came, went or changed between OLD and NEW: group versions, resources,
kinds, scopes, verbs, short names, subresources and fields. Each of the two is a
file that snapshot wrote, or a release of Kubernetes such as 1.34. A file with such a
name is written ./1.34.

What one side does not know is not compared, and listed with the reason. diff exits 0,
unless --detailed-exitcode is given: then 2 if something differs, and 3 if nothing
does but not everything could be compared.`,
		Example: `  kreconcile snapshot diff 1.31 1.32
  kreconcile snapshot diff --breaking cluster.json 1.37  # what an upgrade takes away
  kreconcile snapshot diff --detailed-exitcode -o markdown before.json after.json
  kreconcile snapshot diff --old-crds v1.14.yaml --new-crds v1.15.yaml 1.34 1.34`,
		Args: twoSides,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if f.allowUndetermined && !f.detailed {
			return errors.New("--allow-undetermined needs --detailed-exitcode")
		}
		if len(f.crds) > 0 && len(f.oldCRDs)+len(f.newCRDs) > 0 {
			return fmt.Errorf("--%s is for both sides, so it excludes --%s and --%s", flags.CRDsFlag, oldCRDsFlag, newCRDsFlag)
		}
		definitions := slices.Concat(f.crds, f.oldCRDs, f.newCRDs)
		if err := flags.ReadOnce(definitions); err != nil {
			return err
		}
		read := append(flags.Origins("the snapshot", args), flags.Origins("the CustomResourceDefinitions", definitions)...)
		if err := a.collision(f.Destinations(), read); err != nil {
			return err
		}
		loud := flags.LoudnessOf(cmd.Flags())
		f.Verbose = loud.Verbose
		c := &report.Comparison{Breaking: f.breaking, ExitCode: exitError}
		a.protect(loud.Debug, &c.Diagnostics, func() { a.compare(c, &f, args[0], args[1]) })
		c.ExitCode = unlessEnded(cmd.Context(), c.ExitCode)
		a.code = a.emitResult(&f.Output, c.Diagnostics, nil, c.ExitCode, difference(c))
		return nil
	}
	f.Output.Bind(cmd.Flags(), view.ComparisonFormats())
	cmd.Flags().StringArrayVar(&f.crds, flags.CRDsFlag, nil,
		"compare both as if the CustomResourceDefinitions at this `path` were applied: YAML or JSON, a file, a folder or -; repeatable")
	cmd.Flags().StringArrayVar(&f.oldCRDs, oldCRDsFlag, nil, "like --crds, for OLD only: the `path` of the old definitions; repeatable")
	cmd.Flags().StringArrayVar(&f.newCRDs, newCRDsFlag, nil, "like --crds, for NEW only: the `path` of the new definitions; repeatable")
	cmd.Flags().BoolVar(&f.breaking, "breaking", false, "show only what can break a client, and let only that decide the exit code")
	cmd.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit 2 if something differs, and 3 if not everything could be compared")
	cmd.Flags().BoolVar(&f.allowUndetermined, "allow-undetermined", false, "with --detailed-exitcode, exit 0 in place of 3")
	return cmd
}

func twoSides(_ *cobra.Command, args []string) error {
	if len(args) == 2 {
		return nil
	}
	example := "kreconcile snapshot diff 1.31 1.32, or kreconcile snapshot diff before.json after.json"
	if len(args) == 1 && strings.Contains(args[0], "..") {
		from, to, _ := strings.Cut(args[0], "..")
		example = "kreconcile snapshot diff " + from + " " + to
	}
	return fmt.Errorf("diff compares two snapshots or releases, as in %s; it got %d", example, len(args))
}

// compare fills in the comparison of two sides.
func (a *app) compare(c *report.Comparison, f *diffFlags, older, newer string) {
	oldCRDs, newCRDs := a.sideDefinitions(c, f)
	if c.Diagnostics.HasErrors() {
		return
	}
	before, err := target.Read(older)
	if err == nil {
		c.Old = before.Origin
		var after *target.Target
		if after, err = target.Read(newer); err == nil {
			c.New = after.Origin
			if len(f.oldCRDs) > 0 && len(f.newCRDs) > 0 {
				newCRDs.Cover(before.Snapshot)
				oldCRDs.Cover(after.Snapshot)
			}
			c.Result = compare.Compare(before.Side(oldCRDs, slices.Concat(f.crds, f.oldCRDs)), after.Side(newCRDs, slices.Concat(f.crds, f.newCRDs)))
		}
	}
	if err != nil {
		c.Diagnostics = append(c.Diagnostics, operational(err))
		return
	}
	if f.breaking {
		c.Result = c.Result.Breaking()
	}
	c.ExitCode = comparisonCode(c.Result, f)
}

// sideDefinitions reads the definitions for each side. Errors are in the diagnostics of the comparison.
func (a *app) sideDefinitions(c *report.Comparison, f *diffFlags) (older, newer *manifest.CRDs) {
	read := func(flag string, paths []string) *manifest.CRDs {
		crds, diags := a.definitions(flag, paths)
		c.Diagnostics = append(c.Diagnostics, diags...)
		return crds
	}
	if len(f.crds) > 0 {
		both := read(flags.CRDsFlag, f.crds)
		return both, both
	}
	return read(oldCRDsFlag, f.oldCRDs), read(newCRDsFlag, f.newCRDs)
}

// comparisonCode is the only place where a comparison becomes a code.
func comparisonCode(r *compare.Result, f *diffFlags) int {
	switch {
	case !f.detailed:
		return exitOK
	case len(r.Changes) > 0:
		return exitDrift
	case len(r.Unknown) > 0 && !f.allowUndetermined:
		return exitUndetermined
	}
	return exitOK
}

func difference(c *report.Comparison) resultOf {
	return func(w *outlet.Pieces, f view.Format, o view.Options) error { return f.Comparison(w, c, o) }
}
