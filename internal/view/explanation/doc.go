// Package explanation writes what package explain answers, for people and for programs. It computes
// nothing.
package explanation
