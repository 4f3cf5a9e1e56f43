// Package place returns the names that files have in a repository, for reports that
// programs read: a declaration may be mounted from elsewhere, or come from standard
// input. It only looks at names, and opens no file.
package place
