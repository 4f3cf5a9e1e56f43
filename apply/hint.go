package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// groupVersionHint names the versions of the group that are served, or else a
// group version that is spelled alike.
func groupVersionHint(gv kubeapi.GroupVersion, s *discovery.Snapshot) string {
	if group, failure := s.Group(gv.Group); failure == nil && group != nil {
		var versions []string
		for _, v := range group.Versions {
			versions = append(versions, v.Name)
		}
		return areServed(versions)
	}
	var known []string
	for _, group := range served(s) {
		for _, v := range group.Versions {
			known = append(known, kubeapi.GroupVersion{Group: group.Name, Version: v.Name}.String())
		}
	}
	return didYouMean(gv.String(), known)
}

// notServed is the difference of a resource or kind that its group version
// lacks.
func (j *judge) notServed(r *config.Resource, gv kubeapi.GroupVersion, version *discovery.Version) Difference {
	if r.Type == config.TypeKind {
		return Difference{
			Code: KindNotServed, Declared: r.Kind.Value, Range: r.Range,
			Hint: j.resourceHint(r.Kind.Value, gv, version, func(c discovery.Resource) string { return c.Kind }),
		}
	}
	hint := aliasHint(r.Name, version)
	if hint == "" {
		hint = j.resourceHint(r.Name, gv, version, func(c discovery.Resource) string { return c.Name })
	}
	return Difference{Code: ResourceNotServed, Declared: r.Name, Hint: hint, Range: r.Range}
}

// aliasHint helps where a resource is called by its singular or a short name, as
// kubectl allows.
func aliasHint(name string, version *discovery.Version) string {
	for _, r := range version.Resources.Value {
		if r.Kind != "" && (r.Singular == name || slices.Contains(r.ShortNames, name)) {
			return "did you mean " + r.Name
		}
	}
	return ""
}

// resourceHint looks for name, which gv does not serve, in the other versions of
// the group, then for a like name in gv, then for the name in any other group.
func (j *judge) resourceHint(
	name string, gv kubeapi.GroupVersion, version *discovery.Version, nameOf func(discovery.Resource) string,
) string {
	var sameGroup, otherGroups []string
	for _, group := range served(j.snapshot) {
		for _, v := range group.Versions {
			has := slices.ContainsFunc(v.Resources.Value, func(c discovery.Resource) bool {
				return c.Kind != "" && nameOf(c) == name
			})
			if !has {
				continue
			}
			found := kubeapi.GroupVersion{Group: group.Name, Version: v.Name}.String()
			if group.Name == gv.Group {
				sameGroup = append(sameGroup, found)
			} else {
				otherGroups = append(otherGroups, found)
			}
		}
	}
	if len(sameGroup) > 0 {
		return name + " is served in " + list(sameGroup)
	}
	var known []string
	for _, c := range version.Resources.Value {
		if c.Kind != "" {
			known = append(known, nameOf(c))
		}
	}
	if hint := didYouMean(name, known); hint != "" {
		return hint
	}
	if len(otherGroups) > 0 {
		return name + " is served in " + list(otherGroups)
	}
	return ""
}

func subresourceHint(name string, r *discovery.Resource) string {
	var known []string
	for _, s := range r.Subresources {
		known = append(known, s.Name)
	}
	if hint := didYouMean(name, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return r.Name + " has no subresources"
	}
	return areServed(known)
}

func verbHint(served []string) string {
	if len(served) == 0 {
		return "no verb is served"
	}
	return areServed(served)
}

// served gives every group whose versions are known.
func served(s *discovery.Snapshot) []discovery.Group {
	var groups []discovery.Group
	if s.Core.Known {
		groups = append(groups, s.Core.Value)
	}
	return append(groups, s.Named.Value...)
}

func didYouMean(name string, known []string) string {
	if like := nearest.Name(name, known); like != "" {
		return "did you mean " + like
	}
	return ""
}

// areServed gives "v1 is served" or "v1 and v1beta1 are served", and nothing for
// no names.
func areServed(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is served"
	}
	return list(names) + " are served"
}

// list gives "a", "a and b" or "a, b and c"; past ten names it counts the rest.
func list(names []string) string {
	const most = 10
	if extra := len(names) - most; extra > 0 {
		return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(extra) + " more"
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
