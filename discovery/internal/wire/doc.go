// Package wire reads and writes what an API server and a Kubernetes client say to each
// other: the discovery documents, the version, access reviews and refusals. One table per
// type says how each form of a document calls its members; package record saves by the same
// tables.
//
// It sends nothing: package discovery does. Schemas are for package openapi.
package wire
