package cli

import (
	"os"
	"slices"
	"strings"
)

// RunWithoutSignals is Run for a test with a fake clock: the goroutine that waits for
// signals never ends.
var RunWithoutSignals = execute

// EndedBy is the cause of a context that a signal ended.
func EndedBy(s os.Signal) error { return signalError{s} }

// Commands returns the names of the program's own commands. The library adds help and
// completion.
func Commands() []string {
	var names []string
	for _, cmd := range allCommands((&app{}).root()) {
		if name := nameOf(cmd); name != "help" && !strings.HasPrefix(name, "completion") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
