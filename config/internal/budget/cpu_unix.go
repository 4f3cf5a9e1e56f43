//go:build unix

package budget

import (
	"syscall"
	"time"
)

// leastCPU is the processor time that the program must have taken before a declaration
// takes too much time. On a busy machine, or in a container that is throttled, little work
// takes long.
const leastCPU = maxTime * 2 / 3

// processorTime returns how long all processors together worked for the program.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
