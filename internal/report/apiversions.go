package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// APIVersions is everything that a run of api-versions reports.
type APIVersions struct {
	// Origin is nil if nothing was asked or read.
	Origin *Origin
	// KubeVersion is the version of Kubernetes, such as "v1.34.2". It is empty if it is not known.
	KubeVersion string
	// List is sorted by the text of the group versions, as kubectl sorts it.
	List []APIVersion
	// ExitCode is the exit code of the process.
	ExitCode    int
	Diagnostics hcl.Diagnostics
}

// APIVersion is a group version.
type APIVersion struct {
	GroupVersion kubeapi.GroupVersion
	// Kinds are sorted. They include those that only subresources have, as for Helm.
	Kinds []string
	// Failure says why the kinds are not known, and is nil if they are.
	Failure *discovery.Failure
}

// ListAPIVersions lists what a snapshot has.
func ListAPIVersions(s *discovery.Snapshot) []APIVersion {
	found := map[string]APIVersion{}
	for _, g := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		for _, v := range g.Versions {
			gv := kubeapi.GroupVersion{Group: g.Name, Version: v.Name}
			found[gv.String()] = APIVersion{gv, kindsOf(v), v.Resources.Unknown()}
		}
	}
	var list []APIVersion
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[name])
	}
	return list
}

func kindsOf(v discovery.Version) []string {
	var kinds []string
	for _, r := range v.Resources.Value {
		kinds = append(kinds, r.Kind)
		for _, s := range r.Subresources {
			kinds = append(kinds, s.Kind)
		}
	}
	slices.Sort(kinds)
	return slices.DeleteFunc(slices.Compact(kinds), func(kind string) bool { return kind == "" })
}

// Argument reports whether a shell leaves a word as it is. A server may have other names.
func Argument(word string) bool {
	return strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-_+") == ""
}
