//go:build !race

package wire_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// TestAllocations asserts what it takes to decode a document, so that a change of it shows in
// review. The race detector would add to it.
func TestAllocations(t *testing.T) {
	decode := func(n int) float64 {
		document := definitions(n)
		return testing.AllocsPerRun(5, func() {
			if _, err := wire.DecodeAggregated(strings.NewReader(document), "GET /apis"); err != nil {
				t.Fatal(err)
			}
		})
	}
	for n, want := range map[int]float64{0: 15, 1: 49, 8: 97, 64: 513} {
		if got := decode(n); got != want {
			t.Errorf("%d definitions take %v allocations, want %v", n, got, want)
		}
	}
}
