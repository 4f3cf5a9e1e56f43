package catalog

import "github.com/kreconcile/kreconcile/kubeapi"

// Life is the lifecycle of a kind, as the newest release that has it says. A version is a minor
// version, and the zero Version if nothing is said.
//
// Source: https://kubernetes.io/docs/reference/using-api/deprecation-policy/
type Life struct {
	// Introduced is the first release that has the kind in this group version.
	Introduced kubeapi.Version
	// Deprecated is the first release in which the kind is deprecated, which may be a later one than any on board.
	Deprecated kubeapi.Version
	// Removed is the first release that does not serve it any more, which may be a later one than any on board.
	Removed kubeapi.Version
	// Replacement and ReplacementKind are what to use instead. They are empty if Kubernetes names nothing.
	Replacement     kubeapi.GroupVersion
	ReplacementKind string
}

// LifeOf returns the lifecycle of a kind. It also knows kinds that older releases than those on
// board served. It is false if Kubernetes says nothing of the kind.
func LifeOf(gv kubeapi.GroupVersion, kind string) (Life, bool) {
	l, found := decoded().lives[kindName{gv, kind}]
	return l, found
}
