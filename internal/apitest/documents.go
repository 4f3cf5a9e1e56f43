package apitest

import (
	"encoding/json"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// The types below have those fields of Kubernetes' documents that clients read.
//
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#api-discovery

type typeMeta struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion,omitempty"`
}

type groupVersionKind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
}

type aggregatedList struct {
	typeMeta
	Metadata struct{}          `json:"metadata"`
	Items    []aggregatedGroup `json:"items"`
}

type aggregatedGroup struct {
	Metadata struct {
		Name              string  `json:"name,omitempty"`
		CreationTimestamp *string `json:"creationTimestamp"`
	} `json:"metadata"`
	Versions []aggregatedVersion `json:"versions,omitempty"`
}

type aggregatedVersion struct {
	Version   string               `json:"version"`
	Resources []aggregatedResource `json:"resources,omitempty"`
	Freshness string               `json:"freshness,omitempty"`
}

type aggregatedResource struct {
	Resource         string                  `json:"resource"`
	ResponseKind     *groupVersionKind       `json:"responseKind,omitempty"`
	Scope            string                  `json:"scope"`
	SingularResource string                  `json:"singularResource"`
	Verbs            []string                `json:"verbs"`
	ShortNames       []string                `json:"shortNames,omitempty"`
	Categories       []string                `json:"categories,omitempty"`
	Subresources     []aggregatedSubresource `json:"subresources,omitempty"`
}

type aggregatedSubresource struct {
	Subresource  string            `json:"subresource"`
	ResponseKind *groupVersionKind `json:"responseKind,omitempty"`
	Verbs        []string          `json:"verbs"`
}

// Aggregated returns the APIGroupDiscoveryList of groups in version "v2" or
// "v2beta1". A version without known resources is Stale.
func Aggregated(groups []discovery.Group, version string) []byte {
	list := aggregatedList{
		typeMeta: typeMeta{Kind: "APIGroupDiscoveryList", APIVersion: "apidiscovery.k8s.io/" + version},
		Items:    []aggregatedGroup{},
	}
	for _, g := range groups {
		item := aggregatedGroup{}
		item.Metadata.Name = g.Name
		for _, v := range g.Versions {
			item.Versions = append(item.Versions, aggregate(g.Name, v))
		}
		list.Items = append(list.Items, item)
	}
	return encode(list)
}

func aggregate(group string, v discovery.Version) aggregatedVersion {
	out := aggregatedVersion{Version: v.Name, Freshness: string(v.Freshness)}
	if !v.Resources.Known {
		out.Freshness = string(kubeapi.FreshnessStale)
	} else if out.Freshness == "" {
		out.Freshness = string(kubeapi.FreshnessCurrent)
	}
	for _, r := range v.Resources.Value {
		resource := aggregatedResource{
			Resource: r.Name, ResponseKind: &groupVersionKind{}, Scope: string(r.Scope),
			SingularResource: r.Singular, Verbs: r.Verbs, ShortNames: r.ShortNames, Categories: r.Categories,
		}
		if r.Kind != "" {
			resource.ResponseKind = &groupVersionKind{Group: group, Version: v.Name, Kind: r.Kind}
		}
		for _, s := range r.Subresources {
			subresource := aggregatedSubresource{Subresource: s.Name, ResponseKind: &groupVersionKind{}, Verbs: s.Verbs}
			if s.Kind != "" {
				subresource.ResponseKind = &groupVersionKind{Group: group, Version: v.Name, Kind: s.Kind}
			}
			resource.Subresources = append(resource.Subresources, subresource)
		}
		out.Resources = append(out.Resources, resource)
	}
	return out
}

type apiVersions struct {
	typeMeta
	Versions        []string        `json:"versions"`
	ServerAddresses []serverAddress `json:"serverAddressByClientCIDRs"`
}

type serverAddress struct {
	ClientCIDR    string `json:"clientCIDR"`
	ServerAddress string `json:"serverAddress"`
}

// APIVersions returns the plain document of GET /api.
func APIVersions(core discovery.Group, addresses []string) []byte {
	out := apiVersions{typeMeta: typeMeta{Kind: "APIVersions"}}
	for _, v := range core.Versions {
		out.Versions = append(out.Versions, v.Name)
	}
	for _, a := range addresses {
		out.ServerAddresses = append(out.ServerAddresses, serverAddress{ClientCIDR: "0.0.0.0/0", ServerAddress: a})
	}
	return encode(out)
}

type apiGroupList struct {
	typeMeta
	Groups []apiGroup `json:"groups"`
}

type apiGroup struct {
	Name             string         `json:"name"`
	Versions         []groupVersion `json:"versions"`
	PreferredVersion *groupVersion  `json:"preferredVersion,omitempty"`
}

type groupVersion struct {
	GroupVersion string `json:"groupVersion"`
	Version      string `json:"version"`
}

// APIGroupList returns the plain document of GET /apis.
func APIGroupList(groups []discovery.Group) []byte {
	out := apiGroupList{typeMeta: typeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: []apiGroup{}}
	for _, g := range groups {
		group := apiGroup{Name: g.Name}
		for _, v := range g.Versions {
			group.Versions = append(group.Versions, groupVersion{GroupVersion: g.Name + "/" + v.Name, Version: v.Name})
		}
		if g.Preferred != "" {
			group.PreferredVersion = &groupVersion{GroupVersion: g.Name + "/" + g.Preferred, Version: g.Preferred}
		}
		out.Groups = append(out.Groups, group)
	}
	return encode(out)
}

type apiResourceList struct {
	typeMeta
	GroupVersion string        `json:"groupVersion"`
	Resources    []apiResource `json:"resources"`
}

type apiResource struct {
	Name         string   `json:"name"`
	SingularName string   `json:"singularName"`
	Namespaced   bool     `json:"namespaced"`
	Kind         string   `json:"kind"`
	Verbs        []string `json:"verbs"`
	ShortNames   []string `json:"shortNames,omitempty"`
	Categories   []string `json:"categories,omitempty"`
}

// APIResourceList returns the document of one group version.
func APIResourceList(gv kubeapi.GroupVersion, resources []discovery.Resource) []byte {
	out := apiResourceList{
		typeMeta:     typeMeta{Kind: "APIResourceList", APIVersion: "v1"},
		GroupVersion: gv.String(), Resources: []apiResource{},
	}
	for _, r := range resources {
		namespaced := r.Scope == kubeapi.ScopeNamespaced
		// An entry without a kind only carries its subresources.
		if r.Kind != "" {
			out.Resources = append(out.Resources, apiResource{
				Name: r.Name, SingularName: r.Singular, Namespaced: namespaced, Kind: r.Kind,
				Verbs: r.Verbs, ShortNames: r.ShortNames, Categories: r.Categories,
			})
		}
		for _, s := range r.Subresources {
			out.Resources = append(out.Resources, apiResource{
				Name: r.Name + "/" + s.Name, Namespaced: namespaced, Kind: s.Kind, Verbs: s.Verbs,
			})
		}
	}
	return encode(out)
}

type versionInfo struct {
	Major          string `json:"major"`
	Minor          string `json:"minor"`
	EmulationMajor string `json:"emulationMajor,omitempty"`
	EmulationMinor string `json:"emulationMinor,omitempty"`
	GitVersion     string `json:"gitVersion"`
	Platform       string `json:"platform"`
}

// VersionInfo returns the answer of GET /version.
func VersionInfo(v discovery.ServerVersion) []byte {
	return encode(versionInfo{
		Major: v.Major, Minor: v.Minor, EmulationMajor: v.EmulationMajor, EmulationMinor: v.EmulationMinor,
		GitVersion: v.GitVersion, Platform: v.Platform,
	})
}

type status struct {
	typeMeta
	Metadata struct{} `json:"metadata"`
	Status   string   `json:"status"`
	Message  string   `json:"message"`
	Reason   string   `json:"reason"`
	Code     int      `json:"code"`
}

// Status returns the document with which an API server refuses.
func Status(code int, reason, message string) []byte {
	return encode(status{
		typeMeta: typeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Message: message, Reason: reason, Code: code,
	})
}

func encode(document any) []byte {
	text, err := json.Marshal(document)
	if err != nil {
		panic("apitest: " + err.Error())
	}
	return append(text, '\n')
}
