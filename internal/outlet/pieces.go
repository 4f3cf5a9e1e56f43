package outlet

import "strings"

// pieceSize is about how many bytes of a large text are in memory at once.
const pieceSize = 64 << 10

// Pieces is a writer that passes on whole lines, many at a time. So no piece ends within a token, or within what
// [Guard.Seal] changes.
type Pieces struct {
	held strings.Builder
	// size is that of a piece, in bytes.
	size int
	to   func(string) error
}

// Write takes the next bytes of the text.
func (p *Pieces) Write(text []byte) (int, error) {
	p.held.Write(text)
	return len(text), p.pass()
}

// WriteString takes the next bytes of the text.
func (p *Pieces) WriteString(text string) (int, error) {
	p.held.WriteString(text)
	return len(text), p.pass()
}

// pass passes on the lines that are held if they are a piece.
func (p *Pieces) pass() error {
	text := p.held.String()
	if len(text) < p.size {
		return nil
	}
	end := strings.LastIndexByte(text, '\n') + 1
	if end == 0 {
		p.size *= 2 // A long line must not be searched at each write.
		return nil
	}
	p.held = strings.Builder{}
	p.held.Grow(p.size * 9 / 8)
	p.held.WriteString(text[end:])
	return p.to(text[:end])
}
