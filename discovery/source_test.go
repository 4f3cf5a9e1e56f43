package discovery_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/snapshottest"
)

// TestSources holds a live server, in each form that its documents may have, and what was
// recorded of it, to the same facts.
func TestSources(t *testing.T) {
	for name, options := range map[string][]apitest.Option{
		"aggregated": {apitest.Forms(apitest.V2, apitest.Plain)}, "beta": {apitest.Forms(apitest.V2Beta1, apitest.Plain)},
		"plain": {apitest.Forms(apitest.Plain)},
	} {
		t.Run(name, func(t *testing.T) { snapshottest.Run(t, snapshottest.Live(options...)) })
		t.Run(name+", recorded", func(t *testing.T) { snapshottest.Run(t, snapshottest.Recorded(snapshottest.Live(options...))) })
	}
}
