//go:build !race

package cli_test

// raced tells whether the race detector runs.
const raced = false
