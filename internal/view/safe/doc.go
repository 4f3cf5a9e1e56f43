// Package safe makes texts from a server, a certificate or a declaration safe to
// print. They must not control a terminal, reorder a line, or look like a command to
// a CI system that reads the log.
//
// A text passes [Line] or [Lines] when it enters an output. The whole output passes
// [Seal], which catches what was forgotten. The package does not know the markup of a
// format, such as XML, and hides no secrets.
package safe
