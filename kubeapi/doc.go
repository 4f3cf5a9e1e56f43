// Package kubeapi holds the names that a Kubernetes API server is spoken of
// with: group versions, scopes, verbs, freshness, and the server's own version.
//
// It asks nothing, reads nothing and knows no cluster; it depends on the
// standard library alone, so that every other package can share its words.
package kubeapi
