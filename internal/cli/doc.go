// Package cli is kreconcile's command line: it reads flags, connects the other
// packages, handles signals and returns the exit code.
//
// It does not decide what a requirement means, what a cluster serves or how a plan
// looks.
package cli
