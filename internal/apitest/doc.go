// Package apitest is an API server for tests: it serves a [discovery.Snapshot] over
// TLS on loopback, in each form that API servers use, and misbehaves on request.
//
// It is not Kubernetes: it has no objects, and its only authentication is one bearer
// token. Only tests import it.
package apitest
