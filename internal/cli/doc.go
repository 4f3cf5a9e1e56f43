// Package cli is kreconcile's command line: it reads flags, wires the other
// packages together, handles signals and gives the process its exit code.
//
// What a requirement means, what a cluster serves and how a plan looks is decided
// elsewhere.
package cli
