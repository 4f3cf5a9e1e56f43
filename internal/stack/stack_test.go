package stack_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/internal/stack"
)

// TestGrow tests that the room is on the stack, and not on the heap.
func TestGrow(t *testing.T) {
	if n := testing.AllocsPerRun(10, stack.Grow); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
