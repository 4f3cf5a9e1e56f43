package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/usage"
)

const rootHelp = `kreconcile checks whether a Kubernetes cluster serves what a piece of software
requires. A declaration in HCL says which API versions, resources, verbs and
subresources must be there; kreconcile asks the cluster and shows where it
differs. It changes nothing in the cluster.

Exit codes of plan and apply:
  0  satisfied
  1  an error in the usage or the declaration, or an internal error
  2  drift: the cluster definitely differs
  3  undetermined: it could not be determined; trying again may help`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "kreconcile",
		Short:         "Check whether a Kubernetes cluster serves what a declaration requires",
		Long:          rootHelp,
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if slices.Contains(args, "") && !usage.Completing(a.Args) {
				return errors.New("an argument is empty, as that of a shell variable without a value")
			}
			return checkFlags(cmd.Flags())
		},
	}
	if a.access().HasContexts() {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl kreconcile"}
	}
	// The completion command keeps the streams that are set when it is made.
	root.SetIn(a.Stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	flags.BindLoudness(root.PersistentFlags())
	root.AddCommand(a.planCommand(), a.applyCommand(), a.mergeCommand(), a.validateCommand(), a.rangeCommand(), a.testCommand(), a.fmtCommand(), a.explainCommand(), a.generateCommand(), a.snapshotCommand(), a.apiVersionsCommand(), a.versionCommand())
	if a.access().HasContexts() {
		forContexts(usage.Commands(root))
	}
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Args = usage.AShell
			cmd.RunE = func(*cobra.Command, []string) error { return nil } // usage.AShell accepts nothing
			for _, shell := range cmd.Commands() {
				shell.Args = usage.NoArguments
			}
		}
	}
	return root
}

// forContexts makes the examples those of the plugin, which kubectl runs.
func forContexts(commands []*cobra.Command) {
	instead := strings.NewReplacer(
		"  kreconcile plan                                  # inside a Pod\n", "  kubectl kreconcile plan                                  # the current context\n",
		"  kreconcile plan --server http://127.0.0.1:8001   # through kubectl proxy\n", "  kubectl kreconcile plan --context 'prod-*' web.hcl       # several clusters\n",
		"  kreconcile apply /etc/kreconcile                       # in a Job: a mounted ConfigMap\n", "  kubectl kreconcile apply --all-contexts -o json=fleet.json     # every cluster\n",
		"  kreconcile snapshot --out cluster.json --server http://127.0.0.1:8001\n", "  kubectl kreconcile snapshot --out cluster.json --context prod\n",
		"  kreconcile ", "  kubectl kreconcile ",
	)
	for _, cmd := range commands {
		cmd.Example = instead.Replace(cmd.Example)
	}
}

func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, cmd := range root.Commands() {
				if cmd.IsAvailableCommand() {
					names = append(names, cmd.Name()+"\t"+cmd.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := usage.UnknownCommand(root, args); err != nil {
				return err
			}
			cmd, _, err := root.Find(args)
			if err != nil {
				return err
			}
			return cmd.Help()
		},
	}
}

// hasEmptyItem reports whether one of the values of a repeatable flag is empty.
func hasEmptyItem(v pflag.Value) bool {
	list, repeatable := v.(pflag.SliceValue)
	return repeatable && slices.Contains(list.GetSlice(), "")
}

// checkFlags refuses an empty value, which an unset shell variable gives: the default
// would silently replace it. It also refuses time limits that no request can meet, and
// what is about a cluster beside a snapshot or a release, because it would be ignored.
func checkFlags(set *pflag.FlagSet) error {
	var err error
	set.Visit(func(f *pflag.Flag) {
		switch {
		case f.Value.Type() == "string" && f.Value.String() == "", hasEmptyItem(f.Value):
			err = errors.Join(err, fmt.Errorf("--%s is given, but empty", f.Name))
		case f.Value.Type() == "duration" && (f.Value.String() == "0s" || strings.HasPrefix(f.Value.String(), "-")):
			err = errors.Join(err, fmt.Errorf("--%s must be more than 0, such as 30s", f.Name))
		}
	})
	for _, offline := range []string{flags.SnapshotFlag, flags.ReleaseFlag} {
		if !set.Changed(offline) {
			continue
		}
		for _, name := range []string{
			"server", "token-file", "ca-file", "tls-server-name", "timeout", "request-timeout",
			"kubeconfig", flags.ContextFlag, "all-contexts", "cluster", "user", "as", "as-group", "parallel",
		} {
			if set.Changed(name) {
				err = errors.Join(err, fmt.Errorf("--%s cannot be used with --%s, which asks no server", name, offline))
			}
		}
	}
	return err
}
