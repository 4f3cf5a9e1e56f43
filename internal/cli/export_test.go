package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/internal/usage"
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
	for _, cmd := range usage.Commands((&app{}).root()) {
		if name := usage.NameOf(cmd); name != "help" && !strings.HasPrefix(name, "completion") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
