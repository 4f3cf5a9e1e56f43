// Package config reads declarations: HCL, in native syntax or JSON, that says
// what a piece of software requires from a Kubernetes API.
//
// [Load] reads files, [Parse] turns their bytes into a [Declaration] and reports
// every mistake as a diagnostic with its source range. Parse is a function of its
// arguments alone.
//
// The package never speaks to a cluster and judges nothing: whether a requirement
// holds is decided by package apply.
package config
