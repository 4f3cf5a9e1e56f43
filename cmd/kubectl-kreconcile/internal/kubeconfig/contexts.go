package kubeconfig

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/nearest"
)

// Contexts returns the contexts that are chosen, each once: those of a name or a pattern in the order
// of the command line, and those of one pattern, or all, in the order of their names.
func (c *Connector) Contexts(t live.Target) ([]string, error) {
	config, err := c.load(t)
	if err != nil {
		return nil, err
	}
	all := slices.Sorted(maps.Keys(config.Contexts))
	k := &t.Kubeconfig
	var chosen []string
	switch {
	case k.All && len(k.Contexts) > 0:
		return nil, errors.New("--all-contexts cannot be used with --context")
	case k.All && len(all) == 0:
		return nil, errors.New("the kubeconfig has no context")
	case k.All:
		chosen = all
	case len(k.Contexts) > 0:
		if chosen, err = choose(k.Contexts, all); err != nil {
			return nil, err
		}
	default:
		current, err := currentContext(config, k, all)
		if err != nil {
			return nil, err
		}
		chosen = []string{current}
	}
	if len(chosen) > 1 && k.Cluster+k.User != "" {
		return nil, fmt.Errorf("--cluster and --user replace those of one context, and %d are chosen: credentials of one cluster are not sent to another", len(chosen))
	}
	return chosen, nil
}

// choose returns the contexts that names and patterns choose.
func choose(patterns, all []string) ([]string, error) {
	var chosen []string
	for _, pattern := range patterns {
		found := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !matches(pattern, name) })
		if slices.Contains(all, pattern) {
			found = []string{pattern}
		}
		if len(found) == 0 {
			text := fmt.Sprintf("the kubeconfig has no context %q", pattern)
			if strings.ContainsAny(pattern, "*?") {
				text = fmt.Sprintf("no context of the kubeconfig matches %q", pattern)
			}
			if like := nearest.Name(pattern, all); like != "" {
				return nil, fmt.Errorf("%s; did you mean %q", text, like)
			}
			return nil, fmt.Errorf("%s; %s", text, listed(all))
		}
		for _, name := range found {
			if !slices.Contains(chosen, name) {
				chosen = append(chosen, name)
			}
		}
	}
	return chosen, nil
}

// matches reports whether a name matches a pattern, in which * is any text and ? any character. A
// name may have slashes, as that of an ARN.
func matches(pattern, name string) bool {
	hidden := strings.NewReplacer("/", "\x00", "[", `\[`, `\`, `\\`)
	ok, _ := path.Match(hidden.Replace(pattern), strings.ReplaceAll(name, "/", "\x00"))
	return ok
}

// currentContext returns the current context. It is empty if there is none, and the flags name a
// cluster without it.
func currentContext(config *clientcmdapi.Config, k *live.Kubeconfig, all []string) (string, error) {
	switch name := config.CurrentContext; {
	case name != "" && config.Contexts[name] == nil:
		return "", fmt.Errorf("the current context %q is not in the kubeconfig; %s", name, listed(all))
	case name != "", k.Cluster != "":
		return name, nil
	}
	return "", fmt.Errorf("the kubeconfig has no current context; %s", listed(all))
}

// listed says which contexts there are.
func listed(all []string) string {
	const shown = 5
	if len(all) == 0 {
		return "it has no contexts at all"
	}
	var quoted []string
	for _, name := range all[:min(len(all), shown)] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	text := "name one with --context: " + strings.Join(quoted, ", ")
	if more := len(all) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Files are the one that the user names, or else those of KUBECONFIG, or else the usual one.
func (c *Connector) Files(t live.Target) []string {
	if t.Kubeconfig.Path != "" {
		return []string{t.Kubeconfig.Path}
	}
	return clientcmd.NewDefaultClientConfigLoadingRules().Precedence
}

// load reads the files once.
func (c *Connector) load(t live.Target) (*clientcmdapi.Config, error) {
	c.once.Do(func() {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		rules.ExplicitPath = t.Kubeconfig.Path
		rules.WarnIfAllMissing = false
		c.rules = rules
		c.config, c.err = rules.Load()
		if c.err != nil {
			c.err = fmt.Errorf("the kubeconfig cannot be read: %w", c.err)
			return
		}
		if len(c.config.Contexts)+len(c.config.Clusters) > 0 {
			return
		}
		where := cmp.Or(t.Kubeconfig.Path, strings.Join(rules.Precedence, ", "))
		c.err = fmt.Errorf("there is no kubeconfig with a cluster at %s; --kubeconfig and KUBECONFIG name one, and inside a Pod, kreconcile needs none", where)
	})
	return c.config, c.err
}
