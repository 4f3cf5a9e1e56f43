//go:build !race

package discovery_test

// raced tells whether the race detector runs.
const raced = false
