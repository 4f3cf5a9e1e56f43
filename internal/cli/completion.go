package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/target"
	"github.com/kreconcile/kreconcile/internal/usage"
)

// completions are registered only for the completion script, because cobra keeps them
// in a global variable.
func (a *app) completions(root *cobra.Command) {
	for _, cmd := range usage.Commands(root) {
		if cmd.Name() != "help" && cmd.Name() != "completion" && cmd.Parent().Name() != "completion" {
			a.complete(cmd)
		}
	}
}

// complete completes the arguments of a command, and the values of its flags.
func (a *app) complete(cmd *cobra.Command) {
	switch cmd.Name() {
	case "diff":
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if target.IsRelease(begun) {
				return releaseNames(cmd, args, begun)
			}
			return endingIn("json")(cmd, args, begun)
		}
	case "plan", "apply", "validate", "range", "snapshot":
		cmd.ValidArgsFunction = endingIn("hcl", "hcl.json")
	case "merge":
		cmd.ValidArgsFunction = endingIn("json")
	case "test":
		cmd.ValidArgsFunction = endingIn("test.hcl")
	case "explain":
		cmd.ValidArgsFunction = explainWords
	case "fmt":
		cmd.ValidArgsFunction = endingIn("hcl", "hclvars")
	default:
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		// It fails for a flag that does not exist, and for one that has a function
		// already.
		_ = cmd.RegisterFlagCompletionFunc(f.Name, a.valuesFor(f))
	})
}

// valuesFor completes the value of a flag.
func (a *app) valuesFor(f *pflag.Flag) cobra.CompletionFunc {
	switch v := f.Value.(type) {
	case *flags.ResultValue:
		return completeResult(v)
	case *flags.Color:
		return cobra.FixedCompletions([]string{string(flags.ColorAuto), string(flags.ColorAlways), string(flags.ColorNever)}, cobra.ShellCompDirectiveNoFileComp)
	}
	switch f.Name {
	case flags.SnapshotFlag, fromSnapshotFlag:
		return endingIn("json")
	case flags.ContextFlag:
		return cobra.FixedCompletions(a.access().Contexts(&live.Connection{}), cobra.ShellCompDirectiveNoFileComp)
	case "kubeconfig":
		return anyFile
	case flags.CRDsFlag, oldCRDsFlag, newCRDsFlag, "filename":
		return endingIn("yaml", "yml", "json")
	case flags.ReleaseFlag:
		return releaseNames
	case "fields":
		return cobra.FixedCompletions([]string{declaredFields, allFields}, cobra.ShellCompDirectiveNoFileComp)
	case "check": // fmt's takes no value
		return endingIn("yaml")
	case "var-file":
		return endingIn("hclvars", "hclvars.json")
	case "token-file", "ca-file", "out", flags.TerminationFlag:
		return anyFile
	case "service-account-dir", flags.TektonFlag:
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	}
	return cobra.NoFileCompletions
}

// releaseNames completes the releases, and the word for all if the command takes several.
func releaseNames(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if cmd.Name() != "api-versions" && cmd.Name() != "diff" {
		names = append(names, "all")
	}
	for _, r := range slices.Backward(catalog.Releases()) {
		names = append(names, r.String())
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// endingIn completes folders, and files with these endings.
func endingIn(endings ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}

func anyFile(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// completeResult returns the formats, and leaves the path after "=" to the shell.
func completeResult(v *flags.ResultValue) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(begun, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var formats []string
		for _, format := range v.Formats {
			if strings.HasPrefix(format.Name, begun) {
				formats = append(formats, cobra.CompletionWithDesc(format.Name, format.For))
			}
		}
		return formats, cobra.ShellCompDirectiveNoFileComp
	}
}
