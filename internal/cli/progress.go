package cli

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/term"

	"github.com/kreconcile/kreconcile/internal/view"
)

// progress tells on standard error how a wait stands: on a terminal in one line
// that is kept up to date, elsewhere in a line for each change. It writes in a
// goroutine of its own, so that a wait ends in time even where nobody reads.
type progress struct {
	out *guard
	// width gives the columns of the terminal, and is nil where there is none.
	width func() int
	began time.Time
	limit time.Duration
	// lines has room for the last line only.
	lines chan string
	ended chan struct{}
	// panicked is what the goroutine panicked with, once it has ended.
	panicked any
}

// patience is how long the last line may take to be written.
const patience = time.Second

// startProgress must be closed.
func startProgress(out *guard, width func() int, limit time.Duration) *progress {
	p := &progress{
		out: out, width: width, began: time.Now(), limit: limit, lines: make(chan string, 1), ended: make(chan struct{}),
	}
	go func() {
		defer close(p.ended)
		// Here, it would end the process with the code for drift.
		defer func() { p.panicked = recover() }()
		p.run()
	}()
	return p
}

// tell says what the last pass came to.
func (p *progress) tell(line string) {
	select {
	case <-p.lines: // a line that nobody has read yet
	default:
	}
	p.lines <- line
}

// close takes the line of a terminal away. A panic while it was written becomes one
// of the caller.
func (p *progress) close() {
	close(p.lines)
	select {
	case <-p.ended:
	case <-time.After(patience):
		return
	}
	if p.panicked != nil {
		panic(p.panicked)
	}
}

func (p *progress) run() {
	shown := ""
	if p.width == nil {
		for line := range p.lines {
			if line != shown {
				// Where standard error is gone, there is nobody left to tell.
				_, _ = io.WriteString(p.out, p.text(line)+"\n")
			}
			shown = line
		}
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	defer p.out.show("")
	for shown = "asking"; ; {
		p.out.show(view.Fit(p.text(shown), p.width()))
		select {
		case line, more := <-p.lines:
			if !more {
				return
			}
			shown = line
		case <-ticker.C:
		}
	}
}

func (p *progress) text(line string) string {
	return fmt.Sprintf("Waiting, %s of %s: %s", view.Span(time.Since(p.began)), view.Span(p.limit), line)
}

// terminalWidth gives a function that tells the columns of the terminal that a
// stream is, and nil where it is none that a line can be kept up to date on.
func (a *app) terminalWidth(g *guard) func() int {
	f, terminal := g.terminal()
	if !terminal || a.getenv("TERM") == "dumb" {
		return nil
	}
	return func() int {
		width, _, err := term.GetSize(int(f.Fd()))
		if err != nil || width <= 0 {
			return 80
		}
		return width
	}
}
