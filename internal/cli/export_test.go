package cli

import (
	"io"
	"os"
	"time"

	"github.com/kreconcile/kreconcile/inclusterauth"
)

// RunWithoutSignals is Run for a test that has a clock of its own: the goroutine
// that hears signals never ends.
var RunWithoutSignals = execute

// EndedBy is the cause of a context that a signal ended.
func EndedBy(s os.Signal) error { return signalError{s} }

// Progress is how a wait stands, on a terminal.
type Progress struct{ p *progress }

// StartProgress must be closed.
func StartProgress(w io.Writer, width func() int, limit time.Duration) Progress {
	return Progress{startProgress(&guard{w: w, redactor: new(inclusterauth.Redactor)}, width, limit)}
}

// Tell says what the last pass came to.
func (p Progress) Tell(line string) { p.p.tell(line) }

// Log writes what somebody else has to say.
func (p Progress) Log(line string) { _, _ = io.WriteString(p.p.out, line) }

// Close takes the line away.
func (p Progress) Close() { p.p.close() }

// Hide makes the guard hide a token.
func (p Progress) Hide(token string) { p.p.out.redactor.Hide(token) }
