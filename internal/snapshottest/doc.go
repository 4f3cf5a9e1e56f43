// Package snapshottest tests what every source of a [discovery.Snapshot] promises:
// the client of a live server, a saved snapshot, and later ones. Each source runs the
// same tests.
//
// It asks no server, and knows no declaration.
package snapshottest
