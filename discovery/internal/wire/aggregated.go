package wire

import (
	"io"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// DecodeAggregated reads an APIGroupDiscoveryList of GET /api or GET /apis, which
// has the same fields in v2 and v2beta1. What is wrong with one group version
// alone becomes its failure, with request ("GET /apis") in the message.
//
// Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
func DecodeAggregated(r io.Reader, request string) ([]Group, error) {
	w := jsonwalk.New(r, DocumentLimits())
	var list []Group
	Document(w, "APIGroupDiscoveryList", "items", func(name string) bool {
		switch name {
		case "metadata":
			listMetadata(w)
		case "items":
			groups(&codec{In: w, Form: aggregated}, &list)
		default:
			return false
		}
		return true
	})
	w.Fail(CheckGroups(list))
	if err := w.End(); err != nil {
		return nil, err
	}
	for i := range list {
		prefer(&list[i])
		for j := range list[i].Versions {
			settle(&list[i], &list[i].Versions[j], request)
		}
	}
	return list, nil
}

// listMetadata reads the metadata of a list, and refuses a list that says of itself
// that it is only a part: what is in the rest would be taken for absent.
func listMetadata(w *jsonwalk.Walker) {
	for name := range w.Members() {
		if name != "continue" {
			w.Skip()
		} else if w.Text() != "" {
			w.Failf("the list is only the first part of what there is")
		}
	}
}

// prefer takes the first version as the preferred one. An aggregated document has them in
// descending order of preference, stale ones included, and the plain one of /api names none.
// kubectl and client-go go by this order too, even where the plain document of /apis has
// another preferredVersion.
func prefer(g *Group) {
	if len(g.Versions) > 0 {
		g.Preferred = g.Versions[0].Name
	}
}

// settle withholds the resources of a version that says of itself that they may
// not be what is served, or that says it in a way that cannot be read.
func settle(g *Group, v *Version, request string) {
	name := kubeapi.GroupVersion{Group: g.Name, Version: v.Name}.String()
	switch v.Freshness {
	case kubeapi.FreshnessCurrent, "":
		if len(v.Resources.Value) == 0 {
			// An aggregated API server that adds its resources to its own list alone looks
			// like this, as those of custom metrics do. Nobody has asked for that list yet.
			v.Resources = model.Fact[[]Resource]{}
			return
		}
	case kubeapi.FreshnessStale:
		v.Resources = model.Failed[[]Resource](model.NewFailure(request, model.Stale, nil,
			"%s is stale: the API server could not reach what serves it", name))
		return
	default:
		v.Resources = model.Failed[[]Resource](model.NewFailure(request, model.InvalidResponse, nil,
			"the freshness of %s is %s, which is neither Current nor Stale", name, text.Quote(string(v.Freshness))))
		return
	}
	resources, err := unfold(v.Resources.Value)
	if err == nil {
		err = checkResources(resources)
	}
	v.Resources = model.Known(resources)
	if err != nil {
		v.Resources = model.Failed[[]Resource](model.NewFailure(request, model.InvalidResponse, err, "%s: %v", name, err))
	}
}

// unfold gives resources as nest does, where a server lists a subresource as if it
// were a resource.
func unfold(resources []Resource) ([]Resource, error) {
	if !slices.ContainsFunc(resources, func(r Resource) bool { return strings.Contains(r.Name, "/") }) {
		return resources, nil
	}
	var entries []Resource
	for _, r := range resources {
		subresources := r.Subresources
		// One without a kind and verbs only carries subresources.
		if r.Subresources = nil; r.Kind != "" || len(r.Verbs) > 0 || len(subresources) == 0 {
			entries = append(entries, r)
		}
		for _, s := range subresources {
			entries = append(entries, Resource{Name: r.Name + "/" + s.Name, Kind: s.Kind, Scope: r.Scope, Verbs: s.Verbs})
		}
	}
	return nest(entries)
}
