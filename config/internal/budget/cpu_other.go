//go:build !unix

package budget

import "time"

// The clock alone decides where the processor time cannot be asked for.
const leastCPU = 0

func processorTime() time.Duration { return 0 }
