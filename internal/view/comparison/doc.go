// Package comparison writes how two snapshots or releases differ: the result of snapshot diff, as
// text, JSON and Markdown.
//
// It compares nothing, and decides on no exit code.
package comparison
