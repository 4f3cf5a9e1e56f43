package flags

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Namespace overrides the Pod's namespace in a declaration. It is empty for that
// of the Pod itself.
type Namespace string

// Bind adds the flag. For the contexts of a kubeconfig, it is kubectl's.
func (v *Namespace) Bind(flags *pflag.FlagSet, contexts bool) {
	const usage = "`name` for pod.namespace and for permissions that name none (default: "
	if contexts {
		flags.VarP(v, "namespace", "n", usage+"that of the context)")
		return
	}
	flags.Var(v, "namespace", usage+"the Pod's own)")
}

// String returns the value.
func (v *Namespace) String() string { return string(*v) }

// Type returns the type that help shows.
func (v *Namespace) Type() string { return "string" }

// Set refuses what is no namespace.
func (v *Namespace) Set(text string) error {
	switch {
	case text == "*":
		return fmt.Errorf("it takes one namespace; for all of them, write namespace = \"*\" in the permission")
	case text != "" && !kubeapi.IsLabel(text): // an empty one was already refused
		return fmt.Errorf("%q is not the name of a namespace, which has up to 63 lower-case letters, digits and \"-\"", text)
	}
	*v = Namespace(text)
	return nil
}
