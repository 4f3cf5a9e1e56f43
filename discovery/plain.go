package discovery

import (
	"fmt"
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// apiVersions is the plain document of GET /api.
type apiVersions struct {
	group     Group
	addresses []string
	// published tells whether the server said anything about addresses.
	published bool
}

// decodeAPIVersions reads the plain document of GET /api. The resources of the
// group's versions are not in it.
func decodeAPIVersions(r io.Reader) (apiVersions, error) {
	w := newWalker(r, documentLimits())
	var v apiVersions
	w.document("APIVersions", "versions", func(name string) bool {
		switch name {
		case "versions":
			for range w.elements() {
				w.take(&w.limits.versions, "group versions")
				v.group.Versions = append(v.group.Versions, Version{Name: w.required()})
			}
		case "serverAddressByClientCIDRs":
			v.published = true
			for range w.elements() {
				w.take(&w.limits.texts, "server addresses")
				v.addresses = append(v.addresses, w.serverAddress())
			}
		default:
			return false
		}
		return true
	})
	// The document names no preferred version; clients take the first.
	if len(v.group.Versions) > 0 {
		v.group.Preferred = v.group.Versions[0].Name
	}
	w.checkGroups([]Group{v.group})
	if err := w.end(); err != nil {
		return apiVersions{}, err
	}
	return v, nil
}

func (w *walker) serverAddress() string {
	address := w.member("serverAddress")
	if address == "" {
		w.failf("an entry has no serverAddress")
	}
	return address
}

// decodeAPIGroupList reads the plain document of GET /apis. The resources of the
// versions are not in it.
func decodeAPIGroupList(r io.Reader) ([]Group, error) {
	w := newWalker(r, documentLimits())
	var groups []Group
	w.document("APIGroupList", "groups", func(name string) bool {
		if name != "groups" {
			return false
		}
		for range w.elements() {
			w.take(&w.limits.groups, "groups")
			groups = append(groups, w.plainGroup())
		}
		return true
	})
	w.checkGroups(groups)
	if err := w.end(); err != nil {
		return nil, err
	}
	return groups, nil
}

func (w *walker) plainGroup() Group {
	var g Group
	for name := range w.members() {
		switch name {
		case "name":
			g.Name = w.text()
		case "versions":
			for range w.elements() {
				w.take(&w.limits.versions, "group versions")
				g.Versions = append(g.Versions, Version{Name: w.plainVersion()})
			}
		case "preferredVersion":
			g.Preferred = w.member("version")
		default:
			w.skip()
		}
	}
	if g.Name == "" {
		w.failf("a group has no name")
	}
	return g
}

func (w *walker) plainVersion() string {
	version := w.member("version")
	if version == "" {
		w.failf("a version has no name")
	}
	return version
}

// plainResource is an entry of an APIResourceList: a resource, or a subresource
// whose name is "pods/log".
type plainResource struct {
	Resource
	namespaced *bool
}

// decodeAPIResourceList reads the document of one group version, and gives its
// resources in the order in which aggregated discovery has them. The document has
// to be the one of gv.
func decodeAPIResourceList(r io.Reader, gv kubeapi.GroupVersion) ([]Resource, error) {
	w := newWalker(r, resourceListLimits())
	var entries []plainResource
	w.document("APIResourceList", "resources", func(name string) bool {
		switch name {
		case "groupVersion":
			if is := w.text(); w.err == nil && is != "" && is != gv.String() {
				w.failf("it is the document of %s", quote(is))
			}
		case "resources":
			for range w.elements() {
				w.take(&w.limits.resources, "resources")
				entries = append(entries, w.plainResource())
			}
		default:
			return false
		}
		return true
	})
	if err := w.end(); err != nil {
		return nil, err
	}
	resources, err := nest(entries)
	if err != nil {
		return nil, &brokenError{what: err.Error(), err: err}
	}
	return resources, nil
}

func (w *walker) plainResource() plainResource {
	var r plainResource
	for name := range w.members() {
		switch name {
		case "name":
			r.Name = w.text()
		case "singularName":
			r.Singular = w.text()
		case "kind":
			r.Kind = w.text()
		case "namespaced":
			r.namespaced = w.boolean()
		case "verbs":
			r.Verbs = w.texts()
		case "shortNames":
			r.ShortNames = w.texts()
		case "categories":
			r.Categories = w.texts()
		default:
			w.skip()
		}
	}
	if r.namespaced != nil {
		r.Scope = kubeapi.ScopeCluster
		if *r.namespaced {
			r.Scope = kubeapi.ScopeNamespaced
		}
	}
	return r
}

// nest puts subresources under their resources: what is behind the first slash
// of a name is a subresource's. A subresource may stand before its resource, or
// without it: then the resource is made up, without a kind. All that is as the API
// server does for aggregated discovery, where "/requests", which an adapter of
// metrics may list, becomes a subresource of a resource without a name, too.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/apiserver/pkg/endpoints/installer.go
func nest(entries []plainResource) ([]Resource, error) {
	var resources []Resource
	index := make(map[string]int, len(entries))
	for _, e := range entries {
		if strings.Contains(e.Name, "/") {
			continue
		}
		if _, found := index[e.Name]; found {
			return nil, fmt.Errorf("the resource %s is listed twice", quote(e.Name))
		}
		index[e.Name] = len(resources)
		resources = append(resources, e.Resource)
	}
	for _, e := range entries {
		parent, sub, nested := strings.Cut(e.Name, "/")
		if !nested {
			continue
		}
		i, found := index[parent]
		if !found {
			i = len(resources)
			index[parent] = i
			resources = append(resources, Resource{Name: parent, Scope: e.Scope})
		}
		r := &resources[i]
		r.Subresources = append(r.Subresources, Subresource{Name: sub, Kind: e.Kind, Verbs: e.Verbs})
	}
	return resources, checkResources(resources)
}
