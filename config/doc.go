// Package config reads declarations: HCL, in native syntax or JSON, that says what a piece of
// software requires from a Kubernetes API. [Load] reads files, [Parse] turns their bytes into a
// [Declaration], and [Walk] finds what [Format] puts into canonical style.
//
// Sizes, nesting, and what expressions may take are bounded, and neither diagnostics nor lines show
// the value of a sensitive variable.
//
// The package never speaks to a cluster and judges nothing: package apply decides whether a
// requirement holds.
package config
