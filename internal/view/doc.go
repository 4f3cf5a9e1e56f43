// Package view renders plans and diagnostics: as text for people, as JSON for
// programs, in the formats that CI systems read, and as the short message that
// Kubernetes keeps of a container that ended.
//
// A format is one file and one entry in the table of format.go. The package decides
// nothing: verdicts and exit codes are given to it. Every text that comes from a server,
// a certificate or a declaration passes through package safe. It opens no file, and
// does not hide tokens.
package view
