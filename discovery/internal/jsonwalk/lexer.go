package jsonwalk

import (
	"bytes"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// lexer reads the tokens of one JSON document. It accepts what a [jsontext.Decoder] accepts: a
// fuzz test compares them. Unlike that, it can pass over bytes that its caller has read, which is
// how [Ahead] is several times as fast. Escapes and numbers are rare in what an API server says, so
// jsontext checks those.
//
// The first error ends the reading: after it, next returns 0.
type lexer struct {
	from io.Reader
	// buf is what was read and is still needed. At pos, what comes next begins.
	buf []byte
	pos int
	// base is how many bytes came before buf.
	base int64
	// last is why nothing more can be read.
	last error
	err  error

	phase phase
	// escaped is whether the string that was read last has escapes.
	escaped bool
	// ready is whether a token begins at pos.
	ready  bool
	levels []level
	names  names
}

// bufferSize is enough for any token that is not hostile, and for what gzip unpacks at once.
const bufferSize = 32 << 10

// phase says which tokens may come next.
type phase int

const (
	// atStart: a value, or the end of the list or object that has just begun.
	atStart phase = iota
	afterName
	inValue
	afterValue
)

// level is an open list or object.
type level struct {
	end byte
	// count is how many elements or names began.
	count int
	known known
}

func newLexer(r io.Reader) lexer {
	if b, ok := r.(*bytes.Buffer); ok {
		return lexer{from: r, buf: b.Next(b.Len()), last: io.EOF}
	}
	return lexer{from: r}
}

// next returns the kind of the token that comes next, behind the comma or colon before it. The end
// of a list or object is one that may end there. It returns 0 if there is an error.
func (l *lexer) next() jsontext.Kind {
	if l.ready {
		return kindOf(l.buf[l.pos])
	}
	if l.err != nil {
		return 0
	}
	return l.find()
}

func (l *lexer) find() jsontext.Kind {
	c, ok := l.space()
	inside := len(l.levels) > 0
	var end byte
	if inside {
		end = l.levels[len(l.levels)-1].end
	}
	named := l.phase == afterName
	mayEnd := inside && !named
	switch {
	case !ok:
		return 0
	case l.phase == afterName:
		if c != ':' {
			return l.invalid("after object name (expecting ':')")
		}
		l.pos++
		c, ok = l.space()
	case l.phase == afterValue && c == ',':
		l.pos++
		c, ok = l.space()
		mayEnd = false
	case l.phase == afterValue && c != end:
		if end == '}' {
			return l.invalid("after object value (expecting ',' or '}')")
		}
		return l.invalid("after array element (expecting ',' or ']')")
	}
	kind := kindOf(c)
	switch isEnd := c == '}' || c == ']'; {
	case !ok:
		return 0
	case kind == 0, isEnd && (!mayEnd || c != end):
		return l.invalid("at start of value")
	case end == '}' && !named && c != '"' && !isEnd:
		return l.invalid(`at start of string (expecting '"')`)
	}
	l.ready = true
	return kind
}

// kindOf is the kind of the token that begins with a byte, and 0 if none does.
func kindOf(c byte) jsontext.Kind {
	switch c {
	case '{', '}', '[', ']', '"', 't', 'f', 'n':
		return jsontext.Kind(c)
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return jsontext.KindNumber
	}
	return jsontext.KindInvalid
}

// space passes over white space, and returns the byte behind it.
func (l *lexer) space() (c byte, ok bool) {
	for {
		for ; l.pos < len(l.buf); l.pos++ {
			switch c := l.buf[l.pos]; c {
			case ' ', '\t', '\r', '\n':
			default:
				return c, true
			}
		}
		if !l.more() {
			return 0, false
		}
	}
}

// more reads more of the document, and fails where it ends.
func (l *lexer) more() bool {
	if l.fill() {
		return true
	}
	l.ends()
	return false
}

// fill reads more of the document behind what is in buf, and drops what is before pos. It returns
// false where the document ends.
func (l *lexer) fill() bool {
	if l.last == nil && l.pos > 0 {
		rest := copy(l.buf, l.buf[l.pos:])
		l.base += int64(l.pos)
		l.buf, l.pos = l.buf[:rest], 0
	}
	for l.last == nil {
		if len(l.buf) == cap(l.buf) {
			l.buf = append(make([]byte, 0, max(bufferSize, 2*len(l.buf))), l.buf...)
		}
		var n int
		n, l.last = l.from.Read(l.buf[len(l.buf):cap(l.buf)])
		if l.buf = l.buf[:len(l.buf)+n]; n > 0 {
			return true
		}
	}
	return false
}

// read reads the token that comes next. It returns a string with its quotes, also one that is the
// name of a member, and nothing of any other token. The text lasts until something else is read.
func (l *lexer) read() (kind jsontext.Kind, text []byte) {
	kind = l.next()
	if kind == 0 {
		return 0, nil
	}
	l.ready = false
	var top *level
	if len(l.levels) > 0 {
		top = &l.levels[len(l.levels)-1]
	}
	switch kind {
	case '}', ']':
		l.names.drop(&top.known)
		l.levels = l.levels[:len(l.levels)-1]
		l.pos++
		l.phase = afterValue
		return kind, nil
	case '"':
		if top != nil && top.end == '}' && l.phase != afterName {
			return l.readName(top)
		}
	}
	if top != nil && top.end == ']' {
		top.count++
	}
	l.phase = inValue
	switch kind {
	case '{', '[':
		l.pos++
		l.levels = append(l.levels, level{end: byte(kind) + 2, known: l.names.mark()})
		l.phase = atStart
		return kind, nil
	case '"':
		text = l.readText()
	case 't':
		l.literal("true")
	case 'f':
		l.literal("false")
	case 'n':
		l.literal("null")
	default:
		l.number()
	}
	if l.err != nil {
		return 0, nil
	}
	l.phase = afterValue
	return kind, text
}

func (l *lexer) readName(top *level) (jsontext.Kind, []byte) {
	quoted := l.readText()
	if l.err != nil {
		return 0, nil
	}
	name := l.unquote(quoted)
	if !l.names.add(&top.known, name) {
		l.repeats(name)
		return 0, nil
	}
	top.count++
	l.phase = afterName
	return '"', quoted
}

func (l *lexer) literal(word string) {
	for len(l.buf)-l.pos < len(word) && bytes.HasPrefix([]byte(word), l.buf[l.pos:]) {
		if !l.more() {
			return
		}
	}
	if !bytes.HasPrefix(l.buf[l.pos:], []byte(word)) {
		l.notJSON("invalid literal (expecting " + word + ")")
		return
	}
	l.pos += len(word)
}

func (l *lexer) number() {
	n := 1
	for (l.pos+n < len(l.buf) || l.fill()) && strings.IndexByte("0123456789+-.eE", l.buf[l.pos+n]) >= 0 {
		n++
	}
	if !jsontext.Value(l.buf[l.pos : l.pos+n]).IsValid() {
		l.notJSON("invalid number")
		return
	}
	l.pos += n
}

// pass passes over the next n bytes, which are a value that is known to be valid.
func (l *lexer) pass(n int) {
	if top := &l.levels[len(l.levels)-1]; top.end == ']' {
		top.count++
	}
	l.pos += n
	l.phase, l.ready = afterValue, false
}

// offset is how many bytes were read.
func (l *lexer) offset() int64 { return l.base + int64(l.pos) }
