// Package apitest is an API server for tests: it serves a [discovery.Snapshot]
// over TLS on loopback, in each form that API servers use, and misbehaves where a
// test asks it to.
//
// It is no Kubernetes: it has no objects, and of authentication it knows one
// bearer token. It is imported by tests only.
package apitest
