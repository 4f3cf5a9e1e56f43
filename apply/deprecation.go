package apply

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Deprecation says that the newest release that kreconcile knows has deprecated an API
// of Kubernetes, or does not have it any more. It does not depend on the release that a
// cluster runs. Of custom resources and aggregated APIs nothing is known.
type Deprecation struct {
	// GroupVersion and Kind are what is deprecated. The kind is empty if it is every kind
	// that the group version serves.
	GroupVersion kubeapi.GroupVersion
	Kind         string
	// Deprecated is the first release in which it is deprecated, and Removed the first
	// one without it. Each is a minor version, and the zero Version if there is none.
	Deprecated, Removed kubeapi.Version
	// Replacement and ReplacementKind are what to use instead, which is in the
	// snapshot if possible. They are empty if there is nothing. The kind is also empty
	// if it is the same.
	Replacement     kubeapi.GroupVersion
	ReplacementKind string
}

// String returns when it is deprecated and removed, and what to use instead:
// "deprecated in Kubernetes 1.21, removed in 1.25; use policy/v1".
func (d *Deprecation) String() string {
	when := "deprecated in Kubernetes " + d.Deprecated.String()
	switch {
	case d.Deprecated.Major == 0:
		when = "removed in Kubernetes " + d.Removed.String()
	case d.Removed.Major != 0:
		when += ", removed in " + d.Removed.String()
	}
	return sentences(when, d.use())
}

// API names what is deprecated: "policy/v1beta1" or "v1 Endpoints".
func (d *Deprecation) API() string { return strings.TrimSpace(d.GroupVersion.String() + " " + d.Kind) }

func (d *Deprecation) use() string {
	if d.Replacement.Version == "" {
		return ""
	}
	return strings.TrimSpace("use " + d.Replacement.String() + " " + d.ReplacementKind)
}

// deprecation returns that of a resource that is served, by the deprecated kinds of its
// group version. It is nil if there is none, or if its api block has the same and counts
// as much.
func (j *judge) deprecation(r *config.Resource, gv kubeapi.GroupVersion, kinds []catalog.Deprecation, parent Finding) *Deprecation {
	d := j.joined(gv, kindsOf(r, kinds))
	if d == nil || parent.Deprecation == nil {
		return d
	}
	whole := *parent.Deprecation
	whole.Kind = d.Kind
	if *d == whole && (parent.Severity == r.Severity || r.Severity == config.SeverityWarning) {
		return nil
	}
	return d
}

// kindsOf returns the one of the deprecated kinds that a resource is of.
func kindsOf(r *config.Resource, kinds []catalog.Deprecation) []catalog.Deprecation {
	name, _, _ := strings.Cut(r.Name, "/")
	i := slices.IndexFunc(kinds, func(d catalog.Deprecation) bool {
		if r.Type == config.TypeKind {
			return d.Kind == r.Kind.Value
		}
		return d.Resource == name
	})
	if i < 0 {
		return nil
	}
	return kinds[i : i+1]
}

// kindsUnder returns the deprecated kinds that an api block needs, and all of its group
// version if it needs none of these.
func kindsUnder(a *config.API) []catalog.Deprecation {
	kinds := catalog.Deprecations(a.GroupVersion)
	var needed []catalog.Deprecation
	for _, r := range a.Resources {
		needed = append(needed, kindsOf(r, kinds)...)
	}
	if len(needed) == 0 {
		return kinds
	}
	return needed
}

// wholly returns the deprecation of a group version if every resource that it serves is
// of a deprecated kind. It is nil if the resources are not known.
func (j *judge) wholly(gv kubeapi.GroupVersion, version *discovery.Version, deprecated []catalog.Deprecation) *Deprecation {
	var kinds []catalog.Deprecation
	for i := range version.Resources.Value {
		served := &version.Resources.Value[i]
		if !isServed(served) {
			continue
		}
		at := slices.IndexFunc(deprecated, func(d catalog.Deprecation) bool { return d.Resource == served.Name })
		if at < 0 {
			return nil
		}
		kinds = append(kinds, deprecated[at])
	}
	d := j.joined(gv, kinds)
	if d != nil {
		d.Kind, d.ReplacementKind = "", ""
	}
	return d
}

// joined returns the deprecation of several kinds of a group version, or nil for none.
// It is deprecated and removed when the last one is, and has a replacement if
// a single group version replaces all.
func (j *judge) joined(gv kubeapi.GroupVersion, kinds []catalog.Deprecation) *Deprecation {
	if len(kinds) == 0 {
		return nil
	}
	all := &Deprecation{GroupVersion: gv, Kind: kinds[0].Kind, Deprecated: kinds[0].Deprecated, Removed: kinds[0].Removed}
	var replacements []kubeapi.GroupVersion
	for _, kind := range kinds {
		if kind.Deprecated.Minor > all.Deprecated.Minor {
			all.Deprecated = kind.Deprecated
		}
		if kind.Removed.Minor == 0 || all.Removed.Minor != 0 && kind.Removed.Minor > all.Removed.Minor {
			all.Removed = kind.Removed
		}
		replacement, name := j.replacement(kind)
		if replacement.Version != "" && !slices.Contains(replacements, replacement) {
			replacements = append(replacements, replacement)
		}
		if name != kind.Kind {
			all.ReplacementKind = name
		}
	}
	if len(replacements) == 1 {
		all.Replacement = replacements[0]
	}
	return all
}

// replacement returns what to use instead of a kind. Where that is deprecated itself and
// not served, it is the next one.
func (j *judge) replacement(of catalog.Deprecation) (kubeapi.GroupVersion, string) {
	for {
		gv, kind := of.Replacement, of.ReplacementKind
		next := catalog.Deprecations(gv)
		i := slices.IndexFunc(next, func(d catalog.Deprecation) bool { return d.Kind == kind })
		if i < 0 || j.serves(gv, kind) {
			return gv, kind
		}
		of = next[i]
	}
}

// serves reports whether the snapshot is known to have a kind.
func (j *judge) serves(gv kubeapi.GroupVersion, kind string) bool {
	group, u := j.group(gv.Group)
	if u != nil || group == nil {
		return false
	}
	return slices.ContainsFunc(group.Versions, func(v discovery.Version) bool {
		has := func(r discovery.Resource) bool { return r.Kind == kind }
		return v.Name == gv.Version && slices.ContainsFunc(v.Resources.Value, has)
	})
}

// removedOr says which release removed kinds of a group version that are not served, and
// what to use instead. If that is not known to be the reason, or nothing replaces
// them, it also gives the other hint.
func (h *hinter) removedOr(gv kubeapi.GroupVersion, kinds []catalog.Deprecation, other func() string) string {
	d := h.joined(gv, slices.DeleteFunc(slices.Clone(kinds), func(d catalog.Deprecation) bool { return !h.isPast(d) }))
	if d == nil {
		return other()
	}
	removed := "Kubernetes " + d.Removed.String() + " removed it"
	if d.Replacement.Version == "" {
		return sentences(removed, other())
	}
	return sentences(removed, d.use())
}

// isPast reports whether the release of the snapshot does not have a kind any more. If
// the snapshot has no version, it is so if the replacement is served.
func (h *hinter) isPast(d catalog.Deprecation) bool {
	if d.Removed.Minor == 0 {
		return false
	}
	if release, err := h.snapshot.Version.Value.Release(); err == nil {
		return release.Minor >= d.Removed.Minor
	}
	gv, kind := h.replacement(d)
	return h.serves(gv, kind)
}
