package generate

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Selection is a part of what a cluster serves. The zero Selection is all.
type Selection struct {
	// Groups are the names of groups, where "core" is the core group. Kinds are those of resources.
	Groups, Kinds []string
}

// Snapshot returns a declaration of what a cluster served: the resources of each group version, with
// their kinds, scopes, verbs and subresources. Gaps are the group versions whose resources are
// unknown, so that only the group version is required. It is an error if the groups are unknown, or
// if nothing is selected.
func Snapshot(s *discovery.Snapshot, only Selection) (text string, gaps []*discovery.Failure, err error) {
	w := &writer{}
	if f := cmp.Or(s.Core.Unknown(), s.Named.Unknown()); f != nil {
		return "", nil, f.Within("the groups are not known")
	}
	for _, g := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		if len(only.Groups) > 0 && !slices.Contains(only.Groups, cmp.Or(g.Name, "core")) {
			continue
		}
		for _, v := range g.Versions {
			gv := kubeapi.GroupVersion{Group: g.Name, Version: v.Name}
			if f := v.Resources.Unknown(); f != nil {
				gaps = append(gaps, f.Within("the resources of "+gv.String()+" are not known, and not required"))
			}
			w.version(gv, v.Resources.Value, only.Kinds)
		}
	}
	if w.text.Len() == 0 {
		return "", gaps, errors.New("the snapshot has no such group or kind")
	}
	text, err = w.formatted()
	return text, gaps, err
}

// version writes the resources of a group version, and nothing if none is of the kinds.
func (w *writer) version(gv kubeapi.GroupVersion, resources []discovery.Resource, kinds []string) {
	selected := map[string]int{}
	for i := range resources {
		if len(kinds) == 0 || slices.Contains(kinds, resources[i].Kind) {
			selected[resources[i].Name] = i
		}
	}
	if len(selected) == 0 && len(kinds) > 0 {
		return
	}
	w.open("api", gv.String())
	for _, name := range slices.Sorted(maps.Keys(selected)) {
		r := &resources[selected[name]]
		w.open("resource", name)
		w.resource(r.Kind, r.Scope, r.Verbs, r.Subresources)
		w.close()
	}
	w.close()
}

// resource writes the attributes of a resource. What is empty is not required.
func (w *writer) resource(kind string, scope kubeapi.Scope, verbs []string, subresources []discovery.Subresource) {
	if kind != "" {
		w.attribute("kind", quote(kind))
	}
	if scope != "" {
		w.attribute("scope", quote(string(scope)))
	}
	if len(verbs) > 0 {
		w.attribute("verbs", listOf(slices.Sorted(slices.Values(verbs))))
	}
	var names []string
	for _, s := range subresources {
		names = append(names, s.Name)
	}
	if len(names) > 0 {
		slices.Sort(names)
		w.attribute("subresources", listOf(names))
	}
}
