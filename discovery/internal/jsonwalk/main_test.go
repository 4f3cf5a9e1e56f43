package jsonwalk

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails where a test, or what it tested, leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
