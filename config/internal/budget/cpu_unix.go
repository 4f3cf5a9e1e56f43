//go:build unix

package budget

import (
	"syscall"
	"time"
)

// processorTime returns how long all processors together worked for the program.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // It cannot fail for this process.
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
