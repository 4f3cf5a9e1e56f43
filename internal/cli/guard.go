package cli

import (
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/term"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// eraseLine takes a terminal's cursor to the start of its line, and empties that.
const eraseLine = "\r\x1b[K"

// secrets hides the tokens of every client of a run: a server may give back the token of
// another one, and what it says may be written long after.
type secrets struct {
	mu      sync.Mutex
	clients []func(string) string
}

// add hides what redact hides, from now on.
func (s *secrets) add(redact func(string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients = append(s.clients, redact)
}

func (s *secrets) hideIn(text string) string {
	if s == nil {
		return text
	}
	s.mu.Lock()
	clients := s.clients
	s.mu.Unlock()
	for _, redact := range clients {
		text = redact(text)
	}
	return text
}

// guard is the last thing that output passes, and the only one that has a stream of
// the process. It hides tokens, wherever a server may have made one appear, and
// makes visible what nobody has escaped. Each text has to come in one write, and to
// end its line.
type guard struct {
	w io.Writer
	// secrets is shared by all guards of a run. Nil hides nothing.
	secrets *secrets
	// failed tells that something could not be written.
	failed atomic.Bool

	mu sync.Mutex
	// live is the line that stays below all others, and empty where there is none.
	live string
}

// Write takes what others write, such as cobra and slog: text without colours.
func (g *guard) Write(text []byte) (int, error) {
	if err := g.put(string(text), safe.Plain); err != nil {
		return 0, err
	}
	return len(text), nil
}

// put writes a text of a form.
func (g *guard) put(text string, form safe.Form) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.seal(text, form)
	if g.live != "" {
		out = eraseLine + out + g.live
	}
	return g.send(out)
}

// mention writes a line of progress. A run succeeds also where nobody reads it.
func (g *guard) mention(line string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.seal(line+"\n", safe.Plain)
	if g.live != "" {
		out = eraseLine + out + g.live
	}
	_, _ = io.WriteString(g.w, out)
}

// verbatim writes what has to arrive byte for byte, because it is the user's own
// file. On a terminal nobody needs it to.
func (g *guard) verbatim(text string) error {
	if _, terminal := g.terminal(); terminal {
		return g.put(text, safe.Plain)
	}
	return g.send(text)
}

// show puts a line of a terminal in the place of the one that was shown before. The
// empty one only takes that away.
func (g *guard) show(line string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	line = g.seal(line, safe.Plain)
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

// seal gives a text as it may leave the program, to a stream or to a file.
func (g *guard) seal(text string, form safe.Form) string {
	return safe.Seal(g.secrets.hideIn(text), form)
}

// terminal gives the terminal that the stream is, and false where it is none.
func (g *guard) terminal() (*os.File, bool) {
	f, ok := g.w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// info describes the file that the stream goes to, and is nil where it is none.
func (g *guard) info() fs.FileInfo {
	if f, ok := g.w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			return info
		}
	}
	return nil
}
