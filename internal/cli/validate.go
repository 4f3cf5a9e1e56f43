package cli

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

func (a *app) validateCommand() *cobra.Command {
	var f struct {
		declarationFlags
		outputFlags
		prefixFlags
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
		if err := a.collision(f.destinations(), f.origins(paths)); err != nil {
			return err
		}
		v := &report.Validation{Place: f.place()}
		a.protect(loudnessOf(cmd).debug, &v.Diagnostics, func() {
			declaration, sources, diags := a.declaration(paths, &f.declarationFlags, config.Inputs{AllowUnknown: true})
			v.Sources, v.Diagnostics = sources, diags
			if declaration != nil {
				v.Requirements = declaration.Requirements
			}
		})
		code := exitOK
		if v.Diagnostics.HasErrors() {
			code = exitError
		}
		a.code = a.emitResult(&f.outputFlags, v.Diagnostics, v.Sources, code, validation(v))
		if ended, ok := signalCode(cmd.Context()); ok {
			a.code = ended
		}
		return nil
	}
	f.declarationFlags.bind(cmd.Flags())
	f.outputFlags.bind(cmd.Flags(), view.ValidationFormats())
	f.prefixFlags.bind(cmd.Flags())
	return cmd
}

// resultOf writes a result in a format.
type resultOf func(*strings.Builder, view.Format, view.Options) error

func validation(v *report.Validation) resultOf {
	return func(b *strings.Builder, f view.Format, o view.Options) error { return f.Validation(b, v, o) }
}

// emitResult writes diagnostics, and a result in each format that is wanted. It returns the exit
// code, which is that of an error if something could not be written.
func (a *app) emitResult(f *outputFlags, diags hcl.Diagnostics, sources config.Sources, code int, result resultOf) int {
	a.reported = true
	a.printDiagnostics(diags, sources, a.paints(f.color, a.stderr))
	for _, o := range f.wanted() {
		if err := a.writeResult(o, f.color, result); err != nil {
			a.printDiagnostics(hcl.Diagnostics{operational(fmt.Errorf("the result could not be written: %w", err))}, nil, false)
			code = exitError
		}
	}
	return code
}

func (a *app) writeResult(o output, color colorValue, result resultOf) error {
	var b strings.Builder
	options := a.options(o, color, false)
	if err := result(&b, o.format, options); err != nil {
		return err
	}
	return a.deliver(b.String(), o.format.Form(options), o.path)
}
