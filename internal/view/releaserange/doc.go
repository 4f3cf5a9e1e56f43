// Package releaserange writes which releases of Kubernetes satisfy a declaration: the result of
// range, as text and JSON.
//
// It judges nothing, and decides on no exit code.
package releaserange
