package kubeapi

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// MaxName is the largest number of bytes in the name of a group, version, resource,
// kind or verb. Kubernetes itself has no longer one.
const MaxName = 256

// CheckName says why s cannot be a server's name for a resource, a subresource or a
// kind. It returns nil if it can. Kubernetes' own names are DNS labels (see IsLabel);
// an aggregated API may serve others, such as pods/http_requests.
func CheckName(s string) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case len(s) > MaxName:
		return fmt.Errorf("it has more than %d bytes", MaxName)
	case !utf8.ValidString(s):
		return errors.New("it is not UTF-8")
	}
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			return errors.New("it has a space in it")
		case unicode.IsControl(r):
			return errors.New("it has a control character in it")
		}
	}
	return nil
}

// Scope says whether the objects of a resource are in a namespace. The empty Scope
// means unknown.
type Scope string

// The scopes, written as in CustomResourceDefinitions and aggregated discovery.
const (
	ScopeCluster    Scope = "Cluster"
	ScopeNamespaced Scope = "Namespaced"
)

// Scopes lists every scope.
func Scopes() []Scope { return []Scope{ScopeCluster, ScopeNamespaced} }

// Freshness says whether the discovery of a group version is up to date. Only
// aggregated discovery has it; the empty Freshness means unknown.
//
// Source:
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
type Freshness string

// The values of freshness. Stale means that the API server could not reach what
// serves the group version, so that its list of resources may be old or empty.
const (
	FreshnessCurrent Freshness = "Current"
	FreshnessStale   Freshness = "Stale"
)

// Verbs lists the verbs in the discovery documents of an API server. An aggregated
// API may serve others, so any other verb is unusual, not wrong.
//
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#api-verbs
func Verbs() []string {
	return []string{"create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"}
}
