package cli

import (
	"io"
	"sync"
	"sync/atomic"
)

// eraseLine takes a terminal's cursor to the start of its line, and empties that.
const eraseLine = "\r\x1b[K"

// guard is the last thing that output passes. It hides the token, wherever a
// server may have made it appear. Each text has to come in one write, and to end
// its line.
type guard struct {
	w      io.Writer
	redact atomic.Pointer[func(string) string]
	// failed tells that something could not be written.
	failed atomic.Bool

	mu sync.Mutex
	// live is the line that stays below all others, and empty where there is none.
	live string
}

func (g *guard) Write(text []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.clean(string(text))
	if g.live != "" {
		out = eraseLine + out + g.live
	}
	if err := g.send(out); err != nil {
		return 0, err
	}
	return len(text), nil
}

// show puts a line of a terminal in the place of the one that was shown before. The
// empty one only takes that away.
func (g *guard) show(line string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	line = g.clean(line)
	if line == g.live {
		return
	}
	g.live = line
	// Where a line cannot be shown, there is nobody left to tell.
	_ = g.send(eraseLine + line)
}

func (g *guard) send(text string) error {
	_, err := io.WriteString(g.w, text)
	if err != nil {
		g.failed.Store(true)
	}
	return err
}

func (g *guard) clean(text string) string {
	if redact := g.redact.Load(); redact != nil {
		return (*redact)(text)
	}
	return text
}
