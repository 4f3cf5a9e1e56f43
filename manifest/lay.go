package manifest

import (
	"maps"
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Lay changes s to what it is after the definitions are applied. A group of theirs is known then:
// what is not in it is absent. A resource of the same name is replaced in all versions of the group,
// and what s knows of its fields is forgotten. What else s has stays.
//
// If the groups of s, or the resources of a version, are unknown, they stay so.
func (c *CRDs) Lay(s *discovery.Snapshot) {
	if c == nil || len(c.definitions) == 0 || !s.Named.Known {
		return
	}
	covered := map[string][]*definition{}
	for _, name := range slices.Sorted(maps.Keys(c.definitions)) {
		d := c.definitions[name]
		covered[d.group] = append(covered[d.group], d)
	}
	for _, group := range slices.Sorted(maps.Keys(covered)) {
		i := slices.IndexFunc(s.Named.Value, func(g discovery.Group) bool { return g.Name == group })
		if i < 0 {
			i = len(s.Named.Value)
			s.Named.Value = append(s.Named.Value, discovery.Group{Name: group})
		}
		lay(s, &s.Named.Value[i], covered[group])
	}
	s.Named.Value = slices.DeleteFunc(s.Named.Value, func(g discovery.Group) bool { return covered[g.Name] != nil && len(g.Versions) == 0 })
	maps.DeleteFunc(s.Fields, func(q discovery.FieldQuery, _ discovery.Fact[discovery.Field]) bool {
		return c.kinds[kindOf{q.GroupVersion.Group, q.Kind}] != nil
	})
	for gv, schemas := range s.Schemas {
		if !schemas.Known {
			continue
		}
		maps.DeleteFunc(schemas.Value.Kinds, func(kind, _ string) bool { return c.kinds[kindOf{gv.Group, kind}] != nil })
	}
	c.Cover(s)
}

// Cover makes known which groups of the definitions s lacks: those that it does not have are absent.
// Nothing else changes.
func (c *CRDs) Cover(s *discovery.Snapshot) {
	missing := s.Missing
	if c == nil || missing == nil {
		return
	}
	covered := map[string]bool{}
	for _, d := range c.definitions {
		covered[d.group] = true
	}
	s.Missing = func(group string) *discovery.Failure {
		if covered[group] {
			return nil
		}
		return missing(group)
	}
}

// lay replaces the resources of definitions in their group.
func lay(s *discovery.Snapshot, g *discovery.Group, definitions []*definition) {
	old := make([]string, len(g.Versions))
	for i, v := range g.Versions {
		old[i] = v.Name
	}
	replaced := map[string]bool{}
	for _, d := range definitions {
		replaced[d.resource.Name] = true
	}
	emptied := map[string]bool{}
	for i := range g.Versions {
		resources := &g.Versions[i].Resources
		had := len(resources.Value)
		resources.Value = slices.DeleteFunc(resources.Value, func(r discovery.Resource) bool { return replaced[r.Name] })
		emptied[g.Versions[i].Name] = had > 0 && len(resources.Value) == 0
	}
	for _, d := range definitions {
		for _, v := range d.versions {
			v.lay(g, d)
			if s.Available == nil {
				s.Available = map[kubeapi.GroupVersion]discovery.Fact[struct{}]{}
			}
			// The kube-apiserver itself serves it.
			s.Available[kubeapi.GroupVersion{Group: d.group, Version: v.name}] = discovery.Known(struct{}{})
		}
	}
	// A group version is served as long as it has a resource, unless it had none before.
	g.Versions = slices.DeleteFunc(g.Versions, func(v discovery.Version) bool { return emptied[v.Name] && len(v.Resources.Value) == 0 })
	if same := slices.EqualFunc(g.Versions, old, func(v discovery.Version, name string) bool { return v.Name == name }); !same && len(g.Versions) > 0 {
		g.Preferred = g.Versions[0].Name
	}
}

// lay adds the resource to those of the group version, unless these are unknown.
func (v *version) lay(g *discovery.Group, d *definition) {
	i := slices.IndexFunc(g.Versions, func(other discovery.Version) bool { return other.Name == v.name })
	if i < 0 {
		i = 0
		for i < len(g.Versions) && kubeapi.CompareVersions(g.Versions[i].Name, v.name) < 0 {
			i++
		}
		g.Versions = slices.Insert(g.Versions, i, discovery.Version{
			Name: v.name, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known[[]discovery.Resource](nil),
		})
	}
	if resources := &g.Versions[i].Resources; resources.Known {
		resource := d.resource
		resource.Subresources = v.subresources
		resources.Value = append(resources.Value, resource)
	}
}

// serves reports whether a version is served.
func (d *definition) serves(name string) bool {
	return slices.ContainsFunc(d.versions, func(v version) bool { return v.name == name })
}
