// Package run asks an API server for what a declaration needs, and judges the
// answers: once, or until they are stable. The commands,
// [github.com/kreconcile/kreconcile/gate] and the end-to-end tests all use this one
// loop.
//
// It decides how often to ask a cluster, and nothing about the requirements. It
// prints nothing, and knows no flags and no exit codes.
package run
