package syntax

import (
	"testing"

	"go.uber.org/goleak"
)

// Nothing leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
