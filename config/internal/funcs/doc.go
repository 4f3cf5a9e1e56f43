// Package funcs has the functions that expressions may call: a table for evaluation and the page in
// docs, what cty's library lacks, and guards for what a function could allocate at one stroke.
//
// It knows nothing of declarations, and bounds neither time nor what many calls take together:
// package budget does. The functions that ask a cluster are not here.
package funcs
