package main

import (
	"encoding/json"
	"fmt"

	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// crd is a custom resource as a provider of cloud resources has hundreds of them.
type crd struct{ group, kind, plural, singular string }

const (
	// perGroup is how many kinds a group has, on average of such providers.
	perGroup = 8
	provider = "cloud.example.com"
)

// crds returns that many custom resources, in groups.
func crds(count int) []crd {
	areas := []string{"compute", "network", "storage", "database", "identity", "messaging", "monitoring", "analytics", "container", "security"}
	things := []string{"instance", "cluster", "policy attachment", "route table", "snapshot", "access point", "gateway", "user pool"}
	all := make([]crd, 0, count)
	for i := range count {
		group := i / perGroup
		var kind, singular string
		upper := true
		for _, r := range fmt.Sprintf("%s%d", things[i%perGroup], group) {
			switch {
			case r == ' ':
				upper = true
				continue
			case upper:
				kind += string(r - 'a' + 'A')
			default:
				kind += string(r)
			}
			upper = false
			singular += string(r)
		}
		all = append(all, crd{
			group: fmt.Sprintf("%s%d.%s", areas[group%len(areas)], group, provider),
			kind:  kind, plural: singular + "s", singular: singular,
		})
	}
	return all
}

// manifest is the CustomResourceDefinition as JSON.
func (c crd) manifest() ([]byte, error) {
	type object = map[string]any
	return json.Marshal(object{
		"apiVersion": "apiextensions.k8s.io/v1",
		"kind":       "CustomResourceDefinition",
		"metadata":   object{"name": c.plural + "." + c.group},
		"spec": object{
			"group": c.group, "scope": "Cluster",
			"names": object{"kind": c.kind, "plural": c.plural, "singular": c.singular, "categories": []string{"managed", "cloud"}},
			"versions": []object{{
				"name": "v1beta1", "served": true, "storage": true, "subresources": object{"status": object{}},
				"schema": object{"openAPIV3Schema": object{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
			}},
		},
	})
}

// discoveryGroups describes custom resources as kube-apiserver does.
func discoveryGroups(all []crd) []apidiscovery.APIGroupDiscovery {
	var groups []apidiscovery.APIGroupDiscovery
	for _, c := range all {
		if len(groups) == 0 || groups[len(groups)-1].Name != c.group {
			groups = append(groups, apidiscovery.APIGroupDiscovery{
				ObjectMeta: metav1.ObjectMeta{Name: c.group},
				Versions:   []apidiscovery.APIVersionDiscovery{{Version: "v1beta1", Freshness: apidiscovery.DiscoveryFreshnessCurrent}},
			})
		}
		version := &groups[len(groups)-1].Versions[0]
		kind := &metav1.GroupVersionKind{Group: c.group, Version: "v1beta1", Kind: c.kind}
		version.Resources = append(version.Resources, apidiscovery.APIResourceDiscovery{
			Resource: c.plural, ResponseKind: kind, Scope: apidiscovery.ScopeCluster, SingularResource: c.singular,
			Verbs:      []string{"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"},
			Categories: []string{"managed", "cloud"},
			Subresources: []apidiscovery.APISubresourceDiscovery{
				{Subresource: "status", ResponseKind: kind, Verbs: []string{"get", "patch", "update"}},
			},
		})
	}
	return groups
}
