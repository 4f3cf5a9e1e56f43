package yaml

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// singleQuoted reads a scalar in single quotes.
func (p *parser) singleQuoted() string {
	line := p.line
	p.pos++
	begin := p.pos
	var text []byte
	for ; !p.ended(); p.pos++ {
		switch {
		case p.src[p.pos] != '\'' && p.at(0) != '\n':
			continue
		case p.at(0) == '\n':
			text = p.folded(append(text, p.src[begin:p.pos]...), len(text))
		case p.at(1) == '\'':
			p.pos++
			text = append(text, p.src[begin:p.pos]...)
			begin = p.pos + 1
			continue
		default:
			p.pos++
			if text == nil {
				return p.src[begin : p.pos-1]
			}
			return string(append(text, p.src[begin:p.pos-1]...))
		}
		begin = p.pos
		p.pos--
	}
	p.failAt(line, "the quote ' is not closed")
	return ""
}

// folded goes over line breaks and the spaces around them, and folds them into text. It keeps the
// first bytes of the text.
func (p *parser) folded(text []byte, keep int) []byte {
	for len(text) > keep && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	breaks := 0
	for p.at(0) == '\n' && !p.ended() {
		p.lineBreak()
		p.blanks()
		breaks++
	}
	return appendBreaks(text, breaks)
}

// doubleQuoted reads a scalar in double quotes.
func (p *parser) doubleQuoted() string {
	line := p.line
	p.pos++
	begin := p.pos
	for p.at(0) != '"' && p.at(0) != '\\' && p.at(0) != '\n' {
		p.pos++
	}
	if p.at(0) == '"' {
		p.pos++
		return p.src[begin : p.pos-1]
	}
	text := []byte(p.src[begin:p.pos])
	keep := 0
	for !p.ended() {
		switch c := p.at(0); c {
		case '"':
			p.pos++
			return string(text)
		case '\n':
			text = p.folded(text, keep)
			keep = len(text)
		case '\\':
			text = p.escape(text)
			keep = len(text)
		default:
			text = append(text, c)
			p.pos++
		}
	}
	p.failAt(line, `the quote " is not closed`)
	return ""
}

// escape reads a backslash and what it stands for.
func (p *parser) escape(text []byte) []byte {
	c := p.at(1)
	if c == '\n' {
		if p.pos++; p.ended() {
			return text
		}
		p.lineBreak()
		p.blanks()
		for ; p.at(0) == '\n' && !p.ended(); p.blanks() {
			text = append(text, '\n')
			p.lineBreak()
		}
		return text
	}
	if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]; digits > 0 {
		return utf8.AppendRune(text, p.character(digits))
	}
	r := escaped(c)
	if r == utf8.RuneError || c == '/' && !p.isJSON() {
		p.fail("%q escapes nothing", "\\"+string(rune(c)))
		return text
	}
	p.pos += 2
	return utf8.AppendRune(text, r)
}

// escaped returns the character that one behind a backslash stands for, and 0xFFFD if there is none.
func escaped(c byte) rune {
	switch c {
	case '0':
		return 0
	case 'a':
		return '\a'
	case 'b':
		return '\b'
	case 't', '\t':
		return '\t'
	case 'n':
		return '\n'
	case 'v':
		return '\v'
	case 'f':
		return '\f'
	case 'r':
		return '\r'
	case 'e':
		return 0x1b
	case ' ', '"', '/', '\\':
		return rune(c)
	case 'N':
		return 0x85
	case '_':
		return 0xa0
	case 'L':
		return 0x2028
	case 'P':
		return 0x2029
	}
	return utf8.RuneError
}

// character reads a backslash, a letter, and the digits of a character.
func (p *parser) character(digits int) rune {
	r := p.hex(digits)
	if utf16.IsSurrogate(r) && p.at(0) == '\\' && p.at(1) == 'u' && p.isJSON() {
		// JSON writes a character beyond 16 bits as two.
		if pair := utf16.DecodeRune(r, p.hex(4)); pair != utf8.RuneError {
			r = pair
		}
	}
	if p.err == nil && !utf8.ValidRune(r) {
		p.fail("there is no such character as is escaped")
	}
	return r
}

// hex reads a backslash, a letter and digits.
func (p *parser) hex(digits int) rune {
	end := min(p.pos+2+digits, len(p.src))
	v, err := strconv.ParseUint(p.src[min(p.pos+2, end):end], 16, 64)
	if err != nil || end != p.pos+2+digits {
		p.fail("%s escapes no character", p.shown())
		return 0
	}
	p.pos = end
	return rune(min(v, utf8.MaxRune+1))
}
