package wire

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// compact reads a resource of an aggregated document if it is written as an API server writes it:
// with its members in the order of the Go type, and without white space. Nearly all of a large
// document is such resources, and this is several times as fast as function resource, which
// reads all others. It returns whether it read one.
//
// Source: APIResourceDiscovery of k8s.io/api/apidiscovery/v2.
func compact(w *jsonwalk.Walker, r *Resource) bool {
	var read Resource
	a := w.Ahead()
	a.Is(`{"resource":"`)
	read.Name = a.Text()
	read.Kind = compactKind(&a)
	a.Is(`,"scope":"`)
	if scope := kubeapi.Scope(a.Text()); slices.Contains(kubeapi.Scopes(), scope) {
		read.Scope = scope
	}
	a.Is(`,"singularResource":"`)
	read.Singular = a.Text()
	a.Is(`,"verbs":`)
	read.Verbs = a.Texts()
	if a.Has(`,"shortNames":`) {
		read.ShortNames = a.Texts()
	}
	if a.Has(`,"categories":`) {
		read.Categories = a.Texts()
	}
	if a.Has(`,"subresources":[`) {
		read.Subresources = compactSubresources(&a)
	}
	a.Is("}")
	if !a.End() {
		return false
	}
	for range read.Subresources {
		countResource(w)
	}
	*r = read
	return true
}

func compactKind(a *jsonwalk.Ahead) string {
	if !a.Has(`,"responseKind":{"group":"`) {
		return ""
	}
	a.Skip()
	a.Is(`,"version":"`)
	a.Skip()
	a.Is(`,"kind":"`)
	kind := a.Text()
	a.Is("}")
	return kind
}

func compactSubresources(a *jsonwalk.Ahead) []Subresource {
	var list []Subresource
	for {
		var s Subresource
		a.Is(`{"subresource":"`)
		s.Name = a.Text()
		s.Kind = compactKind(a)
		a.Is(`,"verbs":`)
		s.Verbs = a.Texts()
		a.Is("}")
		list = append(list, s)
		if !a.Has(",") {
			a.Is("]")
			return list
		}
	}
}
