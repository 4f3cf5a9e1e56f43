// Package apply compares a declaration with a snapshot of what a cluster serves.
// [Needs] says what to ask the cluster, and [Diff] returns the [Plan], which has one
// finding for each requirement.
//
// It is pure: its results depend only on its arguments. It sends no request, prints
// nothing and has no clock.
package apply
