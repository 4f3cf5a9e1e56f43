// Package usage says what is wrong with a command line, and what was probably meant.
//
// It reads no flags, and chooses no exit code.
package usage
