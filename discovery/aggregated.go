package discovery

import (
	"io"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// decodeAggregated reads an APIGroupDiscoveryList of GET /api or GET /apis, which
// has the same fields in v2 and v2beta1. What is wrong with one group version
// alone becomes its failure, with request ("GET /apis") in the message.
//
// Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
func decodeAggregated(r io.Reader, request string) ([]Group, error) {
	w := newWalker(r, documentLimits())
	var groups []Group
	w.document("APIGroupDiscoveryList", "items", func(name string) bool {
		switch name {
		case "metadata":
			w.listMetadata()
		case "items":
			for range w.elements() {
				w.take(&w.limits.groups, "groups")
				groups = append(groups, w.aggregatedGroup(request))
			}
		default:
			return false
		}
		return true
	})
	w.checkGroups(groups)
	if err := w.end(); err != nil {
		return nil, err
	}
	return groups, nil
}

// listMetadata reads the metadata of a list, and refuses a list that says of itself
// that it is only a part: what is in the rest would be taken for absent.
func (w *walker) listMetadata() {
	for name := range w.members() {
		if name != "continue" {
			w.skip()
		} else if w.text() != "" {
			w.failf("the list is only the first part of what there is")
		}
	}
}

func (w *walker) aggregatedGroup(request string) Group {
	var g Group
	for name := range w.members() {
		switch name {
		case "metadata":
			g.Name = w.member("name")
		case "versions":
			for range w.elements() {
				w.take(&w.limits.versions, "group versions")
				g.Versions = append(g.Versions, w.aggregatedVersion())
			}
		default:
			w.skip()
		}
	}
	// The versions are in descending order of preference, stale ones included. kubectl
	// and client-go take the preferred version from this order too, even where the plain
	// document has another preferredVersion.
	if len(g.Versions) > 0 {
		g.Preferred = g.Versions[0].Name
	}
	for i := range g.Versions {
		g.settle(&g.Versions[i], request)
	}
	return g
}

// settle withholds the resources of a version that says of itself that they may
// not be what is served, or that says it in a way that cannot be read.
func (g *Group) settle(v *Version, request string) {
	name := kubeapi.GroupVersion{Group: g.Name, Version: v.Name}.String()
	switch v.Freshness {
	case kubeapi.FreshnessCurrent, "":
		if len(v.Resources.Value) == 0 {
			// An aggregated API server that adds its resources to its own list alone looks
			// like this, as those of custom metrics do. Nobody has asked for that list yet.
			v.Resources = Fact[[]Resource]{}
			return
		}
	case kubeapi.FreshnessStale:
		v.Resources = Failed[[]Resource](failure(request, Stale, nil,
			"%s is stale: the API server could not reach what serves it", name))
		return
	default:
		v.Resources = Failed[[]Resource](failure(request, InvalidResponse, nil,
			"the freshness of %s is %s, which is neither Current nor Stale", name, quote(string(v.Freshness))))
		return
	}
	resources, err := unfold(v.Resources.Value)
	v.Resources.Value = resources
	if err == nil {
		err = checkResources(resources)
	}
	if err != nil {
		v.Resources = Failed[[]Resource](failure(request, InvalidResponse, err, "%s: %v", name, err))
	}
}

// unfold gives resources as nest does, where a server lists a subresource as if it
// were a resource.
func unfold(resources []Resource) ([]Resource, error) {
	if !slices.ContainsFunc(resources, func(r Resource) bool { return strings.Contains(r.Name, "/") }) {
		return resources, nil
	}
	var entries []plainResource
	for _, r := range resources {
		subresources := r.Subresources
		// One without a kind and verbs only carries subresources.
		if r.Subresources = nil; r.Kind != "" || len(r.Verbs) > 0 || len(subresources) == 0 {
			entries = append(entries, plainResource{Resource: r})
		}
		for _, s := range subresources {
			entries = append(entries, plainResource{Resource: Resource{Name: r.Name + "/" + s.Name, Kind: s.Kind, Scope: r.Scope, Verbs: s.Verbs}})
		}
	}
	return nest(entries)
}

func (w *walker) aggregatedVersion() Version {
	var v Version
	var resources []Resource
	for name := range w.members() {
		switch name {
		case "version":
			v.Name = w.text()
		case "freshness":
			v.Freshness = kubeapi.Freshness(w.text())
		case "resources":
			for range w.elements() {
				w.take(&w.limits.resources, "resources")
				resources = append(resources, w.aggregatedResource())
			}
		default:
			w.skip()
		}
	}
	if v.Name == "" {
		w.failf("a version has no name")
	}
	v.Resources = Known(resources)
	return v
}

func (w *walker) aggregatedResource() Resource {
	var r Resource
	for name := range w.members() {
		switch name {
		case "resource":
			r.Name = w.text()
		case "singularResource":
			r.Singular = w.text()
		case "responseKind":
			// It is null or empty for a resource that only has subresources.
			r.Kind = w.member("kind")
		case "scope":
			// One that Kubernetes does not have tells nothing.
			if scope := kubeapi.Scope(w.text()); slices.Contains(kubeapi.Scopes(), scope) {
				r.Scope = scope
			}
		case "verbs":
			r.Verbs = w.texts()
		case "shortNames":
			r.ShortNames = w.texts()
		case "categories":
			r.Categories = w.texts()
		case "subresources":
			for range w.elements() {
				w.take(&w.limits.resources, "resources")
				r.Subresources = append(r.Subresources, w.aggregatedSubresource())
			}
		default:
			w.skip()
		}
	}
	return r
}

func (w *walker) aggregatedSubresource() Subresource {
	var s Subresource
	for name := range w.members() {
		switch name {
		case "subresource":
			s.Name = w.text()
		case "responseKind":
			s.Kind = w.member("kind")
		case "verbs":
			s.Verbs = w.texts()
		default:
			w.skip()
		}
	}
	return s
}
