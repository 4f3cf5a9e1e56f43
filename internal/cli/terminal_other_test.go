//go:build !linux

package cli_test

// terminal is for scripts that only Linux runs.
func terminal() { panic("it opens a terminal as Linux does") }
