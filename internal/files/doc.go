// Package files reads and writes the files that a user names: declarations through an
// [FS], recorded snapshots, and results, which are written as a whole.
//
// It is the only package of the program that writes files. It does not know what is in a
// declaration or a result, and it does not hide tokens: that is done before a text comes
// here (see package outlet).
package files
