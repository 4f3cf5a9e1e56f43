package catalog

import (
	"cmp"
	"slices"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Life is the lifecycle of a kind. A version is a minor version, and the zero Version if nothing is
// known.
type Life struct {
	// Introduced is the first release that has the kind in this group version.
	Introduced kubeapi.Version
	// Deprecated is the first release in which the kind is deprecated. It may be newer than any on
	// board.
	Deprecated kubeapi.Version
	// Removed is the first release that does not have it any more. It may be newer than any on
	// board.
	Removed kubeapi.Version
	// Replacement and ReplacementKind are what to use instead. They are empty if there is nothing.
	Replacement     kubeapi.GroupVersion
	ReplacementKind string
}

// LifeOf returns the lifecycle of a kind. It also knows kinds that only older releases than those on
// board had. It is false if nothing is known of the kind.
//
// Kubernetes declares lifecycles in its Go types, and what the newest release that has the type
// declares counts. A declaration is a plan: where the documents of the releases on board show when
// a kind came or went, that counts. If Kubernetes names no replacement of a deprecated or removed kind, it
// is the same kind in the version of its group that the newest release prefers.
//
// Source: https://kubernetes.io/docs/reference/using-api/deprecation-policy/
func LifeOf(gv kubeapi.GroupVersion, kind string) (Life, bool) {
	a := decoded()
	name := kindName{gv, kind}
	l, declared := a.lives[name]
	first, last, published := a.published(name)
	if !published {
		return l, declared
	}
	newest := len(a.releases) - 1
	if first > 0 {
		l.Introduced = a.releases[first].Version()
	}
	switch {
	case last < newest:
		l.Removed = a.releases[last+1].Version()
	case l.Removed.Major != 0 && compare(l.Removed, a.releases[newest].Version()) <= 0:
		// The newest release still has it.
		l.Removed = kubeapi.Version{}
	}
	if l.Removed.Major != 0 && compare(l.Removed, l.Deprecated) < 0 {
		// It went before the release in which it would have been deprecated.
		l.Deprecated = kubeapi.Version{}
	}
	if (l.Deprecated.Major != 0 || l.Removed.Major != 0) && l.ReplacementKind == "" {
		l.Replacement, l.ReplacementKind = a.releases[newest].preferred(name)
	}
	return l, true
}

// published returns the first and the last release that has a kind in its documents.
func (a *archive) published(name kindName) (first, last int, found bool) {
	for i, r := range a.releases {
		if slices.ContainsFunc(a.kinds[name], func(k kind) bool { return k.in.has(r) }) {
			if !found {
				first, found = i, true
			}
			last = i
		}
	}
	return first, last, found
}

// preferred returns the version of the kind's group that comes first of those that serve the kind,
// unless that is the kind's own. The kind may be that of a list.
func (r Release) preferred(name kindName) (kubeapi.GroupVersion, string) {
	best := name.gv
	for _, row := range decoded().resources {
		of := row.Kind == name.kind || row.Kind+"List" == name.kind
		if of && row.on && row.in.has(r) && row.gv.Group == name.gv.Group && kubeapi.CompareVersions(row.gv.Version, best.Version) < 0 {
			best = row.gv
		}
	}
	if best == name.gv {
		return kubeapi.GroupVersion{}, ""
	}
	return best, name.kind
}

func compare(a, b kubeapi.Version) int {
	return cmp.Or(cmp.Compare(a.Major, b.Major), cmp.Compare(a.Minor, b.Minor))
}
