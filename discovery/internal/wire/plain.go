package wire

import (
	"fmt"
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// APIVersions is the plain document of GET /api.
type APIVersions struct {
	Group     Group
	Addresses []string
	// Published tells whether the server said anything about addresses.
	Published bool
}

// DecodeAPIVersions reads the plain document of GET /api. The resources of the
// group's versions are not in it.
func DecodeAPIVersions(r io.Reader) (APIVersions, error) {
	w := jsonwalk.New(r, DocumentLimits())
	var v APIVersions
	Document(w, "APIVersions", "versions", func(name string) bool {
		switch name {
		case "versions":
			for range w.Elements() {
				countVersion(w)
				version := w.AtMost(MaxName)
				if version == "" {
					w.Failf("it is empty")
				}
				v.Group.Versions = append(v.Group.Versions, Version{Name: version})
			}
		case "serverAddressByClientCIDRs":
			v.Published = true
			for range w.Elements() {
				w.Take(&w.Left.Texts, "server addresses")
				address := w.TextOf("serverAddress", MaxName)
				if address == "" {
					w.Failf("an entry has no serverAddress")
				}
				v.Addresses = append(v.Addresses, address)
			}
		default:
			return false
		}
		return true
	})
	prefer(&v.Group)
	w.Fail(CheckGroups([]Group{v.Group}))
	if err := w.End(); err != nil {
		return APIVersions{}, err
	}
	return v, nil
}

// DecodeAPIGroupList reads the plain document of GET /apis. The resources of the
// versions are not in it.
func DecodeAPIGroupList(r io.Reader) ([]Group, error) {
	w := jsonwalk.New(r, DocumentLimits())
	var list []Group
	Document(w, "APIGroupList", "groups", func(name string) bool {
		if name != "groups" {
			return false
		}
		groups(&codec{In: w, Form: plain}, &list)
		return true
	})
	w.Fail(CheckGroups(list))
	if err := w.End(); err != nil {
		return nil, err
	}
	return list, nil
}

// DecodeAPIResourceList reads the document of one group version, and gives its
// resources in the order in which aggregated discovery has them. The document has
// to be the one of gv.
func DecodeAPIResourceList(r io.Reader, gv kubeapi.GroupVersion) ([]Resource, error) {
	w := jsonwalk.New(r, resourceListLimits())
	var entries []Resource
	Document(w, "APIResourceList", "resources", func(name string) bool {
		switch name {
		case "groupVersion":
			if is := w.Text(); is != "" && is != gv.String() {
				w.Failf("it is the document of %s", text.Quote(is))
			}
		case "resources":
			// A subresource is an entry, too, with a name such as "pods/log".
			resources(&codec{In: w, Form: plain}, &entries)
		default:
			return false
		}
		return true
	})
	if err := w.End(); err != nil {
		return nil, err
	}
	return nest(entries)
}

// nest puts subresources under their resources: what is behind the first slash
// of a name is a subresource's. A subresource may stand before its resource, or
// without it: then the resource is made up, without a kind. All that is as the API
// server does for aggregated discovery, where "/requests", which an adapter of
// metrics may list, becomes a subresource of a resource without a name, too.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/apiserver/pkg/endpoints/installer.go
func nest(entries []Resource) ([]Resource, error) {
	var resources []Resource
	index := make(map[string]int, len(entries))
	for _, e := range entries {
		if strings.Contains(e.Name, "/") {
			continue
		}
		if _, found := index[e.Name]; found {
			return nil, fmt.Errorf("the resource %s is listed twice", text.Quote(e.Name))
		}
		index[e.Name] = len(resources)
		resources = append(resources, e)
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
	if err := checkResources(resources); err != nil {
		return nil, err
	}
	return resources, nil
}
