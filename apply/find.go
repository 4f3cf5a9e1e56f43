package apply

import (
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// find returns the resource, or the subresource of a name such as "pods/log", and
// whether it is served. The resource is nil if nothing has the name. One that is not
// served may exist only to carry subresources.
func find(name string, resources []discovery.Resource) (found *discovery.Resource, served bool) {
	resource, subresource, nested := strings.Cut(name, "/")
	for i := range resources {
		if c := &resources[i]; c.Name == resource {
			if nested {
				return findNested(name, subresource, c)
			}
			return c, isServed(c)
		}
	}
	return nil, false
}

// findNested returns a subresource as a resource, with the scope of its parent.
func findNested(name, subresource string, resource *discovery.Resource) (found *discovery.Resource, served bool) {
	found = &discovery.Resource{Name: name, Scope: resource.Scope}
	for _, s := range resource.Subresources {
		if s.Name == subresource {
			found.Kind, found.Verbs, served = s.Kind, s.Verbs, true
		} else if deeper, ok := strings.CutPrefix(s.Name, subresource+"/"); ok {
			s.Name = deeper
			found.Subresources = append(found.Subresources, s)
		}
	}
	if !served && len(found.Subresources) == 0 {
		return nil, false
	}
	return found, served
}

// isServed reports whether an entry is a resource. An entry without a kind and verbs
// only carries subresources.
func isServed(c *discovery.Resource) bool { return c.Kind != "" || len(c.Verbs) > 0 }

// matching returns the resources that r may mean: the one of its name, or all
// top-level ones of its kind.
func matching(r *config.Resource, version *discovery.Version) []*discovery.Resource {
	if r.Type == config.TypeResource {
		if c, served := find(r.Name, version.Resources.Value); served {
			return []*discovery.Resource{c}
		}
		return nil
	}
	var found []*discovery.Resource
	for i := range version.Resources.Value {
		if c := &version.Resources.Value[i]; isServed(c) && c.Kind == r.Kind.Value {
			found = append(found, c)
		}
	}
	return found
}
