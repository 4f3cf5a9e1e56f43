package compare

import (
	"maps"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// groups compares all groups.
func (c *comparison) groups() {
	names := union(slices.Collect(maps.Keys(c.old.groups)), slices.Collect(maps.Keys(c.new.groups)))
	for _, s := range []*side{c.old, c.new} {
		if f := s.Snapshot.Core.Unknown(); f != nil {
			c.gap(s, f, "core_group")
		}
		if f := s.Snapshot.Named.Unknown(); f != nil {
			c.gap(s, f, "named_groups")
		}
	}
	for _, name := range names {
		if c.unknownGroup(c.old, name) || c.unknownGroup(c.new, name) {
			continue
		}
		before, after := c.old.groups[name], c.new.groups[name]
		if before != nil && after != nil && before.Preferred != after.Preferred {
			c.add(Change{
				How: Changed, What: PreferredVersion, GroupVersion: kubeapi.GroupVersion{Group: name}, Old: before.Preferred, New: after.Preferred,
			})
		}
		for _, version := range union(versions(before), versions(after)) {
			c.groupVersion(kubeapi.GroupVersion{Group: name, Version: version}, versionOf(before, version), versionOf(after, version))
		}
	}
}

// unknownGroup reports whether a side does not know if it has a group.
func (c *comparison) unknownGroup(s *side, name string) bool {
	if s.groups[name] != nil {
		return false
	}
	if name == "" {
		return s.Snapshot.Core.Unknown() != nil
	}
	if s.Snapshot.Named.Unknown() != nil {
		return true
	}
	if s.Snapshot.Missing == nil {
		return false
	}
	f := s.Snapshot.Missing(name)
	if f != nil {
		c.gap(s, &discovery.Failure{Code: f.Code, Message: "a release does not say whether a cluster serves them"}, "groups", name)
	}
	return f != nil
}

func versions(g *discovery.Group) []string {
	var names []string
	if g != nil {
		for _, v := range g.Versions {
			names = append(names, v.Name)
		}
	}
	return names
}

// versionOf returns a version of a group, and nil if there is none.
func versionOf(g *discovery.Group, name string) *discovery.Version {
	if g != nil {
		for i := range g.Versions {
			if g.Versions[i].Name == name {
				return &g.Versions[i]
			}
		}
	}
	return nil
}

func (c *comparison) groupVersion(gv kubeapi.GroupVersion, before, after *discovery.Version) {
	known := c.listed(c.old, gv, before)
	known = c.listed(c.new, gv, after) && known
	switch {
	case before == nil:
		c.absent(c.old, Change{What: GroupVersion, GroupVersion: gv, New: kindsOf(after)}, "group_versions", gv.String())
		return
	case after == nil:
		c.absent(c.new, Change{What: GroupVersion, GroupVersion: gv, Old: kindsOf(before)}, "group_versions", gv.String())
		return
	case !known:
		return
	}
	oldOf, newOf := byName(before.Resources.Value), byName(after.Resources.Value)
	kinds := map[string]bool{}
	for _, name := range union(slices.Collect(maps.Keys(oldOf)), slices.Collect(maps.Keys(newOf))) {
		a, b := oldOf[name], newOf[name]
		at := Change{GroupVersion: gv, Resource: name}
		plural, whole := "resources", gv.String()+" "+name
		switch {
		case a == nil:
			at.What, at.New = Resource, b.Kind
			c.absent(c.old, at, plural, whole)
		case b == nil:
			at.What, at.Old = Resource, a.Kind
			c.absent(c.new, at, plural, whole)
		default:
			c.resource(at, a, b, kinds)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		c.kind(kindName{gv, kind})
	}
}

// listed reports whether the resources of a version are known, if the side has the version.
func (c *comparison) listed(s *side, gv kubeapi.GroupVersion, v *discovery.Version) bool {
	if v == nil {
		return true
	}
	f := v.Resources.Unknown()
	if f != nil {
		c.gap(s, f, "resources_of_group_versions", gv.String())
	}
	return f == nil
}

func byName(resources []discovery.Resource) map[string]*discovery.Resource {
	found := make(map[string]*discovery.Resource, len(resources))
	for i := range resources {
		found[resources[i].Name] = &resources[i]
	}
	return found
}

// kindsOf lists the kinds of a version's resources.
func kindsOf(v *discovery.Version) string {
	var kinds []string
	for _, r := range v.Resources.Value {
		if r.Kind != "" {
			kinds = append(kinds, r.Kind)
		}
	}
	return strings.Join(union(kinds, nil), ", ")
}

// resource compares a resource that both sides have, and adds the kinds that both have to
// kinds.
func (c *comparison) resource(at Change, before, after *discovery.Resource, kinds map[string]bool) {
	whole := at.GroupVersion.String() + " " + at.Resource
	c.value(at, Kind, "kinds_of_resources", whole, before.Kind, after.Kind)
	c.value(at, Scope, "scopes_of_resources", whole, string(before.Scope), string(after.Scope))
	if before.Kind == after.Kind && before.Kind != "" {
		kinds[before.Kind] = true
	}
	c.items(at, Verb, "verbs", whole, before.Verbs, after.Verbs)
	if c.old.NoShortNames == nil && c.new.NoShortNames == nil {
		c.items(at, ShortName, "short_names", whole, before.ShortNames, after.ShortNames)
	}
	for _, s := range []*side{c.old, c.new} {
		if s.NoShortNames != nil {
			c.gap(s, s.NoShortNames, "short_names")
		}
	}
	oldOf, newOf := subresources(before), subresources(after)
	for _, name := range union(slices.Collect(maps.Keys(oldOf)), slices.Collect(maps.Keys(newOf))) {
		a, b := oldOf[name], newOf[name]
		at := at
		at.Subresource = name
		whole := whole + "/" + name
		switch {
		case a == nil:
			at.What, at.New = Subresource, b.Kind
			c.absent(c.old, at, "subresources", whole)
		case b == nil:
			at.What, at.Old = Subresource, a.Kind
			c.absent(c.new, at, "subresources", whole)
		default:
			c.value(at, Kind, "kinds_of_subresources", whole, a.Kind, b.Kind)
			c.items(at, Verb, "verbs", whole, a.Verbs, b.Verbs)
		}
	}
}

func subresources(r *discovery.Resource) map[string]*discovery.Subresource {
	found := make(map[string]*discovery.Subresource, len(r.Subresources))
	for i := range r.Subresources {
		found[r.Subresources[i].Name] = &r.Subresources[i]
	}
	return found
}

// value compares something of which each side has one. An empty value is not known.
func (c *comparison) value(at Change, what What, plural, whole, before, after string) {
	switch {
	case before == after:
	case before == "", after == "":
		s := c.old
		if after == "" {
			s = c.new
		}
		c.gap(s, &discovery.Failure{Code: discovery.NotRecorded, Message: "the server did not publish it"}, plural, whole)
	default:
		at.How, at.What, at.Old, at.New, at.Breaking = Changed, what, before, after, true
		c.add(at)
	}
}

// items compares lists of which the order means nothing.
func (c *comparison) items(at Change, what What, plural, whole string, before, after []string) {
	for _, item := range union(before, after) {
		at := at
		at.What, at.Name = what, item
		switch {
		case !slices.Contains(before, item):
			at.New = item
			c.absent(c.old, at, plural, whole+" "+item)
		case !slices.Contains(after, item):
			at.Old = item
			c.absent(c.new, at, plural, whole+" "+item)
		}
	}
}
