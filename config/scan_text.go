package config

import "bytes"

// number passes over a number as hcl's lexer reads it, which is more than what is one.
func (s *scanner) number() {
	begin := s.at
	for n := 1; n > 0; n = numberPart(s.text[s.at:]) {
		s.at += n
	}
	if !sensibleNumber(s.text[begin:s.at]) {
		s.refuse(begin, "Number out of range", "A number may have at most %d digits, written out without an exponent.", maxDigits)
	}
}

// numberPart gives how long the part of a number is that a text begins with.
func numberPart(text []byte) int {
	n := len(text) - len(bytes.TrimLeft(text, "."))
	if n < len(text) && isDigit(text[n]) {
		return n + 1
	}
	if n == len(text) || text[n]|0x20 != 'e' {
		return 0
	}
	if n++; n < len(text) && (text[n] == '+' || text[n] == '-') {
		n++
	}
	if n == len(text) || !isDigit(text[n]) {
		return 0
	}
	return n + 1
}

// template passes over a part of a template: a literal, and what ends it.
func (s *scanner) template() {
	top := s.top()
	begin := s.at
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '\n' && top.opener == '"':
			s.confused = true
			return
		case c == '\n' && top.opener == '<' && top.lineStart && bytes.Equal(bytes.TrimSpace(s.text[begin:s.at]), top.marker):
			s.term = true
			s.pop('<')
			return
		case c == '\n':
			s.at++
			s.line++
			top.lineStart = true
			s.literal(begin)
			return
		case c == '"' && top.opener == '"':
			s.literal(begin)
			s.at++
			s.named, s.term = true, true
			s.pop('"')
			return
		case c == '\\' && top.opener == '"':
			if s.at++; s.peek() == '\n' || s.peek() == '\r' {
				s.confused = true
				return
			}
			s.at++
		case c == '\r' && top.opener == '"':
			s.confused = true
			return
		case c == '$' || c == '%':
			s.sequence(begin, c)
			return
		default:
			s.at++
		}
	}
	s.at = len(s.text)
	s.literal(begin)
}

// sequence passes over what begins with a dollar or a percent sign, which ends a literal.
func (s *scanner) sequence(begin int, c byte) {
	rest := s.text[s.at:]
	switch {
	case len(rest) > 2 && rest[1] == c && rest[2] == '{':
		// It is written twice for itself.
		s.at += 3
	case len(rest) > 1 && rest[1] == '{':
		s.literal(begin)
		top := s.top()
		top.lineStart = false
		s.at += 2
		if c == '%' {
			// "%{if}" and "%{for}" nest until a directive that ends them.
			s.operator(s.at - 2)
		}
		s.push(opened{opener: '$'})
		return
	default:
		s.at++
	}
	s.literal(begin)
}

func (s *scanner) literal(begin int) {
	if s.at == begin {
		return
	}
	s.item.tokens++
	s.top().lineStart = s.top().lineStart && s.text[s.at-1] == '\n'
	if s.top().literals++; s.top().literals > maxLiterals {
		s.refuse(begin, "Text too long", "One text may have at most %d lines.", maxLiterals)
	}
}

// heredoc passes over the beginning of a heredoc, if it is one.
func (s *scanner) heredoc() bool {
	rest := s.text[s.at:]
	if len(rest) == 0 || rest[0] != '<' {
		return false
	}
	n := 1
	if n < len(rest) && rest[n] == '-' {
		n++
	}
	begin := n
	for n < len(rest) && isNamePart(rest[n]) {
		n++
	}
	marker := rest[begin:n]
	if n < len(rest) && rest[n] == '\r' {
		n++
	}
	if len(marker) == 0 || !isLetter(marker[0]) || n == len(rest) || rest[n] != '\n' {
		return false
	}
	s.at += n + 1
	s.line++
	s.push(opened{opener: '<', marker: marker, lineStart: true})
	return true
}

// sensibleNumber tells whether a number, written out, has at most maxDigits digits.
func sensibleNumber(literal []byte) bool {
	if len(literal) > maxDigits {
		return false
	}
	i := bytes.IndexAny(literal, "eE")
	if i < 0 {
		return true
	}
	exponent := 0
	for _, c := range literal[i+1:] {
		if c == '+' || c == '-' {
			continue
		}
		exponent = exponent*10 + int(c-'0')
		if exponent > maxDigits {
			return false
		}
	}
	return true
}

// mayBeFor tells whether a brace may open a for expression, in which a line's end separates
// nothing.
func (s *scanner) mayBeFor() bool {
	rest := bytes.TrimLeft(s.text[s.at:min(s.at+64, len(s.text))], " \t\r\n")
	return len(rest) == 0 || rest[0] == '#' || rest[0] == '/' || bytes.HasPrefix(rest, []byte("for"))
}

// endsLine tells whether nothing follows in the line.
func (s *scanner) endsLine() bool {
	rest := bytes.TrimLeft(s.text[s.at:], " \t\r")
	return len(rest) > 0 && rest[0] == '\n'
}

// startsLine tells whether nothing but spaces is before the byte that was passed over last.
func (s *scanner) startsLine() bool {
	before := bytes.TrimRight(s.text[:max(s.at-1, 0)], " \t")
	return len(before) > 0 && before[len(before)-1] == '\n'
}
