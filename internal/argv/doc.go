// Package argv finds flags in arguments that may be invalid, so that an error in a
// command line is reported wherever the result should go. It does not parse a command
// line, and refuses nothing; pflag does.
package argv
