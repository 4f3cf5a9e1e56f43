// Package changes shows what formatting changes in a source, for kreconcile fmt.
//
// It formats nothing itself, and shows no line that the source hides.
package changes
