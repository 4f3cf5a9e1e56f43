// Package notices collects the licences that a copy of a Go program must carry: its own,
// Go's, and those of the modules that it links. It judges no licence; .ci/licenses does.
package notices
