package jsonwalk

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Ahead reads a value of a known form at once, which is faster than by token: the caller says what is
// written, byte by byte. If the value is written in another way, even with other white space,
// nothing was read, and the [Walker] can read it as any other. What Ahead accepts must be valid
// JSON without repeated names.
type Ahead struct {
	w     *Walker
	text  []byte // what is left of the buffer
	texts int    // in lists
	wrong bool
}

// Ahead begins with the value that comes next.
func (w *Walker) Ahead() Ahead {
	if w.next() == jsontext.KindInvalid {
		return Ahead{w: w, wrong: true}
	}
	// Most values are shorter than this.
	if len(w.buf)-w.pos < bufferSize/8 {
		w.fill()
	}
	return Ahead{w: w, text: w.buf[w.pos:]}
}

// Is says that this comes next.
func (a *Ahead) Is(literal string) {
	if !a.Has(literal) {
		a.wrong = true
	}
}

// Has passes over the literal if it comes next, and returns whether it did.
func (a *Ahead) Has(literal string) bool {
	if a.wrong || len(a.text) < len(literal) || string(a.text[:len(literal)]) != literal {
		return false
	}
	a.text = a.text[len(literal):]
	return true
}

// bytes passes over the rest of a string without escapes, and its last quote.
func (a *Ahead) bytes() []byte {
	end := plainEnd(a.text, 0)
	if end == len(a.text) || a.text[end] != '"' {
		a.wrong = true
		return nil
	}
	text := a.text[:end]
	a.text = a.text[end+1:]
	return text
}

// Text reads the rest of a string, behind its first quote.
func (a *Ahead) Text() string {
	if a.wrong {
		return ""
	}
	return a.w.share(a.bytes())
}

// Skip passes over the rest of a string, behind its first quote.
func (a *Ahead) Skip() { a.bytes() }

// Texts reads a list of strings like [Walker.Texts], without a limit.
func (a *Ahead) Texts() []string {
	if a.wrong {
		return nil
	}
	source, seen := a.w.seenList(a.text)
	if source != nil && seen.limit == 0 && seen.source == string(source) {
		a.text = a.text[len(source):]
		a.texts += len(seen.list)
		return seen.list
	}
	before, list := len(a.text), a.w.list[:0]
	a.Is("[")
	for ended := a.Has("]"); !ended && !a.wrong; ended = a.Has("]") {
		if len(list) > 0 {
			a.Is(",")
		}
		a.Is(`"`)
		list = append(list, a.Text())
	}
	if a.w.list = list; a.wrong || len(list) == 0 {
		return nil
	}
	a.texts += len(list)
	list = slices.Clone(list)
	if before-len(a.text) == len(source) {
		*seen = seenList{string(source), 0, list}
	}
	return list
}

// End returns whether the value was read, which ends here.
func (a *Ahead) End() bool {
	if a.wrong {
		return false
	}
	a.w.pass(len(a.w.buf) - a.w.pos - len(a.text))
	for range a.texts {
		a.w.Take(&a.w.Left.Texts, listItems)
	}
	return true
}
