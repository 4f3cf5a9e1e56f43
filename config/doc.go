// Package config reads declarations: HCL, in native syntax or JSON, that says
// what a piece of software requires from a Kubernetes API.
//
// [Load] reads files, [Parse] turns their bytes into a [Declaration] and reports
// every error as a diagnostic with its source range. [Sources] gives the lines that
// a diagnostic may show. [Walk] finds what [Format] puts into canonical style.
//
// Sizes, nesting, and what expressions may take are bounded, and neither diagnostics
// nor lines show the value of a sensitive variable.
//
// The package never speaks to a cluster and judges nothing: whether a requirement
// holds is decided by package apply.
package config
