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

// hinter looks for what the author probably meant, for the hints of one plan. It
// stops when that takes too long: such a plan has more drift than anybody reads.
type hinter struct {
	*judge
	// groupVersions has the names of all served group versions, once a hint needs
	// them.
	groupVersions []string
	// compared counts the names compared, and looked the resources visited.
	compared, looked int
}

const (
	// maxCompared limits the names compared for one plan, which takes some tenths of
	// a second.
	maxCompared = 200_000
	// maxLooked limits the resources visited for one plan, for about the same time.
	maxLooked = 5_000_000
)

func (h *hinter) didYouMean(name string, known []string) string {
	if like := h.nearest(name, known); like != "" {
		return "did you mean " + like
	}
	return ""
}

// nearest returns the name with the most similar spelling, or nothing if none is
// close.
func (h *hinter) nearest(name string, known []string) string {
	if h.compared += len(known); h.compared > maxCompared {
		return ""
	}
	return nearest.Name(name, known)
}

// groupVersion names the served versions of the group, or else a group version with a
// similar spelling.
func (h *hinter) groupVersion(gv kubeapi.GroupVersion) string {
	if group, u := h.group(gv.Group); u == nil && group != nil {
		var versions []string
		for _, v := range group.Versions {
			versions = append(versions, v.Name)
		}
		return areServed(versions)
	}
	if gv.Group == "core" {
		return "the core group is written without a name: " + gv.Version
	}
	if h.groupVersions == nil {
		for _, group := range served(h.snapshot) {
			for _, v := range group.Versions {
				h.groupVersions = append(h.groupVersions, kubeapi.GroupVersion{Group: group.Name, Version: v.Name}.String())
			}
		}
	}
	if hint := h.didYouMean(gv.String(), h.groupVersions); hint != "" {
		return hint
	}
	return areServed(sameLabel(gv.Group, h.groupVersions))
}

// sameLabel returns the group versions whose group begins with the same label: people
// write "networking/v1" for "networking.k8s.io/v1".
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

// resource is for a resource, or a subresource such as "pods/log", that its group
// version lacks.
func (h *hinter) resource(name string, gv kubeapi.GroupVersion, version *discovery.Version) string {
	if parent, _, nested := strings.Cut(name, "/"); nested {
		if c, _ := find(parent, version.Resources.Value); c != nil {
			return h.nested(name, c)
		}
	} else if hint := aliasHint(name, version); hint != "" {
		return hint
	}
	subresources := ""
	if c, _ := find(name, version.Resources.Value); c != nil {
		if first := firstNested(c); first != "" {
			subresources = "only its subresources are served; require one by itself, as in resource " + strconv.Quote(first)
		}
	}
	return sentences(subresources, h.elsewhere(name, gv, version, names{
		serves: func(resources []discovery.Resource) bool { _, served := find(name, resources); return served },
		of:     func(c *discovery.Resource) string { return c.Name },
	}))
}

// kind is for a kind that its group version lacks.
func (h *hinter) kind(kind string, gv kubeapi.GroupVersion, version *discovery.Version) string {
	return h.elsewhere(kind, gv, version, names{
		serves: func(resources []discovery.Resource) bool {
			return slices.ContainsFunc(resources, func(c discovery.Resource) bool { return isServed(&c) && c.Kind == kind })
		},
		of: func(c *discovery.Resource) string { return c.Kind },
	})
}

// firstNested names a subresource in full, where there is one.
func firstNested(c *discovery.Resource) string {
	if len(c.Subresources) == 0 {
		return ""
	}
	return c.Name + "/" + c.Subresources[0].Name
}

// names are what a hint looks for.
type names struct {
	// serves reports whether a version serves the name.
	serves func([]discovery.Resource) bool
	// of returns the name of a resource, which may be the one that was meant.
	of func(*discovery.Resource) string
}

// aliasHint helps an author who used the singular or a short name, which kubectl
// accepts.
func aliasHint(name string, version *discovery.Version) string {
	for i := range version.Resources.Value {
		r := &version.Resources.Value[i]
		if isServed(r) && (r.Singular == name || slices.Contains(r.ShortNames, name)) {
			return "did you mean " + r.Name
		}
	}
	return ""
}

// elsewhere looks for name, which gv lacks: first in the other versions of the group,
// then for a similar name in gv, then in all other groups.
func (h *hinter) elsewhere(name string, gv kubeapi.GroupVersion, version *discovery.Version, wanted names) string {
	if h.compared > maxCompared {
		return ""
	}
	var sameGroup, otherGroups []string
	for _, group := range served(h.snapshot) {
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
	if hint := h.didYouMean(name, known); hint != "" {
		return hint
	}
	if len(otherGroups) > 0 {
		return name + " is served in " + list(otherGroups)
	}
	return ""
}

// subresource is for a subresource that a resource lacks.
func (h *hinter) subresource(name string, r *discovery.Resource) string {
	var known []string
	for _, s := range r.Subresources {
		known = append(known, s.Name)
	}
	return h.amongSubresources(name, known, r)
}

// nested is for a subresource with its full name.
func (h *hinter) nested(name string, r *discovery.Resource) string {
	var known []string
	for _, s := range r.Subresources {
		known = append(known, r.Name+"/"+s.Name)
	}
	return h.amongSubresources(name, known, r)
}

func (h *hinter) amongSubresources(name string, known []string, r *discovery.Resource) string {
	return h.among(name, known, r.Name+" has no subresources", areServed)
}

// verb is for a verb that a resource lacks.
func (h *hinter) verb(verb string, served []string) string {
	return h.among(verb, served, "no verb is served", areServed)
}

// enum is for a value that a field may not have.
func (h *hinter) enum(value string, allowed []string) string {
	return h.among(value, allowed, "it may be no string", func(values []string) string { return "it may be " + alternatives(values) })
}

// among returns the name that was probably meant, or else all names.
func (h *hinter) among(name string, known []string, none string, all func([]string) string) string {
	if hint := h.didYouMean(name, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return none
	}
	return all(known)
}

// field returns the path with the name that was probably meant, if the schema has a
// similar one. Otherwise it says how far the path exists.
func (h *hinter) field(path kubeapi.FieldPath, found discovery.Field) string {
	goes := 0 // steps that the schema has
	var memory [16]kubeapi.FieldStep
	if at, err := kubeapi.AppendFieldPath(memory[:0], found.At); err == nil {
		goes = len(at)
	}
	if goes >= len(path) {
		return ""
	}
	step := path[goes]
	if step.Kind == kubeapi.StepField && len(found.Siblings) > 0 {
		if like := h.nearest(step.Name, found.Siblings); like != "" {
			meant := append(kubeapi.FieldPath{}, path...)
			meant[goes].Name = like
			return "did you mean " + meant.String()
		}
	}
	switch {
	case found.Type == "array" && step.Kind != kubeapi.StepItems:
		return found.At + " is an array, whose items are " + found.At + "[]"
	case len(found.Siblings) > 0 && step.Kind != kubeapi.StepField:
		return found.At + " is an object with fields of its own"
	case len(found.Siblings) > 0 && found.At == "":
		return "there is " + list(found.Siblings)
	case len(found.Siblings) > 0:
		return found.At + " has " + list(found.Siblings)
	case found.Type != "" && found.At != "":
		return found.At + " is of type " + found.Type
	}
	return ""
}

// permission helps if a resource is named by its singular or a short name, is
// misspelt, or is served in another group.
func (h *hinter) permission(r *config.PermissionResource) string {
	var here, elsewhere, groups []string
	for _, g := range served(h.snapshot) {
		for _, v := range g.Versions {
			h.looked += 1 + len(v.Resources.Value)
		}
		if h.looked > maxLooked {
			return ""
		}
		groups = append(groups, g.Name)
		for _, v := range g.Versions {
			if g.Name == r.Group {
				if hint := aliasHint(r.Resource, &v); hint != "" {
					return withGroup(hint, g.Name)
				}
			}
			for i := range v.Resources.Value {
				switch c := &v.Resources.Value[i]; {
				case !isServed(c):
				case g.Name == r.Group:
					here = append(here, c.Name)
				case c.Name == r.Resource:
					elsewhere = append(elsewhere, withGroup(c.Name, g.Name))
				}
			}
		}
	}
	if len(elsewhere) > 0 {
		slices.Sort(elsewhere)
		return areServed(slices.Compact(elsewhere))
	}
	if hint := h.didYouMean(r.Resource, here); hint != "" {
		return withGroup(hint, r.Group)
	}
	if slices.Contains(groups, r.Group) {
		return ""
	}
	if hint := h.didYouMean(r.Group, groups); hint != "" {
		return "the group " + r.Group + " is not served; " + hint
	}
	return "the group " + r.Group + " is not served"
}

func withGroup(resource, group string) string { return strings.TrimSuffix(resource+"."+group, ".") }

// sentences joins hints. Either may be empty.
func sentences(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "; " + second
}
