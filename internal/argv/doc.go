// Package argv finds flags in arguments that may be invalid, so that an error in a command
// line can be reported wherever its result was to go. It does not parse a command line,
// and refuses nothing: that is done by pflag.
package argv
