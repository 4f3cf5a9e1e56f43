package catalog

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Release is a minor release of Kubernetes 1, as a default kube-apiserver serves it. Get one from
// [Releases] or [Find]; the zero Release is none of them.
type Release struct {
	minor, patch uint64
	index        int
}

// Releases returns every release on board, from the oldest to the newest.
func Releases() []Release { return slices.Clone(decoded().releases) }

// Find returns the release of a version such as 1.34, whatever its patch is. It is false if the
// release is not on board.
func Find(v kubeapi.Version) (Release, bool) {
	for _, r := range decoded().releases {
		if v.Major == 1 && v.Minor == r.minor {
			return r, true
		}
	}
	return Release{}, false
}

// Serves reports whether any release ever served the group by itself. What the catalogue says of
// such a group is complete. What it says of another one, such as cert-manager.io, is nothing:
// whether a cluster serves it depends on what is installed. The core group is the empty name.
func Serves(group string) bool { return decoded().groups[group] }

// String returns the minor version: "1.34".
func (r Release) String() string { return fmt.Sprintf("1.%d", r.minor) }

// Version returns the minor version. Its patch is unknown.
func (r Release) Version() kubeapi.Version {
	return kubeapi.Version{Major: 1, Minor: r.minor, PatchUnknown: true}
}

// Source returns the patch release that the catalogue was made from, such as 1.34.2. Other patches
// of the same minor version serve the same, with rare exceptions.
func (r Release) Source() kubeapi.Version {
	return kubeapi.Version{Major: 1, Minor: r.minor, Patch: r.patch}
}

func releaseOf(index int, version string) Release {
	v, err := kubeapi.ParseVersion(version)
	if err != nil || v.Major != 1 || v.PatchUnknown {
		panic("catalog: not a release: " + version)
	}
	return Release{v.Minor, v.Patch, index}
}

// Snapshot returns what a default kube-apiserver of the release serves. Each call makes a new one,
// which the caller may change.
//
// Its server version has no patch; to judge a patch, set GitVersion. What a declaration asks beyond
// the groups and the version is added by [Release.Fetch]. What a release cannot know (addresses,
// the endpoint, the platform) is unknown, with the code [discovery.NotInCatalogue].
//
// Groups that no release ever served by itself are unknown.
func (r Release) Snapshot() *discovery.Snapshot {
	s := &discovery.Snapshot{
		Confirmed: discovery.Known(struct{}{}),
		Version:   discovery.Known(discovery.ServerVersion{Major: "1", Minor: strconv.FormatUint(r.minor, 10)}),
		Available: map[kubeapi.GroupVersion]discovery.Fact[struct{}]{},
	}
	var core discovery.Group
	var named []discovery.Group
	for _, served := range r.served() {
		g := &core
		if name := served.gv.Group; name != "" {
			// The versions of a group are next to each other.
			if len(named) == 0 || named[len(named)-1].Name != name {
				named = append(named, discovery.Group{Name: name})
			}
			g = &named[len(named)-1]
		}
		add(g, discovery.Version{
			Name: served.gv.Version, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(served.resources),
		})
		// The kube-apiserver itself serves it.
		s.Available[served.gv] = discovery.Known(struct{}{})
	}
	s.Core, s.Named = discovery.Known(core), discovery.Known(named)
	s.IsRelease = true
	s.Missing = func(group string) *discovery.Failure {
		if Serves(group) {
			return nil
		}
		return &discovery.Failure{
			Code: discovery.NotInCatalogue, Cause: discovery.NotBuiltIn,
			Message: "whether " + group + " is served depends on what is installed in a cluster, and not on the release",
		}
	}
	s.ServerAddresses = discovery.Failed[[]string](onCluster("the addresses of the API server depend"))
	return s
}

// add inserts a version by its priority. A generic sort would add more code to the program.
func add(g *discovery.Group, v discovery.Version) {
	g.Versions = append(g.Versions, v)
	for i := len(g.Versions) - 1; i > 0 && kubeapi.CompareVersions(g.Versions[i].Name, g.Versions[i-1].Name) < 0; i-- {
		g.Versions[i], g.Versions[i-1] = g.Versions[i-1], g.Versions[i]
	}
	g.Preferred = g.Versions[0].Name
}

// onCluster is the failure to learn from a release what depends on the cluster.
func onCluster(what string) *discovery.Failure {
	return &discovery.Failure{Code: discovery.NotInCatalogue, Message: what + " on the cluster, and not on the release"}
}

// servedVersion is a group version that a release serves by default.
type servedVersion struct {
	gv        kubeapi.GroupVersion
	resources []discovery.Resource
}

// served returns the group versions that are on by default, in the order of their names. The rows
// of one are next to each other, and those of a resource come before those of its subresources.
func (r Release) served() []servedVersion {
	var versions []servedVersion
	for _, row := range decoded().resources {
		if !row.on || !row.in.has(r) {
			continue
		}
		if len(versions) == 0 || versions[len(versions)-1].gv != row.gv {
			versions = append(versions, servedVersion{gv: row.gv})
		}
		last := &versions[len(versions)-1]
		if row.subresource == "" {
			last.resources = append(last.resources, cloned(row.Resource))
			continue
		}
		i := slices.IndexFunc(last.resources, func(parent discovery.Resource) bool { return parent.Name == row.Name })
		if i < 0 {
			// Only subresources of it are served.
			i = len(last.resources)
			last.resources = append(last.resources, discovery.Resource{Name: row.Name, Scope: row.Scope})
		}
		parent := &last.resources[i]
		parent.Subresources = append(parent.Subresources, discovery.Subresource{
			Name: row.subresource, Kind: row.Kind, Verbs: slices.Clone(row.Verbs),
		})
	}
	return versions
}

func cloned(r discovery.Resource) discovery.Resource {
	r.Verbs, r.ShortNames, r.Categories = slices.Clone(r.Verbs), slices.Clone(r.ShortNames), slices.Clone(r.Categories)
	return r
}
