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
func (j *judge) groupVersionHint(gv kubeapi.GroupVersion) string {
	if group, failure := j.snapshot.Group(gv.Group); failure == nil && group != nil {
		var versions []string
		for _, v := range group.Versions {
			versions = append(versions, v.Name)
		}
		return areServed(versions)
	}
	if gv.Group == "core" {
		return "the core group is written without a name: " + gv.Version
	}
	if j.groupVersions == nil {
		for _, group := range served(j.snapshot) {
			for _, v := range group.Versions {
				j.groupVersions = append(j.groupVersions, kubeapi.GroupVersion{Group: group.Name, Version: v.Name}.String())
			}
		}
	}
	if hint := j.didYouMean(gv.String(), j.groupVersions); hint != "" {
		return hint
	}
	return areServed(sameLabel(gv.Group, j.groupVersions))
}

// sameLabel gives the group versions whose group begins with the same label, since
// "networking/v1" is easily written for "networking.k8s.io/v1".
func sameLabel(group string, groupVersions []string) []string {
	label, _, _ := strings.Cut(group, ".")
	var found []string
	for _, name := range groupVersions {
		if strings.HasPrefix(name, label+".") || strings.HasPrefix(name, label+"/") {
			found = append(found, name)
		}
	}
	return found
}

// notServed is the difference of a resource or kind that its group version
// lacks.
func (j *judge) notServed(r *config.Resource, gv kubeapi.GroupVersion, version *discovery.Version) Difference {
	d := Difference{Code: ResourceNotServed, Declared: r.Name, Range: r.Range}
	known := names{
		serves: func(resources []discovery.Resource) bool { _, served := find(r.Name, resources); return served },
		of:     func(c *discovery.Resource) string { return c.Name },
	}
	var hints []string
	parent, _, nested := strings.Cut(r.Name, "/")
	switch {
	case r.Type == config.TypeKind:
		d.Code, d.Declared = KindNotServed, r.Kind.Value
		known.of = func(c *discovery.Resource) string { return c.Kind }
		known.serves = func(resources []discovery.Resource) bool {
			return slices.ContainsFunc(resources, func(c discovery.Resource) bool { return isServed(&c) && c.Kind == d.Declared })
		}
	case nested:
		d.Code = SubresourceNotServed
		if c, _ := find(parent, version.Resources.Value); c != nil {
			d.Hint = j.nestedHint(r.Name, c)
			return d
		}
	default:
		if hint := aliasHint(r.Name, version); hint != "" {
			d.Hint = hint
			return d
		}
		if c, _ := find(r.Name, version.Resources.Value); c != nil {
			if first := firstNested(c); first != "" {
				hints = append(hints, "only its subresources are served; require one by itself, as in resource "+strconv.Quote(first))
			}
		}
	}
	if j.compared <= maxCompared {
		if hint := j.resourceHint(d.Declared, gv, version, known); hint != "" {
			hints = append(hints, hint)
		}
	}
	d.Hint = strings.Join(hints, "; ")
	return d
}

// firstNested names a subresource in full, where there is one.
func firstNested(c *discovery.Resource) string {
	if len(c.Subresources) == 0 {
		return ""
	}
	return shown(c.Name + "/" + c.Subresources[0].Name)
}

// names are what a hint looks for.
type names struct {
	// serves tells whether a version serves the name that is looked for.
	serves func([]discovery.Resource) bool
	// of gives the name of a resource, which may be the one that was meant.
	of func(*discovery.Resource) string
}

// aliasHint helps where a resource is called by its singular or a short name, as
// kubectl allows.
func aliasHint(name string, version *discovery.Version) string {
	for i := range version.Resources.Value {
		r := &version.Resources.Value[i]
		if isServed(r) && (r.Singular == name || slices.Contains(r.ShortNames, name)) {
			return "did you mean " + r.Name
		}
	}
	return ""
}

// resourceHint looks for name, which gv does not serve, in the other versions of
// the group, then for a like name in gv, then for the name in any other group.
func (j *judge) resourceHint(
	name string, gv kubeapi.GroupVersion, version *discovery.Version, wanted names,
) string {
	var sameGroup, otherGroups []string
	for _, group := range served(j.snapshot) {
		for _, v := range group.Versions {
			if !wanted.serves(v.Resources.Value) {
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
	for i := range version.Resources.Value {
		if c := &version.Resources.Value[i]; isServed(c) {
			known = append(known, wanted.of(c))
		}
	}
	if hint := j.didYouMean(name, known); hint != "" {
		return hint
	}
	if len(otherGroups) > 0 {
		return name + " is served in " + list(otherGroups)
	}
	return ""
}

func (j *judge) subresourceHint(name string, r *discovery.Resource) string {
	var known []string
	for _, s := range r.Subresources {
		known = append(known, s.Name)
	}
	if hint := j.didYouMean(name, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return r.Name + " has no subresources"
	}
	return areServed(known)
}

// nestedHint names subresources in full.
func (j *judge) nestedHint(name string, r *discovery.Resource) string {
	var known []string
	for _, s := range r.Subresources {
		known = append(known, r.Name+"/"+s.Name)
	}
	if hint := j.didYouMean(name, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return r.Name + " has no subresources"
	}
	return areServed(known)
}

func (j *judge) verbHint(verb string, served []string) string {
	if hint := j.didYouMean(verb, served); hint != "" {
		return hint
	}
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

// maxCompared is how many names are compared for the hints of one plan. It takes
// some tenths of a second; a plan that drifts so far is not read to its end.
const maxCompared = 200_000

// maxLooked is how many resources are looked at for the hints of one plan, for about
// as long.
const maxLooked = 5_000_000

func (j *judge) didYouMean(name string, known []string) string {
	if j.compared += len(known); j.compared > maxCompared {
		return ""
	}
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
		return shown(names[0]) + " is served"
	}
	return list(names) + " are served"
}

// list gives "a", "a and b" or "a, b and c"; past ten names it counts the rest.
func list(names []string) string { return joined(names, " and ", shown) }

// alternatives gives values, quoted, with "or" before the last.
func alternatives(values []string) string {
	return joined(values, " or ", func(value string) string { return strconv.Quote(shown(value)) })
}

func joined(names []string, last string, show func(string) string) string {
	const most = 10
	extra := len(names) - most
	names = slices.Clone(names[:min(len(names), most)])
	for i, name := range names {
		names[i] = show(name)
	}
	if extra > 0 {
		return strings.Join(names, ", ") + last + strconv.Itoa(extra) + " more"
	}
	n := len(names) - 1
	if n == 0 {
		return names[0]
	}
	return strings.Join(names[:n], ", ") + last + names[n]
}
