// Package files reads and writes the files that a user names: declarations through an
// [FS], recorded snapshots, and results, which are replaced as a whole.
//
// No other package of the program writes files. It does not know what is in a
// declaration or a result, and it does not hide tokens: package outlet does that
// before.
package files
