package config

import (
	"bytes"
	"fmt"
)

// hcl parses and evaluates by recursion without a limit, and a goroutine that overflows its
// stack ends the process; recover does not help. So every text is scanned before hcl's parser
// sees it. The scan goes by bytes, because hcl's tokens would take half of the time that
// parsing takes. It counts brackets and operators, and finds where items end, so that the
// parser gets pieces of a bounded size.
const (
	// maxNesting bounds brackets, quotes and the operators between them that are inside one
	// another. People write fewer than twenty.
	maxNesting = 500
	// maxLiterals bounds the pieces of text in one template, nearly all of which are lines.
	// The parser joins them in quadratic time.
	maxLiterals = 1000
	// maxDigits bounds numbers, which take memory by their exponent when they become text.
	maxDigits = 1000
)

// item is an attribute or a block of a body, or a comment between them, with the line's end.
type item struct {
	begin, end position
	// tokens are about those of hcl's lexer. steps are those that can make the parser recurse.
	tokens, steps int
	// body is what is between the first braces, if each of them ends or begins a line, and the
	// item is a block. closed tells that the first brace was closed.
	body   [2]position
	closed bool
}

// position is a place in a text that is scanned.
type position struct{ at, line int }

// scan is what is known of a text before it is parsed.
type scan struct {
	items []item
	// rest is the last item where it does not end as it should.
	rest item
	// refused is what the parser must not see. Where it is empty, and confused is set, the
	// parser says better what is wrong.
	refused  *scanError
	confused bool
	// stopped is where the scan stopped, and unclosed the last bracket that is open there, or -1.
	stopped, unclosed int
}

// scanError is an error at some bytes of the text.
type scanError struct {
	begin, end      int
	summary, detail string
}

// scanner reads a text. It errs on the side of too deep.
type scanner struct {
	scan
	text     []byte
	at, line int
	open     []opened
	depth    int
	item     item
	// piece is about how many bytes of small items are taken for one.
	piece int
	// named is set behind a name or a text, and term behind what a bracket may index,
	// whatever space follows.
	named, term bool
	// assigned is set behind the "=" of an attribute.
	assigned bool
}

// opened is what is open: a bracket, a quote, an interpolation as '$', a heredoc as '<', or
// the text itself, as 0 or, where it is a template, 't'.
type opened struct {
	opener byte
	at     int
	// newlines tells whether a line's end ends an expression here.
	newlines  bool
	operators int
	literals  int
	marker    []byte
	// lineStart tells whether a line of a heredoc may be its marker.
	lineStart bool
}

// scanBody scans items from a position on.
func scanBody(text []byte, from position, piece int) scan {
	s := newScanner(text, from, 0)
	s.piece = piece
	return s.run()
}

// scanTemplate scans a text that hcl parses as a template.
func scanTemplate(text []byte) scan { return newScanner(text, position{line: 1}, 't').run() }

func newScanner(text []byte, from position, kind byte) *scanner {
	return &scanner{
		text: text, at: from.at, line: from.line, item: item{begin: from},
		open: append(make([]opened, 0, 16), opened{opener: kind, newlines: kind == 0}),
	}
}

func (s *scanner) run() scan {
	for s.at < len(s.text) && s.refused == nil && !s.confused {
		s.item.tokens++
		switch s.top().opener {
		case '"', '<', 't':
			s.template()
		default:
			s.next()
		}
	}
	s.stopped, s.unclosed = s.at, -1
	if len(s.open) > 1 {
		s.confused, s.unclosed = true, s.top().at
	}
	s.rest = s.item
	s.rest.end = position{len(s.text), s.line}
	if !s.confused && s.rest.begin.at < len(s.text) {
		s.endItem()
	}
	return s.scan
}

func (s *scanner) top() *opened { return &s.open[len(s.open)-1] }

func (s *scanner) peek() byte {
	if s.at >= len(s.text) {
		return 0
	}
	return s.text[s.at]
}

func (s *scanner) refuse(begin int, summary, detail string, most int) {
	s.refused = &scanError{begin, s.at, summary, fmt.Sprintf(detail, most)}
}

// next passes over one token outside of templates.
func (s *scanner) next() {
	begin := s.at
	c := s.text[begin]
	named, term := s.named, s.term
	s.named, s.term = false, false
	switch {
	case isLetter(c):
		// The labels of a block may be names without quotes.
		if named {
			s.item.steps++
		}
		s.named, s.term = true, true
		for s.at++; s.at < len(s.text) && isNamePart(s.text[s.at]); {
			s.at++
		}
		return
	case isDigit(c):
		s.term = true
		s.number()
		return
	}
	s.at++
	switch c {
	case ' ', '\t':
		s.item.tokens--
		s.named, s.term = named, term
	case '\n':
		s.newline()
	case '=':
		if s.also('=') {
			s.operator(begin)
		} else if !s.also('>') && len(s.open) == 1 {
			s.assigned = true
		}
	case ',':
		s.separate()
	case '{':
		if len(s.open) == 1 && !s.assigned && !s.item.closed && s.endsLine() {
			s.item.body[0] = position{s.at, s.line}
		}
		s.push(opened{opener: c, newlines: !s.mayBeFor()})
	case '(', '"':
		s.push(opened{opener: c})
	case '[':
		if term {
			s.operator(begin)
		}
		s.push(opened{opener: c})
	case '}':
		s.term = true
		s.closeBrace()
	case ')':
		s.term = true
		s.pop('(')
	case ']':
		s.term = true
		s.pop('[')
	case '#':
		s.comment()
	case '/':
		switch {
		case s.also('/'):
			s.comment()
		case s.also('*'):
			s.named = named
			s.longComment()
		default:
			s.operator(begin)
		}
	case '<':
		if !s.heredoc() {
			_ = s.also('=')
			s.operator(begin)
		}
	case '.':
		if s.peek() == '.' && begin+2 < len(s.text) && s.text[begin+2] == '.' {
			s.at += 2
		} else {
			s.operator(begin)
		}
	case '&', '|', ':':
		_ = s.also(c)
		s.operator(begin)
	case '!', '>':
		_ = s.also('=')
		s.operator(begin)
	case '*', '+', '-', '%', '?':
		s.term = c == '*'
		s.operator(begin)
	}
}

// also passes over a byte if it is the next one.
func (s *scanner) also(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) push(o opened) {
	o.at = s.at - 1
	s.open = append(s.open, o)
	s.step(o.at)
}

// pop ends what is open. Of a closer that does not match, the parser says better what is wrong.
func (s *scanner) pop(opener byte) {
	if s.top().opener != opener {
		s.at--
		s.confused = true
		return
	}
	s.depth -= 1 + s.top().operators
	s.open = s.open[:len(s.open)-1]
}

func (s *scanner) closeBrace() {
	if s.top().opener == '$' {
		s.pop('$')
		return
	}
	if s.pop('{'); s.confused || len(s.open) > 1 || s.item.closed {
		return
	}
	if s.item.closed = true; s.startsLine() {
		s.item.body[1] = position{s.at - 1, s.line}
	}
}

func (s *scanner) operator(begin int) {
	s.top().operators++
	s.step(begin)
}

func (s *scanner) step(begin int) {
	s.depth++
	s.item.steps++
	if s.depth > maxNesting {
		s.refuse(begin, "Nested too deeply", "Brackets, quotes and operators may be inside one another at most %d deep.", maxNesting)
	}
}

// separate begins a new expression, which is not inside the operators before it.
func (s *scanner) separate() {
	s.depth -= s.top().operators
	s.top().operators = 0
}

func (s *scanner) newline() {
	s.line++
	if s.top().newlines {
		s.separate()
	}
	if len(s.open) == 1 {
		s.endItem()
	}
}

func (s *scanner) endItem() {
	s.item.end = position{s.at, s.line}
	if n := len(s.items); n > 0 && s.item.end.at-s.items[n-1].begin.at <= s.piece && !s.item.isLarge() && !s.items[n-1].isLarge() {
		last := &s.items[n-1]
		last.end, last.body = s.item.end, [2]position{}
		last.tokens, last.steps = last.tokens+s.item.tokens, last.steps+s.item.steps
	} else {
		s.items = append(s.items, s.item)
	}
	s.item, s.assigned = item{begin: s.item.end}, false
}

// comment passes over the rest of a line. Its end is a part of the comment, and of the syntax.
func (s *scanner) comment() {
	end := bytes.IndexByte(s.text[s.at:], '\n')
	if end < 0 {
		s.at = len(s.text)
		return
	}
	s.at += end + 1
	s.newline()
}

func (s *scanner) longComment() {
	end := bytes.Index(s.text[s.at:], []byte("*/"))
	if end < 0 {
		s.confused = true
		return
	}
	s.line += bytes.Count(s.text[s.at:s.at+end], []byte{'\n'})
	s.at += end + len("*/")
}

// isLetter tells whether a name may begin with a byte. What is not ASCII may be a letter; if
// it is none, the parser says so.
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNamePart(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' }
