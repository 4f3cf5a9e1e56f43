// Package diag collects the diagnostics of a declaration, and finds the name that an author
// meant. It reads no source, and knows nothing of the language.
package diag
