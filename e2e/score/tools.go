// Package score pins the linter of Kubernetes manifests that the end-to-end tests build. It has
// no code, so that its dependencies are nobody else's.
package score
