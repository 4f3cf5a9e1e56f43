package outlet

import (
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/term"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// eraseLine moves a terminal's cursor to the start of its line and clears the line.
const eraseLine = "\r\x1b[K"

// Guard is the last step of all output, and the only owner of a stream of the
// process. Each text must come in one write and end its line. It is safe for
// concurrent use.
type Guard struct {
	w      io.Writer
	redact func(string) string
	// failed is set once something could not be written.
	failed atomic.Bool

	mu sync.Mutex
	// live is the line that stays below all others on a terminal. It is empty if
	// there is none.
	live string
}

// NewGuard returns the guard of a stream. redact hides the tokens of all clients of a
// run.
func NewGuard(w io.Writer, redact func(string) string) *Guard { return &Guard{w: w, redact: redact} }

// Write is for cobra, slog and others that take a writer: text without colours.
func (g *Guard) Write(text []byte) (int, error) {
	if err := g.Put(string(text), safe.Plain); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Failed reports whether something could not be written.
func (g *Guard) Failed() bool { return g.failed.Load() }

// Put writes a text of a form.
func (g *Guard) Put(text string, form safe.Form) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.send(g.above(g.Seal(text, form)))
}

// PutBy is [Guard.Put] for a large text. Nothing else is written until write has returned.
func (g *Guard) PutBy(form safe.Form, write func(*Pieces) error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.SealTo(func(text string) error { return g.send(g.above(text)) }, form, write)
}

// Mention writes a line of progress. It does not matter if nobody can read it.
func (g *Guard) Mention(line string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, _ = io.WriteString(g.w, g.above(g.Seal(line+"\n", safe.Plain)))
}

// Verbatim writes the user's own file, byte for byte. A terminal gets it sealed, like
// everything else.
func (g *Guard) Verbatim(text string) error {
	if _, terminal := g.Terminal(); terminal {
		return g.Put(text, safe.Plain)
	}
	return g.send(text)
}

// Show replaces the line that it showed before on a terminal. An empty line only
// removes that.
func (g *Guard) Show(line string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	line = g.Seal(line, safe.Plain)
	if line == g.live {
		return
	}
	g.live = line
	// If a line cannot be shown, nobody could read the error.
	_ = g.send(eraseLine + line)
}

// above returns what writes lines above the one that stays below.
func (g *Guard) above(lines string) string {
	if g.live == "" {
		return lines
	}
	return eraseLine + lines + g.live
}

func (g *Guard) send(text string) error {
	_, err := io.WriteString(g.w, text)
	if err != nil {
		g.failed.Store(true)
	}
	return err
}

// Seal returns a text as it may leave the program, to a stream or a file.
func (g *Guard) Seal(text string, form safe.Form) string {
	return safe.Seal(g.redact(text), form)
}

// SealTo passes on what write writes, as [Guard.Seal] returns it, some lines at a time.
func (g *Guard) SealTo(to func(string) error, form safe.Form, write func(*Pieces) error) error {
	p := &Pieces{size: pieceSize, to: func(text string) error { return to(g.Seal(text, form)) }}
	if err := write(p); err != nil {
		return err
	}
	return p.to(p.held.String())
}

// Terminal returns the stream's terminal, and false if it is none.
func (g *Guard) Terminal() (*os.File, bool) {
	f, ok := g.w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// Info describes the file behind the stream. It is nil if there is none.
func (g *Guard) Info() fs.FileInfo {
	if f, ok := g.w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			return info
		}
	}
	return nil
}
