package cli

import "os"

// RunWithoutSignals is Run for a test that has a clock of its own: the goroutine
// that hears signals never ends.
var RunWithoutSignals = execute

// EndedBy is the cause of a context that a signal ended.
func EndedBy(s os.Signal) error { return signalError{s} }
