// Package codes says what each code of a report means and what to do about it. SARIF
// and docs/codes.md are made from it.
//
// It has only general advice. Advice for one run, about one server, is a hint of that
// run.
package codes
