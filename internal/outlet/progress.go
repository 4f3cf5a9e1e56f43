package outlet

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/kreconcile/kreconcile/internal/view"
)

// Progress shows the progress of a wait: on a terminal in one line that it updates,
// elsewhere in a line for each change. It writes in its own goroutine, so that a wait
// ends in time even if nobody reads.
type Progress struct {
	out *Guard
	// width returns the columns of the terminal. It is nil without a terminal.
	width func() int
	began time.Time
	// head begins each line.
	head func(elapsed time.Duration) string
	// lines has room only for the last line.
	lines chan string
	ended chan struct{}
	// panicked is the value of the goroutine's panic, once it has ended.
	panicked any
}

// patience limits the write of the last line.
const patience = time.Second

// StartProgress starts to show a wait, in lines that begin with head. width returns the columns of
// the terminal, and is nil without one. The caller must close it.
func StartProgress(out *Guard, width func() int, head func(elapsed time.Duration) string) *Progress {
	p := &Progress{
		out: out, width: width, began: time.Now(), head: head, lines: make(chan string, 1), ended: make(chan struct{}),
	}
	go func() {
		defer close(p.ended)
		// A panic here would end the process with the code for drift.
		defer func() { p.panicked = recover() }()
		p.run()
	}()
	return p
}

// Say shows the result of the last pass.
func (p *Progress) Say(line string) {
	select {
	case <-p.lines: // a line that nobody has read yet
	default:
	}
	p.lines <- line
}

// Close removes the line from a terminal. A panic in the goroutine becomes one of the
// caller.
func (p *Progress) Close() {
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

func (p *Progress) run() {
	shown := ""
	if p.width == nil {
		for line := range p.lines {
			if line != shown {
				// If the stream is closed, nobody could read the error.
				_, _ = io.WriteString(p.out, p.text(line)+"\n")
			}
			shown = line
		}
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	defer p.out.Show("")
	for shown = "asking"; ; {
		p.out.Show(view.Fit(p.text(shown), p.width()))
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

func (p *Progress) text(line string) string {
	return p.head(time.Since(p.began)) + ": " + line
}

// Width returns a function for the columns of the stream's terminal. It is nil if
// there is no terminal, or if TERM says that the terminal cannot update a line.
func (g *Guard) Width(term string) func() int {
	f, terminal := g.Terminal()
	if !terminal || term == "dumb" {
		return nil
	}
	return func() int { return columns(f) }
}

func columns(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}
