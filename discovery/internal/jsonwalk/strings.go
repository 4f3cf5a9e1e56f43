package jsonwalk

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// readText reads a string, and returns it with its quotes.
func (l *lexer) readText() []byte {
	end := plainEnd(l.buf, l.pos+1)
	if end < len(l.buf) && l.buf[end] == '"' {
		quoted := l.buf[l.pos : end+1]
		l.pos, l.escaped = end+1, false
		return quoted
	}
	return l.readAnyText(end - l.pos)
}

// plainEnd returns the index of the first byte from i on that does not stand for itself in a
// string: a quote, an escape, a control character or a part of a longer one.
func plainEnd(text []byte, i int) int {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(text); i += 8 {
		// The lowest bit of found is that of the first such byte. Higher ones may be wrong.
		word := binary.LittleEndian.Uint64(text[i:])
		found := (word | (word - each*' ') | (word ^ each*'"' - each) | (word ^ each*'\\' - each)) & highest
		if found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(text) && text[i] >= ' ' && text[i] < utf8.RuneSelf && text[i] != '"' && text[i] != '\\' {
		i++
	}
	return i
}

// readAnyText is readText for a string that begins with n plain bytes.
func (l *lexer) readAnyText(n int) []byte {
	long := false
	l.escaped = false
	for {
		for l.pos+n < len(l.buf) {
			switch c := l.buf[l.pos+n]; {
			case c == '"':
				return l.checkText(n+1, long)
			case c < ' ':
				l.pos += n
				l.invalid("in string (expecting non-control character)")
				return nil
			case c == '\\':
				l.escaped = true
				n += 2
			case c >= utf8.RuneSelf:
				long = true
				n++
			default:
				n = plainEnd(l.buf, l.pos+n) - l.pos
			}
		}
		if !l.more() {
			return nil
		}
	}
}

func (l *lexer) checkText(n int, long bool) []byte {
	quoted := l.buf[l.pos : l.pos+n]
	switch {
	case long && !utf8.Valid(quoted):
		l.notJSON("invalid UTF-8")
		return nil
	case l.escaped && !jsontext.Value(quoted).IsValid():
		l.notJSON("invalid escape sequence in string")
		return nil
	}
	l.pos += n
	return quoted
}

// unquote returns what the string stands for that was read last.
func (l *lexer) unquote(quoted []byte) []byte {
	if !l.escaped {
		return quoted[1 : len(quoted)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, quoted) // It was checked.
	return text
}
