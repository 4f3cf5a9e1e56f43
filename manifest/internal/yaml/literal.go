package yaml

import "strings"

// literal reads a scalar that begins with | or >, and is indented more than indent.
func (p *parser) literal(indent int) string {
	first := p.at(0)
	folding := first == '>'
	column, chomp := 0, byte(0)
	for p.pos++; !isSpace(p.at(0)); p.pos++ {
		switch c := p.at(0); {
		case (c == '+' || c == '-') && chomp == 0:
			chomp = c
		case '1' <= c && c <= '9' && column == 0:
			column = max(indent, 0) + int(c-'0')
		default:
			p.misleads(first)
			return ""
		}
	}
	if !p.lineEnd() {
		p.misleads(first)
		return ""
	}
	p.lineBreak()
	var text []byte
	breaks := p.emptyLines(&column, max(indent+1, 1))
	wasSpace := false // the line before begins with a space, and is not folded
	ended := false    // the line before ends with a line break
	for p.column() == column && !p.ended() {
		isSpace := isSpace(p.at(0))
		switch {
		case !ended:
		case folding && !wasSpace && !isSpace:
			if breaks == 0 {
				text = append(text, ' ')
			}
		default:
			text = append(text, '\n')
		}
		text = append(text, strings.Repeat("\n", breaks)...)
		wasSpace = isSpace
		begin := p.pos
		for p.at(0) != '\n' {
			p.pos++
		}
		text = append(text, p.src[begin:p.pos]...)
		if ended = !p.ended(); ended {
			p.lineBreak()
		}
		breaks = p.emptyLines(&column, 0)
	}
	if chomp != '-' && ended {
		text = append(text, '\n')
	}
	if chomp == '+' {
		text = append(text, strings.Repeat("\n", breaks)...)
	}
	return string(text)
}

// emptyLines goes over empty lines, and the indentation of the line behind them, and counts them. It
// finds out the column of the text if that is 0, which is at least the one that is given.
func (p *parser) emptyLines(column *int, least int) int {
	breaks, widest := 0, 0
	for !p.ended() {
		for (*column == 0 || p.column() < *column) && !p.ended() && p.src[p.pos] == ' ' {
			p.pos++
		}
		widest = max(widest, p.column())
		if p.at(0) == '\t' && (*column == 0 || p.column() < *column) {
			if rest := strings.TrimLeft(p.src[p.pos:], " \t"); *column == 0 && rest != "" && rest[0] != '\n' && rest[0] != '\r' {
				p.fail("a tab cannot indent a line; use spaces")
				return 0
			}
		}
		if p.ended() || p.at(0) != '\n' {
			break
		}
		breaks++
		p.lineBreak()
	}
	if *column == 0 {
		*column = max(widest, least)
	}
	return breaks
}
