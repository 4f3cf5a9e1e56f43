package yaml

import "strings"

// inBracket are the characters that end a plain scalar in brackets.
const inBracket = ",[]{}"

// plain reads a scalar without quotes, which may go on in lines that are indented more than indent.
func (p *parser) plain(indent int, bracket bool) string {
	first, next := p.at(0), p.at(1)
	ends := isSpace(next) || bracket && (first != '-' || strings.IndexByte(inBracket, next) >= 0)
	if strings.IndexByte(",[]{}#&*!|>'\"%@`", first) >= 0 || strings.IndexByte("-?:", first) >= 0 && ends {
		p.fail("a value cannot begin with %s; put it in quotes", p.shown())
		return ""
	}
	text := p.plainLine(bracket)
	var folded []byte
	for !p.ended() && p.at(0) == '\n' {
		saved := *p
		breaks := 0
		for p.at(0) == '\n' && !p.ended() {
			p.lineBreak()
			p.blanks()
			breaks++
		}
		if p.ended() || p.at(0) == '#' || !bracket && !p.deeper(indent) || bracket && p.endsInBrackets() {
			*p = saved
			break
		}
		if folded == nil {
			folded = []byte(text)
		}
		folded = appendBreaks(folded, breaks)
		folded = append(folded, p.plainLine(bracket)...)
	}
	if folded != nil {
		return string(folded)
	}
	return text
}

// deeper reports whether the line of pos is indented more than indent.
func (p *parser) deeper(indent int) bool {
	before := p.src[p.begin:p.pos]
	spaces := len(before) - len(strings.TrimLeft(before, " "))
	return spaces > indent
}

// endsInBrackets reports whether a plain scalar in brackets cannot go on at pos.
func (p *parser) endsInBrackets() bool {
	c := p.at(0)
	// A question mark ends it for kubectl, which then refuses it.
	return strings.IndexByte(inBracket, c) >= 0 || c == '?' || c == ':' && (isSpace(p.at(1)) || strings.IndexByte(inBracket, p.at(1)) >= 0)
}

// appendBreaks folds line breaks: one is a space, and each further one is itself.
func appendBreaks(text []byte, breaks int) []byte {
	if breaks == 1 {
		return append(text, ' ')
	}
	for range breaks - 1 {
		text = append(text, '\n')
	}
	return text
}

// plainLine reads the part of a plain scalar that is on this line, without spaces at its end.
func (p *parser) plainLine(bracket bool) string {
	begin, end := p.pos, p.pos
	for ; p.at(0) != '\n'; p.pos++ {
		c := p.at(0)
		switch {
		case c == ' ' || c == '\t':
			continue
		case c == '#' && p.pos > begin && isSpace(p.src[p.pos-1]):
			p.pos = end
			return p.src[begin:end]
		case bracket && p.endsInBrackets(), !bracket && c == ':' && isSpace(p.at(1)):
			p.pos = end
			return p.src[begin:end]
		}
		end = p.pos + 1
	}
	p.pos = end
	return p.src[begin:end]
}
