// Package apply compares a declaration with a snapshot of what a cluster serves:
// [Needs] says what is still to be asked, [Diff] gives the [Plan], which holds
// one finding for each requirement.
//
// It changes nothing, asks nothing and prints nothing; its results depend on its
// arguments alone.
package apply
