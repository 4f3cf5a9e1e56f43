package flags

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/live"
)

// ContextFlag chooses contexts of a kubeconfig.
const ContextFlag = "context"

// BindContexts adds the flags that choose clusters of a kubeconfig. Several is set for a command that takes more than one.
func BindContexts(flags *pflag.FlagSet, c *live.Connection, several bool) {
	k := &c.Kubeconfig
	flags.StringVar(&k.Path, "kubeconfig", "", "kubeconfig `file` (default: KUBECONFIG, or else ~/.kube/config)")
	if several {
		flags.StringArrayVar(&k.Contexts, ContextFlag, nil, "judge the cluster of this context, or of all that a `PATTERN` such as 'prod-*' matches; repeatable (default: the current context)")
		flags.BoolVar(&k.All, "all-contexts", false, "judge the clusters of all contexts")
	} else {
		flags.Var((*oneContext)(&k.Contexts), ContextFlag, "`NAME` of a context (default: the current context)")
	}
	flags.StringVar(&k.Cluster, "cluster", "", "`NAME` of a cluster in the kubeconfig, in place of the context's")
	flags.StringVar(&k.User, "user", "", "`NAME` of a user in the kubeconfig, in place of the context's")
	flags.StringVar(&k.As, "as", "", "`USER` to impersonate")
	flags.StringArrayVar(&k.AsGroups, "as-group", nil, "`GROUP` to impersonate; repeatable")
	flags.BoolVar(&k.AllowInsecure, "allow-insecure-skip-tls-verify", false,
		"accept clusters with insecure-skip-tls-verify in the kubeconfig; the report says that nothing proves what answered")
	bindLimits(flags, c)
}

// oneContext is a flag for a single context.
type oneContext []string

// String returns the name.
func (v *oneContext) String() string { return strings.Join(*v, ", ") }

// Type returns the type that help shows.
func (v *oneContext) Type() string { return "string" }

// Set keeps the last value, as other flags do.
func (v *oneContext) Set(text string) error {
	*v = oneContext{text}
	return nil
}

// Parallel is how many clusters are asked at once.
type Parallel int

// Bind adds the flag.
func (v *Parallel) Bind(flags *pflag.FlagSet) {
	flags.IntVar((*int)(v), "parallel", 25, "ask up to `N` clusters at once")
}

// Check refuses a number that asks none.
func (v *Parallel) Check() error {
	if *v < 1 {
		return errors.New("--parallel must be 1 at least")
	}
	return nil
}

// Shard is one of several equal parts of the targets. The zero value is all of them.
type Shard struct{ Index, Of int }

// ShardFlag names the part.
const ShardFlag = "shard"

// Bind adds the flag.
func (v *Shard) Bind(flags *pflag.FlagSet) {
	flags.Var(v, ShardFlag, "judge only part `I/N` of the targets, as 0/4 to 3/4; each target is in one part")
}

// String returns the value.
func (v *Shard) String() string {
	if v.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", v.Index, v.Of)
}

// Type returns the type that help shows.
func (v *Shard) Type() string { return "part" }

// Set reads a value.
func (v *Shard) Set(text string) error {
	index, of, _ := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	switch {
	case cmp.Or(err, err2) != nil || i < 0 || n < 1:
		return fmt.Errorf("%q is not a part such as 0/4, which is the first of 4", text)
	case i >= n:
		return fmt.Errorf("%q is no part: the first of %d is 0/%[2]d, and the last %d/%[2]d", text, n, n-1)
	}
	*v = Shard{i, n}
	return nil
}

// Part returns the targets of the part. The order of the names decides, so that each machine with the same targets
// gets the same parts, in whichever order they are named. It is an error if a part has no target.
func Part[T any](v Shard, targets []T, name func(T) string) ([]T, error) {
	if v.Of == 0 {
		return targets, nil
	}
	if len(targets) < v.Of {
		return nil, fmt.Errorf("--%s %s: there are only %d targets, and a part without one would judge nothing", ShardFlag, &v, len(targets))
	}
	sorted := slices.SortedStableFunc(slices.Values(targets), func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	var part []T
	for i := v.Index; i < len(sorted); i += v.Of {
		part = append(part, sorted[i])
	}
	return part, nil
}
