// Package tools pins the Kubernetes that the end-to-end tests run, with the
// dependencies of its release, and an aggregated API server of the same release. It
// holds no code.
package tools
