//go:build !linux

package cli_test

// terminal is only for scripts that run on Linux.
func terminal() { panic("it opens a terminal as Linux does") }
