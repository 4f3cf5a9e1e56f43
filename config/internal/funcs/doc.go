// Package funcs has the functions that expressions may call: the table that evaluation and the
// page in docs are made from, what cty's library lacks, and guards for what a function could
// allocate at one stroke, before anybody sees it.
//
// It knows nothing of declarations, and bounds neither time nor what many calls take together:
// package budget does. The functions that ask a cluster are not here.
package funcs
