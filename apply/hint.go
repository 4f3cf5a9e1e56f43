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

// hinter looks for what was probably meant, for the hints of one plan. It stops looking
// when that takes too long: nobody reads a plan that drifts so far to its end.
type hinter struct {
	*judge
	// groupVersions are the names of all that is served, once a hint needed them.
	groupVersions []string
	// compared counts names that were compared, and looked resources that were passed on
	// the way.
	compared, looked int
}

const (
	// maxCompared is how many names are compared for one plan. It takes some tenths of a
	// second.
	maxCompared = 200_000
	// maxLooked is how many resources are looked at for one plan, for about as long.
	maxLooked = 5_000_000
)

func (h *hinter) didYouMean(name string, known []string) string {
	if like := h.nearest(name, known); like != "" {
		return "did you mean " + like
	}
	return ""
}

// nearest gives the name that is spelled most alike, and nothing where none is.
func (h *hinter) nearest(name string, known []string) string {
	if h.compared += len(known); h.compared > maxCompared {
		return ""
	}
	return nearest.Name(name, known)
}

// groupVersion names the versions of the group that are served, or else a group version
// that is spelled alike.
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

// resource is for the name of a resource, or of a subresource as in "pods/log", that its
// group version lacks.
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
	// serves is true where a version serves the name that is looked for.
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

// elsewhere looks for name, which gv does not serve, in the other versions of
// the group, then for a like name in gv, then for the name in any other group.
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

// subresource is for one that a resource lacks.
func (h *hinter) subresource(name string, r *discovery.Resource) string {
	var known []string
	for _, s := range r.Subresources {
		known = append(known, s.Name)
	}
	return h.amongSubresources(name, known, r)
}

// nested is for a subresource that is named in full.
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

// verb is for one that a resource lacks.
func (h *hinter) verb(verb string, served []string) string {
	return h.among(verb, served, "no verb is served", areServed)
}

// enum is for a value that a field may not have.
func (h *hinter) enum(value string, allowed []string) string {
	return h.among(value, allowed, "it may be no string", func(values []string) string { return "it may be " + alternatives(values) })
}

// among gives the name that was probably meant, or else all that there are.
func (h *hinter) among(name string, known []string, none string, all func([]string) string) string {
	if hint := h.didYouMean(name, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return none
	}
	return all(known)
}

// field gives the path with the name that was probably meant, where the schema
// has one like it, else says how far it goes.
func (h *hinter) field(path kubeapi.FieldPath, found discovery.Field) string {
	goes := 0 // steps that the schema has
	if at, err := kubeapi.ParseFieldPath(found.At); err == nil {
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

// permission helps where a resource is called by its singular or a short name,
// misspelt, or served in another group.
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

// sentences joins hints, of which either may be empty.
func sentences(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "; " + second
}
