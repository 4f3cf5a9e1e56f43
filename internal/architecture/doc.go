// Package architecture has the tests for the shape of the module: which package may
// import which, which packages do I/O, and what the program links.
//
// The rules are the tables of rules_test.go and linked_test.go. A failure prints the rule's reason and
// the table to change. The package has no code of its own, and nothing imports it. It
// does not judge the style of the code; the linter does.
package architecture
