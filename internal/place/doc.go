// Package place gives the names that files have in a repository, for reports that programs
// read: a declaration may be mounted from elsewhere, or be on standard input. It works on
// names alone, and opens no file.
package place
