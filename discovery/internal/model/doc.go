// Package model holds what discovery learns of an API server: the [Snapshot] and the facts
// in it. Package discovery gives these types to everyone else by other names.
//
// It neither asks a server nor reads or writes a document.
package model
