package kubeapi

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
