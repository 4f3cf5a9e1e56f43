package wire

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func groups(c *codec, list *[]Group) { jsonwalk.Items(c, list, countGroup, group) }

func group(c *codec, g *Group) {
	c.Object(func() {
		switch c.Form {
		case aggregated:
			c.TextOf("metadata", "name", &g.Name, MaxName)
		case plain:
			c.Text("name", &g.Name, MaxName)
			c.TextOf("preferredVersion", "version", &g.Preferred, MaxName)
		case Saved:
			c.Text("name", &g.Name, MaxName)
			c.Text("preferred", &g.Preferred, MaxName)
		}
		jsonwalk.List(c, "versions", &g.Versions, countVersion, version)
	})
	if c.Form == plain && g.Name == "" {
		check(c, errors.New("a group has no name"))
	}
}

func version(c *codec, v *Version) {
	c.Object(func() {
		c.Text(names(c, "version", "version", "name"), &v.Name, MaxName)
		c.Text(names(c, "freshness", "", "freshness"), (*string)(&v.Freshness), 0)
		switch c.Form {
		case aggregated:
			jsonwalk.List(c, "resources", &v.Resources.Value, countResource, resource)
		case Saved:
			Fact(c, "resources", &v.Resources, func(c *codec, list *[]Resource) {
				resources(c, list)
				check(c, checkResources(*list))
			})
		}
	})
	switch current := v.Freshness == kubeapi.FreshnessCurrent || v.Freshness == ""; {
	case v.Name == "":
		check(c, errors.New("a version has no name"))
	case c.Form == Saved && !current && v.Resources.Known:
		check(c, fmt.Errorf("the resources cannot be known where the freshness is %s", text.Quote(string(v.Freshness))))
	}
}

func resources(c *codec, list *[]Resource) { jsonwalk.Items(c, list, countResource, resource) }

// resource puts no limit on texts: checkResources does, for one group version alone.
func resource(c *codec, r *Resource) {
	if c.Form == aggregated && compact(c.In, r) {
		return
	}
	c.Object(func() {
		c.Text(names(c, "resource", "name", "name"), &r.Name, 0)
		c.Text(names(c, "singularResource", "singularName", "singular"), &r.Singular, 0)
		c.Text(names(c, "", "kind", "kind"), &r.Kind, 0)
		// It is null or empty for a resource that only has subresources.
		c.TextOf(names(c, "responseKind", "", ""), "kind", &r.Kind, 0)
		if c.Member(names(c, "scope", "namespaced", "scope")) {
			scope(c, &r.Scope)
		}
		c.Texts("verbs", &r.Verbs, 0)
		c.Texts(names(c, "shortNames", "shortNames", "short_names"), &r.ShortNames, 0)
		c.Texts("categories", &r.Categories, 0)
		jsonwalk.List(c, names(c, "subresources", "", "subresources"), &r.Subresources, countResource, subresource)
	})
}

func subresource(c *codec, s *Subresource) {
	c.Object(func() {
		c.Text(names(c, "subresource", "", "name"), &s.Name, 0)
		c.Text(names(c, "", "", "kind"), &s.Kind, 0)
		c.TextOf(names(c, "responseKind", "", ""), "kind", &s.Kind, 0)
		c.Texts("verbs", &s.Verbs, 0)
	})
}

// scope is one that Kubernetes has. Another one says nothing, and is not saved.
func scope(c *codec, s *kubeapi.Scope) {
	switch {
	case c.Out != nil:
		c.Out.Text(string(*s))
	case c.Form == plain:
		if namespaced := c.In.Bool(); namespaced != nil {
			*s = kubeapi.ScopeCluster
			if *namespaced {
				*s = kubeapi.ScopeNamespaced
			}
		}
	default:
		is := kubeapi.Scope(c.In.Text())
		switch {
		case is == "" || slices.Contains(kubeapi.Scopes(), is):
			*s = is
		case c.Strict:
			c.In.Failf("%s is not a scope", text.Quote(string(is)))
		}
	}
}

// SavedCore is the group without a name in a saved snapshot.
func SavedCore(c *codec, g *Group) {
	group(c, g)
	if g.Name != "" {
		check(c, errors.New("the core group has the name "+text.Quote(g.Name)))
	}
	check(c, CheckGroups([]Group{*g}))
}

// SavedGroups are the other groups.
func SavedGroups(c *codec, list *[]Group) {
	groups(c, list)
	check(c, CheckGroups(*list))
	check(c, CheckNamed(*list))
}

// SavedServerVersion is a server's version in a saved snapshot.
func SavedServerVersion(c *codec, v *model.ServerVersion) {
	c.Object(func() { serverVersion(c, v) })
}

// serverVersion has the members of a server's version.
func serverVersion(c *codec, v *model.ServerVersion) {
	emulatesNone := v.EmulationMajor == "" && v.EmulationMinor == ""
	c.Text(names(c, "", "gitVersion", "git_version"), &v.GitVersion, MaxName)
	c.Text("major", &v.Major, MaxName)
	c.Text("minor", &v.Minor, MaxName)
	c.Optional(emulatesNone).Since(2).Text(names(c, "", "emulationMajor", "emulation_major"), &v.EmulationMajor, MaxName)
	c.Optional(emulatesNone).Since(2).Text(names(c, "", "emulationMinor", "emulation_minor"), &v.EmulationMinor, MaxName)
	c.Text("platform", &v.Platform, MaxName)
}
