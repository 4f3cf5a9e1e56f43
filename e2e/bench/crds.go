package main

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// crd is a custom resource as a provider of cloud resources has hundreds of them.
type crd struct{ group, kind, plural, singular string }

const (
	// perGroup is how many kinds a group has, as in the larger providers.
	perGroup = 8
	// customSuffix ends the names of the groups.
	customSuffix = ".example.com"
)

// crds returns that many custom resources, in groups, always the same. Their names vary
// like real ones, because the size of packed documents depends on it.
func crds(count int) []crd {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]crd, 0, count)
	groups, kinds := make(map[string]bool), make(map[string]bool)
	var group string
	for i := range count {
		if i%perGroup == 0 {
			for group = ""; group == "" || groups[group]; {
				group = word(random) + ".cloud" + word(random) + customSuffix
			}
			groups[group] = true
			clear(kinds)
		}
		var kind string
		for kind == "" || kinds[kind] {
			kind = ""
			for range 2 + random.IntN(2) {
				w := word(random)
				kind += strings.ToUpper(w[:1]) + w[1:]
			}
		}
		kinds[kind] = true
		singular := strings.ToLower(kind)
		all = append(all, crd{group: group, kind: kind, plural: singular + "s", singular: singular})
	}
	return all
}

// word is one of some thousand words that sound like words.
func word(random *rand.Rand) string {
	const starts, vowels, ends = "bcdfglmnprstv", "aeiou", "lmnrstx"
	var w []byte
	for range 1 + random.IntN(2) {
		w = append(w, starts[random.IntN(len(starts))], vowels[random.IntN(len(vowels))])
	}
	return string(append(w, ends[random.IntN(len(ends))]))
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
