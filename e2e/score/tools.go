// Package score pins the linter of Kubernetes manifests that the end-to-end tests
// build. It has no code. A module of its own keeps its dependencies from all others.
package score
