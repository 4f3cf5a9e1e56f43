package generate

import (
	"maps"
	"slices"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// permission is a permission block.
type permission struct {
	// verbs is what the block is for, see [verbsOf].
	verbs string
	// cluster is set for resources that are in no namespace. For others, an empty namespace is that of
	// the identity that asks.
	cluster   bool
	namespace string
	// virtual is set if no API serves the resources yet.
	virtual   bool
	resources map[string]bool
}

func permissionFor(verbs string, of kubeapi.Scope, namespace string) permission {
	if of == kubeapi.ScopeCluster {
		return permission{verbs: verbs, cluster: true}
	}
	return permission{verbs: verbs, namespace: namespace}
}

// name is what the declaration calls the permission. No two have the same.
func (p *permission) name() string {
	name := p.verbs
	if p.virtual {
		name += "-custom"
	}
	switch {
	case p.cluster:
		name += "-cluster-wide"
	case p.namespace != "":
		name += "-in-" + p.namespace
	}
	return name
}

// verbsOf are the verbs of a permission by its name.
func verbsOf(name string) []string {
	if name == "install" {
		return []string{"create", "get", "patch", "delete"}
	}
	return []string{name}
}

func (g *Generator) permit(p permission, resource string) {
	name := p.name()
	if g.permitted[name] == nil {
		p.resources = map[string]bool{}
		g.permitted[name] = &p
	}
	g.permitted[name].resources[resource] = true
}

// permissions writes what it takes to install and remove the objects.
func (g *Generator) permissions(w *writer) {
	versions, kinds := g.all()
	for _, gv := range versions {
		for _, kind := range kinds[gv] {
			g.install(catalog.Kind{GroupVersion: gv, Name: kind})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.permitted)) {
		p := g.permitted[name]
		switch {
		case p.virtual:
			w.comment("No API serves these before their CustomResourceDefinitions are installed.")
		case p.verbs == "bind":
			w.comment("The API server also accepts a binding from those who have all that its role grants.")
		}
		w.open("permission", name)
		w.attribute("verbs", listOf(verbsOf(p.verbs)))
		w.attribute("resources", listOf(slices.Sorted(maps.Keys(p.resources))))
		switch {
		case p.namespace != "":
			w.attribute("namespace", quote(p.namespace))
		case p.virtual && !p.cluster:
			w.attribute("namespace", "pod.namespace")
		}
		if p.virtual {
			w.attribute("virtual", "true")
		}
		w.close()
	}
	g.checkRoles(w)
}

// install adds the permissions to install and remove the objects of a kind.
func (g *Generator) install(kind catalog.Kind) {
	u := g.kinds[kind]
	resource, virtual := g.resources[kind], false
	if d := g.definitionOf(kind); d != nil {
		resource, virtual = d.Resource, !g.options.Definitions
	}
	if resource.Name == "" {
		g.warn(&u.first, &manifest.Node{}, "Missing permission", "%s of %s: its resource is not known; add a permission for it", kind.Name, kind.GroupVersion)
		return
	}
	name := resource.Name
	if kind.GroupVersion.Group != "" {
		name += "." + kind.GroupVersion.Group
	}
	for namespace := range u.namespaces {
		p := permissionFor("install", resource.Scope, namespace)
		p.virtual = virtual
		g.permit(p, name)
	}
}
