// Package snapshottest holds what everything that gives a [discovery.Snapshot] has to hold
// to, as tests that each of them runs: the client of a live server, a saved snapshot, and
// whatever comes.
//
// It asks no server, and knows no declaration.
package snapshottest
