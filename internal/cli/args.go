package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/usage"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// arguments returns the command line in the form that pflag reads: long flags may
// begin with one dash, as in Terraform, and --version is a command. It makes the
// arguments of a completion request safe to print.
func arguments(root *cobra.Command, args []string) []string {
	args = longFlags(root, args)
	if len(args) > 0 && (args[0] == "--version" || args[0] == "-version") {
		args[0] = "version"
	}
	if usage.Completing(args) {
		// cobra writes errors about these to the process's own standard error.
		for i, arg := range args {
			args[i] = safe.Seal(arg, safe.Plain)
		}
	}
	return args
}

func longFlags(root *cobra.Command, args []string) []string {
	known := map[string]bool{"help": true}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	for _, cmd := range usage.Commands(root) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && known[name] && len(name) > 1 {
			out[i] = "-" + arg
		}
	}
	return out
}

// debugging reports whether the arguments have --debug. They may not be valid.
func (a *app) debugging() bool {
	return slices.Contains(a.Args, "--"+flags.DebugFlag) || slices.Contains(a.Args, "--"+flags.DebugFlag+"=true")
}
