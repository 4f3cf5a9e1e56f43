// Package run asks an API server for what a declaration needs, and judges the answers:
// once, or until they settle. Commands, [github.com/kreconcile/kreconcile/gate] and the
// end-to-end tests all ask through it, so that there is one loop.
//
// It decides how often a cluster is asked, and nothing about the requirements
// themselves. It prints nothing, and knows no flags and no exit codes.
package run
