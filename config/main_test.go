package config_test

import (
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails where a test, or what it tested, leaves a goroutine behind. What a source
// makes the stack grow to must stay far below Go's limit of 1 GB, which ends the process.
func TestMain(m *testing.M) {
	debug.SetMaxStack(32 << 20)
	goleak.VerifyTestMain(m)
}
