package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/view/changes"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// fmtFlags are the flags of fmt. They mean the same as those of terraform fmt.
type fmtFlags struct {
	check, diff, list, write, recursive bool
	color                               flags.Color
}

func (a *app) fmtCommand() *cobra.Command {
	var f fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "Rewrite declarations in canonical style",
		Long: `Rewrite declarations and variable files in canonical style, which is that of
terraform fmt, and print the names of those that changed. Only spaces change.

A PATH is a file (*.hcl, *.hclvars), a folder, or - for standard input, which is
formatted to standard output; without one it is the current folder. Files of HCL
JSON have no canonical style. A file with an error in its syntax is left as it
is; what is declared does not matter.

Exit codes:
  0  everything is in canonical style now
  1  an error in the usage or in the syntax of a file, or an internal error
  3  with --check: a file is not in canonical style`,
		Example: "  kreconcile fmt\n  kreconcile fmt --recursive deploy\n  kreconcile fmt --check --diff web.hcl\n  kreconcile fmt - < web.hcl",
	}
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		stdin := slices.Contains(paths, "-")
		if stdin && len(paths) > 1 {
			return errors.New("standard input is formatted by itself: give - as the only PATH")
		}
		verbose, _ := cmd.Flags().GetBool("verbose")
		format := formatter{
			app: a, check: f.check, diff: f.diff, list: f.list && !stdin, write: f.write && !stdin && !f.check,
			color: a.paints(f.color, a.stdout),
		}
		// By default, the result itself is printed.
		format.print = !format.check && !format.diff && !format.list && !format.write
		a.reported = true
		a.protect(verbose, &format.diags, func() { format.run(cmd.Context(), paths, f.recursive) })
		a.printDiagnostics(format.diags, format.sources, a.paints(f.color, a.stderr))
		a.code = unlessEnded(cmd.Context(), format.code())
		return nil
	}
	set := cmd.Flags()
	set.BoolVar(&f.check, "check", false, "write nothing, and exit 3 if something is not in canonical style")
	set.BoolVar(&f.diff, "diff", false, "print what changes, as a unified diff")
	set.BoolVar(&f.recursive, "recursive", false, "format the folders within a folder, too")
	set.BoolVar(&f.list, "list", true, "print the names of files that change; --list=false does not")
	set.BoolVar(&f.write, "write", true, "write what changes to the files; --write=false does not, and --check never does")
	f.color.Bind(set)
	return cmd
}

// formatter formats sources one by one.
type formatter struct {
	app                             *app
	check, diff, list, write, print bool
	color                           bool
	// changed is set once a source is not in canonical style.
	changed bool
	diags   hcl.Diagnostics
	// sources are for the excerpts in diagnostics.
	sources config.Sources
}

func (f *formatter) run(ctx context.Context, paths []string, recursive bool) {
	diags := config.Walk(files.FS{}, f.app.Stdin, paths, recursive, func(s config.Source) bool {
		if err := f.source(s); err != nil {
			f.diags = append(f.diags, operational(err))
		}
		return ctx.Err() == nil && !f.app.stdout.Failed()
	})
	f.diags = append(f.diags, diags...)
}

func (f *formatter) source(s config.Source) error {
	formatted, diags := config.Format(s)
	if diags.HasErrors() {
		f.diags, f.sources = append(f.diags, diags...), append(f.sources, s)
		return nil
	}
	changed := !bytes.Equal(formatted, s.Bytes)
	f.changed = f.changed || changed
	var out bytes.Buffer
	if changed && f.list {
		out.WriteString(safe.Line(s.Name) + "\n")
	}
	if changed && f.diff {
		if err := changes.Write(&out, s, formatted, f.color); err != nil {
			return err
		}
	}
	if changed && f.write {
		if err := files.Replace(s.Name, string(formatted)); err != nil {
			return fmt.Errorf("the file could not be written: %w", err)
		}
	}
	if f.print {
		return onStandardOutput(f.app.stdout.Verbatim(string(formatted)))
	}
	if out.Len() == 0 {
		return nil
	}
	return f.app.deliver(out.String(), textForm(f.color), "")
}

func (f *formatter) code() int {
	switch {
	case f.diags.HasErrors():
		return exitError
	case f.check && f.changed:
		return exitUnformatted
	}
	return exitOK
}
