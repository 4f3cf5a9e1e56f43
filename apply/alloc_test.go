//go:build !race

package apply_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

// TestAllocations asserts what it takes to judge requirements, so that a change of it shows
// in review. The race detector would add to it.
func TestAllocations(t *testing.T) {
	for resources, want := range map[int]float64{0: 6, 1: 8, 10: 26, 100: 206} {
		sources, snapshot := release(0, 1, resources)
		declaration, diags := config.Parse(sources, config.Inputs{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if got := testing.AllocsPerRun(10, func() { apply.Diff(declaration, snapshot) }); got != want {
			t.Errorf("%d resources take %v allocations, want %v", resources, got, want)
		}
	}
}
