package cli

import (
	"fmt"
	"log/slog"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// namespaceFlag overrides the Pod's namespace in a declaration. It is empty for that
// of the Pod itself.
type namespaceFlag struct{ namespace string }

func (f *namespaceFlag) bind(flags *pflag.FlagSet) {
	flags.Var((*namespaceValue)(&f.namespace), "namespace",
		"`name` for pod.namespace and for permissions that name none (default: the Pod's own)")
}

type namespaceValue string

func (v *namespaceValue) String() string { return string(*v) }
func (v *namespaceValue) Type() string   { return "string" }

func (v *namespaceValue) Set(text string) error {
	switch {
	case text == "*":
		return fmt.Errorf("it takes one namespace; for all of them, write namespace = \"*\" in the permission")
	case text != "" && !kubeapi.IsLabel(text): // checkFlags refuses an empty one
		return fmt.Errorf("%q is not the name of a namespace, which has up to 63 lower-case letters, digits and \"-\"", text)
	}
	*v = namespaceValue(text)
	return nil
}

// podNamespace returns the namespace that the flag names, or else the Pod's.
func (a *app) podNamespace(f *namespaceFlag, connection *live.Connection, logger *slog.Logger) string {
	if f.namespace != "" {
		return f.namespace
	}
	return a.access().Namespace(connection, logger)
}
