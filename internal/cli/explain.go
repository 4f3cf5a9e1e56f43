package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/view"
)

func (a *app) explainCommand() *cobra.Command {
	var f flags.Output
	cmd := &cobra.Command{
		Use:   "explain [API] [KIND[.FIELD]]",
		Short: "Show since which release Kubernetes has an API, a kind or a field",
		Long: `Show since which release Kubernetes has an API, a kind or a field, until when,
whether it is on by default, and what replaces it. It asks no cluster.

An API is a group (apps) or a group version (apps/v1). A kind may be named as in
kubectl: Deployment, deployments, deploy, deployments.apps. A field may follow
after a dot or a space.`,
		Example: "  kreconcile explain apps/v1\n  kreconcile explain hpa\n  kreconcile explain batch/v1 CronJob spec.timeZone\n" +
			"  kreconcile explain pod.spec.containers.resizePolicy -o json",
		Args: func(_ *cobra.Command, words []string) error {
			switch {
			case len(words) == 0:
				return errors.New("an API, a kind or a field is missing, such as batch/v1 CronJob spec.timeZone")
			case len(words) > 3:
				return errors.New("explain takes an API, a kind and a field, and no more")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, words []string) error {
			if err := a.collision(f.Destinations(), nil); err != nil {
				return err
			}
			answer, err := explain.Ask(words...)
			if err != nil {
				return err
			}
			a.code = a.emitResult(&f, nil, nil, exitOK, func(w *outlet.Pieces, f view.Format, o view.Options) error {
				return f.Explanation(w, answer, o)
			})
			return nil
		},
	}
	f.Bind(cmd.Flags(), view.ExplanationFormats())
	return cmd
}

// explainWords completes the words of explain from the catalogue.
func explainWords(_ *cobra.Command, words []string, begun string) ([]string, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp
	var list []string
	for _, c := range explain.Complete(words, begun) {
		list = append(list, cobra.CompletionWithDesc(c.Word, c.For))
		if c.Continues {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
	}
	return list, directive
}
