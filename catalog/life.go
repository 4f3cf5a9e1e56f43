package catalog

import (
	_ "embed"
	"fmt"
	"strings"

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
	name := kindName{gv, kind}
	l, found := decoded().lives[name]
	return l, found || len(decoded().kinds[name]) > 0
}

//go:embed deprecated.tsv
var deprecated string

// Deprecation is a kind that the newest release on board has deprecated, or does not have any more.
type Deprecation struct {
	Kind, Resource string
	Life
}

// Deprecations returns the deprecated and removed kinds of a group version that have a resource,
// in the order of their names. Nothing is decompressed for it.
func Deprecations(gv kubeapi.GroupVersion) []Deprecation {
	_, rows, found := strings.Cut(deprecated, "\n"+gv.String()+"\n")
	if !found {
		return nil
	}
	var list []Deprecation
	for row := range strings.Lines(rows) {
		c := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if c[0] != "" {
			break
		}
		list = append(list, Deprecation{Kind: c[1], Resource: c[2], Life: lifeOf(c[3:])})
	}
	return list
}

// ParseRemoval reads a release such as "1.38". It may be newer than any on board, if Kubernetes has
// declared what it removes. The error names the releases that are known.
func ParseRemoval(text string) (kubeapi.Version, error) {
	var first, last kubeapi.Version
	for row := range strings.Lines(deprecated) {
		c := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if c[0] != "" || c[5] == "" {
			continue
		}
		switch removed := minor(c[5]); {
		case first.Major == 0:
			first, last = removed, removed
		case removed.Minor < first.Minor:
			first = removed
		case removed.Minor > last.Minor:
			last = removed
		}
	}
	v, err := kubeapi.ParseVersion(text)
	if err != nil || text != v.String() || !v.PatchUnknown {
		return v, fmt.Errorf("%q is no minor release of Kubernetes, such as %s", text, last)
	}
	if v.Major != 1 || v.Minor < first.Minor || v.Minor > last.Minor {
		return v, fmt.Errorf("it is not known what Kubernetes %s removes: it is known from %s to %s", text, first, last)
	}
	return v, nil
}

// lifeOf reads the columns introduced, deprecated, removed, replacement and its kind.
func lifeOf(c []string) Life {
	return Life{
		Introduced: minor(c[0]), Deprecated: minor(c[1]), Removed: minor(c[2]),
		Replacement: groupVersionOf(c[3]), ReplacementKind: c[4],
	}
}

// groupVersionOf reads a group version. Nothing is the zero GroupVersion.
func groupVersionOf(s string) kubeapi.GroupVersion {
	group, version, named := strings.Cut(s, "/")
	if !named {
		group, version = "", s
	}
	return kubeapi.GroupVersion{Group: group, Version: version}
}
