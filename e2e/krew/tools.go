// Package krew pins kubectl's plugin manager and its validator of manifests, which the
// end-to-end tests build. It has no code. A module of its own keeps its dependencies from
// all others.
package krew
