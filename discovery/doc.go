// Package discovery asks an API server what it serves and keeps the answer as a
// [Snapshot], which can be saved and loaded.
//
// What could not be read is kept as a [Failure] in its place, so that it is never
// mistaken for something that is absent. The package asks only what it is told
// to, knows nothing of declarations, and reads no credentials: it is given an
// HTTP client that has them.
package discovery
