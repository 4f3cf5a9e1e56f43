package cli

import "os"

// RunWithoutSignals is Run for a test with a fake clock: the goroutine that waits for
// signals never ends.
var RunWithoutSignals = execute

// EndedBy is the cause of a context that a signal ended.
func EndedBy(s os.Signal) error { return signalError{s} }
