// Package pattern holds regular expressions that are compiled when they are first
// needed. It does not say what they match.
//
// A program compiles its package variables before main begins. Most runs need none of
// these expressions, because they find out what an author meant.
package pattern
