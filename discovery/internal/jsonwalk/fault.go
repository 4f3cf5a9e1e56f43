package jsonwalk

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// Fail ends the walk because of the whole document.
func (w *Walker) Fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// faultError says where and how a document is not what it should be.
type faultError struct {
	at   jsontext.Pointer
	what string
	err  error
}

func (e *faultError) Error() string {
	if e.at == "" {
		return e.what
	}
	return fmt.Sprintf("at %s: %s", text.Cut(string(e.at), text.MaxQuote), e.what)
}

func (e *faultError) Unwrap() error { return e.err }

// Failf ends the walk because of the value that was read last.
func (w *Walker) Failf(format string, args ...any) {
	if w.err == nil {
		w.err = &faultError{at: w.pointer(len(w.levels)), what: fmt.Sprintf(format, args...)}
	}
}

// fail ends the reading.
func (l *lexer) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// notJSON ends the reading because of the token at pos.
func (l *lexer) notJSON(what string) {
	l.fail(&faultError{at: l.place(), what: fmt.Sprintf("it is not JSON: %s after %d bytes", what, l.offset())})
}

// invalid ends the reading because of the byte at pos. It returns 0.
func (l *lexer) invalid(where string) jsontext.Kind {
	c := l.buf[l.pos]
	quoted := strconv.QuoteRune(rune(c))
	if c >= utf8.RuneSelf {
		quoted = fmt.Sprintf(`'\x%02x'`, c)
	}
	l.notJSON("invalid character " + quoted + " " + where)
	return 0
}

// repeats ends the reading because an object has a name already.
func (l *lexer) repeats(name []byte) {
	l.fail(&faultError{
		at: l.pointer(len(l.levels) - 1), err: jsontext.ErrDuplicateName,
		what: fmt.Sprintf("the name %s is there twice", text.Quote(string(name))),
	})
}

// ends is the error for a document of which nothing more comes.
func (l *lexer) ends() {
	switch {
	case !errors.Is(l.last, io.EOF):
		l.fail(l.last)
	case l.phase == atStart && len(l.levels) == 0 && l.pos == len(l.buf):
		l.fail(&faultError{what: "it is empty", err: io.ErrUnexpectedEOF})
	default:
		l.fail(&faultError{
			at: l.place(), err: io.ErrUnexpectedEOF,
			what: fmt.Sprintf("it ends in the middle, after %d bytes", l.base+int64(len(l.buf))),
		})
	}
}

// place is the value that is being read, or the list or object that cannot go on.
func (l *lexer) place() jsontext.Pointer {
	if l.phase == afterName || l.phase == inValue {
		return l.pointer(len(l.levels))
	}
	return l.pointer(max(len(l.levels)-1, 0))
}

// pointer is where the value that was read last stands, in that many of the open levels.
func (l *lexer) pointer(depth int) jsontext.Pointer {
	var p jsontext.Pointer
	for i, at := range l.levels[:depth] {
		switch {
		case at.count == 0:
		case at.end == ']':
			p = p.AppendToken(strconv.Itoa(at.count - 1))
		case i+1 < len(l.levels):
			p = p.AppendToken(string(l.names.at(l.levels[i+1].known.first - 1)))
		default:
			p = p.AppendToken(string(l.names.at(len(l.names.ends) - 1)))
		}
	}
	return p
}

func (w *Walker) mismatch(got jsontext.Kind, want string) {
	if w.err != nil {
		return
	}
	var is string
	switch got {
	case jsontext.KindNull:
		is = "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		is = "true or false"
	case jsontext.KindString:
		is = "a string"
	case jsontext.KindNumber:
		is = "a number"
	case jsontext.KindBeginObject:
		is = "an object"
	case jsontext.KindBeginArray:
		is = "a list"
	default:
		is = strconv.Quote(got.String())
	}
	w.Failf("%s stands where %s is expected", is, want)
}
