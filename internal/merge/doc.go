// Package merge reads results of plan and apply, and joins them to one report.
//
// A result that cannot be read, or has no verdict, becomes an error of the report, so that it never
// passes. The package does not judge again, and decides on no exit code.
package merge
