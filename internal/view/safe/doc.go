// Package safe makes texts safe to print that come from outside: from a server, a
// certificate or a declaration. They may not steer a terminal, reorder a line, or be
// taken for a command by a CI system that reads the log.
//
// A text passes [Line] or [Lines] where it enters an output, and the whole output
// passes [Seal], which finds what was forgotten. The package knows nothing of the
// markup of a format, such as XML, and hides no secrets.
package safe
