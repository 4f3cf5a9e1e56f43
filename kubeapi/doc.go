// Package kubeapi has the names that a Kubernetes API server uses: group versions,
// scopes, verbs, freshness, and the server's own version.
//
// It asks nothing, reads nothing and knows no cluster. It imports only the standard
// library, so that every other package can use it.
package kubeapi
