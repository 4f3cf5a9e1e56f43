// Package console has what texts for people share: lines in colour, diagnostics, and what
// drifted with the line of the declaration.
//
// It decides nothing, and has no text of its own for a command.
package console
