// Package parallel runs several functions at once and waits for all of them. It knows no
// contexts and no errors: a function keeps its own.
package parallel
