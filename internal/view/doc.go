// Package view renders plans and diagnostics: as text for people, as JSON for
// programs, in the formats that CI systems read, and as the short message that
// Kubernetes keeps of a container that ended.
//
// It decides nothing: verdicts and exit codes are given to it. Everything that
// comes from outside, be it a server, a certificate or a declaration, passes
// through the one function that makes it safe to print.
package view
