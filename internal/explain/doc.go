// Package explain answers what the releases of Kubernetes on board have of an API, a kind or a
// field: since which release, until which one, by default or not, and what changed. All that it
// says is from package catalog.
//
// [Ask] reads the words of a question, and [Complete] completes them. It knows no cluster and no
// custom resource, prints nothing, and judges no declaration.
package explain
