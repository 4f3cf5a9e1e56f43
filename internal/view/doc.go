// Package view renders plans and diagnostics: as text for people, as JSON for
// programs, in the formats that CI systems read, and as the short termination message
// of a container.
//
// A format is one file and one entry in the table of format.go. Results of other commands than
// plan and apply have packages of their own below this one. The package decides
// nothing: its callers pass verdicts and exit codes. Every text from a server, a
// certificate or a declaration passes through package safe. It opens no file, and
// does not hide tokens.
package view
