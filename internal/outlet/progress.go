package outlet

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/kreconcile/kreconcile/internal/view"
)

// Progress shows how a wait goes: on a terminal in one line that is kept up to date,
// elsewhere in a line for each change. It writes in a goroutine of its own, so that a wait
// ends in time even where nobody reads.
type Progress struct {
	out *Guard
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

// StartProgress begins to show a wait of at most limit. Width gives the columns of the
// terminal, and is nil where there is none. The caller must close it.
func StartProgress(out *Guard, width func() int, limit time.Duration) *Progress {
	p := &Progress{
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

// Say takes what the last pass came to.
func (p *Progress) Say(line string) {
	select {
	case <-p.lines: // a line that nobody has read yet
	default:
	}
	p.lines <- line
}

// Close takes the line of a terminal away. A panic while it was written becomes one
// of the caller.
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
				// Where the stream is gone, nobody reads that it is.
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
	return fmt.Sprintf("Waiting, %s of %s: %s", view.Span(time.Since(p.began)), view.Span(p.limit), line)
}

// Width returns a function that returns the columns of the terminal that the stream is. It
// is nil where the stream is none, or one on which no line can be kept up to date, by the
// value of TERM.
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
