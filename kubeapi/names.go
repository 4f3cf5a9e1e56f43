package kubeapi

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// MaxName is how many bytes a name of a group, version, resource, kind or verb has
// at most. No name of Kubernetes has as many.
const MaxName = 256

// CheckName says why s cannot be what an API server calls a resource, a subresource
// or a kind, and is nil where it can. Kubernetes' own names are DNS labels, which
// IsLabel judges; an aggregated API may serve others, such as pods/http_requests.
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

// Scope says whether the objects of a resource live in a namespace. The empty
// Scope means that it is not said.
type Scope string

// The scopes, spelled as CustomResourceDefinitions and aggregated discovery
// spell them.
const (
	ScopeCluster    Scope = "Cluster"
	ScopeNamespaced Scope = "Namespaced"
)

// Scopes lists every scope.
func Scopes() []Scope { return []Scope{ScopeCluster, ScopeNamespaced} }

// Freshness says whether the discovery of a group version is up to date. Only
// aggregated discovery tells; the empty Freshness means that it was not told.
//
// Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
type Freshness string

// The values of freshness. Stale means that the API server could not reach what
// serves the group version, so that its list of resources may be old or empty.
const (
	FreshnessCurrent Freshness = "Current"
	FreshnessStale   Freshness = "Stale"
)

// Verbs lists the verbs that an API server's discovery documents use. An
// aggregated API may serve others, so that a verb which is not listed is unusual,
// not wrong.
//
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#api-verbs
func Verbs() []string {
	return []string{"create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"}
}
