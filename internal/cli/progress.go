package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/kreconcile/kreconcile/internal/view"
)

// progress tells on standard error how a wait stands: on a terminal in one line
// that is kept up to date, elsewhere in a line for each change.
type progress struct {
	out *guard
	// width gives the columns of the terminal, and is nil where there is none.
	width func() int
	began time.Time
	limit time.Duration
	ended chan struct{}
	ticks sync.WaitGroup

	mu   sync.Mutex
	line string
}

// startProgress has to be closed.
func startProgress(out *guard, width func() int, limit time.Duration) *progress {
	p := &progress{out: out, width: width, began: time.Now(), limit: limit, ended: make(chan struct{})}
	if width == nil {
		return p
	}
	p.line = "asking"
	p.show()
	p.ticks.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				p.show()
			case <-p.ended:
				return
			}
		}
	})
	return p
}

// tell says what the last pass came to.
func (p *progress) tell(line string) {
	p.mu.Lock()
	changed := line != p.line
	p.line = line
	p.mu.Unlock()
	switch {
	case p.width != nil:
		p.show()
	case changed:
		// Where standard error is gone, there is nobody left to tell.
		_, _ = io.WriteString(p.out, p.text()+"\n")
	}
}

func (p *progress) show() { p.out.show(view.Fit(p.text(), p.width())) }

func (p *progress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("Waiting, %s of %s: %s", view.Span(time.Since(p.began)), view.Span(p.limit), p.line)
}

// close takes the line of a terminal away.
func (p *progress) close() {
	close(p.ended)
	p.ticks.Wait()
	if p.width != nil {
		p.out.show("")
	}
}

// terminalWidth gives a function that tells the columns of the terminal that w is,
// and nil where it is none that a line can be kept up to date on.
func (a *app) terminalWidth(w io.Writer) func() int {
	f, ok := w.(*os.File)
	if !ok || a.getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
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
