// Package eval evaluates the expressions of a declaration: the values of variables and locals,
// and the conditions of asserts by what a cluster answers. It reads no block and no file, and
// knows nothing of what a cluster is asked: config gives it the functions that ask.
package eval
