package generate

import (
	"slices"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// catalogue answers questions about Kubernetes' own kinds, and remembers answers.
type catalogue struct {
	releases  []catalog.Release
	resources map[catalog.Kind]discovery.Resource
	// served are the resources of the newest release, by their groups, and removed are those
	// that it does not have any more.
	served  map[string][]catalog.Resource
	removed map[string][]deprecation
	fields  map[string]presence
}

type deprecation struct {
	catalog.Deprecation
	kubeapi.GroupVersion
}

// read reads the catalogue when it is needed first.
func (c *catalogue) read() {
	if c.releases != nil {
		return
	}
	c.releases = catalog.Releases()
	c.resources, c.served, c.removed = map[catalog.Kind]discovery.Resource{}, map[string][]catalog.Resource{}, map[string][]deprecation{}
	c.fields = map[string]presence{}
	for _, r := range c.releases {
		for _, resource := range r.Resources() {
			if resource.Subresource == "" {
				c.resources[catalog.Kind{GroupVersion: resource.GroupVersion, Name: resource.Kind}] = resource.Resource
			}
		}
	}
	for _, resource := range c.newest().Resources() {
		group := resource.GroupVersion.Group
		c.served[group] = append(c.served[group], resource)
	}
	var last kubeapi.GroupVersion
	for _, kind := range catalog.Kinds() {
		gv := kind.GroupVersion
		if gv == last {
			continue
		}
		last = gv
		for _, d := range catalog.Deprecations(gv) {
			if c.isRemoved(d) {
				c.removed[gv.Group] = append(c.removed[gv.Group], deprecation{d, gv})
			}
		}
	}
}

func (c *catalogue) newest() catalog.Release { return c.releases[len(c.releases)-1] }

func (c *catalogue) isRemoved(d catalog.Deprecation) bool {
	return d.Removed.Major != 0 && d.Removed.Minor <= c.newest().Version().Minor
}

// words says since when a kind is deprecated, and what to use instead.
func (c *catalogue) words(of catalog.Deprecation) string {
	d := apply.Deprecation{Deprecated: of.Deprecated, Removed: of.Removed, Replacement: of.Replacement, ReplacementKind: of.ReplacementKind}
	// The replacement may be removed too.
	for next := true; next; {
		next = false
		for _, n := range catalog.Deprecations(d.Replacement) {
			if n.Kind == d.ReplacementKind && c.isRemoved(n) {
				d.Replacement, d.ReplacementKind, next = n.Replacement, n.ReplacementKind, true
			}
		}
	}
	if d.ReplacementKind == of.Kind {
		d.ReplacementKind = ""
	}
	return d.String()
}

// judge warns of a kind that Kubernetes has deprecated, or does not have. The prefix says who names it.
func (g *Generator) judge(o *manifest.Object, kind catalog.Kind, at *manifest.Node, prefix string) {
	g.read()
	gv := kind.GroupVersion
	for _, d := range catalog.Deprecations(gv) {
		if d.Kind == kind.Name {
			g.warn(o, at, deprecated, "%s%s of %s: %s", prefix, kind.Name, gv, g.words(d))
			return
		}
	}
	if _, known := g.resources[kind]; !known && catalog.Serves(gv.Group) {
		g.warn(o, at, "Unknown kind", "%s%s of %s: Kubernetes %s to %s do not serve it", prefix, kind.Name, gv, g.releases[0], g.newest())
	} else if s, off := g.newest().Off(gv, kind.Name); off && known {
		g.warn(o, at, "Off by default", "%s%s of %s: Kubernetes %s does not serve it by default; switch it on with %s", prefix, kind.Name, gv, g.newest(), s)
	}
}

const deprecated = "Deprecated API"

// removedResource returns what is known of a resource that the newest release has in none of the
// groups and versions, where "*" is every one. It is false if it has it in one of them, or if one is
// not Kubernetes' own.
func (c *catalogue) removedResource(groups, versions []string, name string) (deprecation, bool) {
	c.read()
	matches := func(gv kubeapi.GroupVersion, resource string) bool {
		return (resource == name || name == "*") && (slices.Contains(versions, gv.Version) || slices.Contains(versions, "*"))
	}
	var found deprecation
	for _, group := range groups {
		if !catalog.Serves(group) && c.removed[group] == nil {
			return deprecation{}, false
		}
		for _, r := range c.served[group] {
			if matches(r.GroupVersion, r.Name) {
				return deprecation{}, false
			}
		}
		for _, d := range c.removed[group] {
			if matches(d.GroupVersion, d.Resource) && d.Removed.Minor >= found.Removed.Minor {
				found = d
			}
		}
	}
	return found, found.Resource != ""
}
