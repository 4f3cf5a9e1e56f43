// Package codes says what each code of a report means and what to do about it, for
// SARIF and for docs/codes.md, which is made of it.
//
// It has the general advice alone. What to do in one run, about one server, is a hint
// of that run.
package codes
