package cli

import (
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

func (a *app) validateCommand() *cobra.Command {
	var f struct {
		flags.Declaration
		flags.Output
		flags.Prefix
	}
	cmd := &cobra.Command{
		Use:   "validate [PATH...]",
		Short: "Check a declaration without a cluster",
		Long: `Check a declaration without a cluster, and report every error at once.

A PATH is a file, a folder (its *.hcl and *.hcl.json), or - for standard input;
without one it is the current folder. Variables without a value are taken as
unknown, so that only their use is checked.`,
		Example: "  kreconcile validate\n  kreconcile validate --var gateway=true web.hcl\n  kreconcile validate -o json",
	}
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if err := a.collision(f.Destinations(), f.Origins(paths)); err != nil {
			return err
		}
		v := &report.Validation{Place: f.Place()}
		a.protect(flags.LoudnessOf(cmd.Flags()).Debug, &v.Diagnostics, func() {
			declaration, sources, diags := a.declaration(paths, &f.Declaration, config.Inputs{AllowUnknown: true})
			v.Sources, v.Diagnostics = sources, diags
			if declaration != nil {
				v.Requirements = declaration.Requirements
			}
		})
		code := exitOK
		if v.Diagnostics.HasErrors() {
			code = exitError
		}
		a.code = unlessEnded(cmd.Context(), a.emitResult(&f.Output, v.Diagnostics, v.Sources, code, validation(v)))
		return nil
	}
	f.Declaration.Bind(cmd.Flags())
	f.Output.Bind(cmd.Flags(), view.ValidationFormats())
	f.Prefix.Bind(cmd.Flags())
	return cmd
}

func validation(v *report.Validation) resultOf {
	return func(w *outlet.Pieces, f view.Format, o view.Options) error { return f.Validation(w, v, o) }
}
