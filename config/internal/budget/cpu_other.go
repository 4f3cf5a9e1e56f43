//go:build !unix

package budget

import "time"

var start = time.Now()

// processorTime is that of the clock, which alone decides here.
func processorTime() time.Duration { return time.Since(start) }
