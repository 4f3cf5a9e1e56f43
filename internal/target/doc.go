// Package target reads what is compared or listed without a declaration: a release of Kubernetes, or
// the snapshot in a file. Each comes with its origin, which says what it is.
//
// It asks no server, and judges nothing.
package target
