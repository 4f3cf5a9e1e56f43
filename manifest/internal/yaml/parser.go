package yaml

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// What a document may have at most.
const (
	// MaxValues is without keys.
	MaxValues = 300_000
	MaxDepth  = 500
	// MaxText is how many bytes the scalars of a document may have. Only aliases make them larger
	// than the document.
	MaxText = 32 << 20
)

// Documents reads the documents of src, which begins at a line and has no marker (--- or ...). There
// is one, which is a Null if it has no value, or several in braces or brackets, as in a stream of
// JSON. An error is an [*Error], and the last.
func Documents(src string, line int) iter.Seq2[Node, error] {
	return func(yield func(Node, error) bool) {
		p := &parser{src: src, line: line}
		if !p.readable() || !p.toContent() {
			yield(Node{Line: line}, p.failure())
			return
		}
		for more := true; more; {
			p.size, p.anchors, p.open = size{}, nil, nil
			inBrackets := p.opens()
			p.start, p.json = p.pos, 0
			root := p.block(-1, true, false)
			more = p.toContent()
			if more && !(inBrackets && p.opens()) {
				p.misplaced()
			}
			if !yield(root, p.failure()) || p.err != nil {
				return
			}
		}
	}
}

// isJSON reports whether the document is JSON. kubectl reads it as JSON then, not as YAML.
func (p *parser) isJSON() bool {
	if p.json == 0 {
		p.json = -1
		if p.src[p.start] == '{' && jsontext.NewDecoder(strings.NewReader(p.src[p.start:])).SkipValue() == nil {
			p.json = 1
		}
	}
	return p.json > 0
}

// opens reports whether a brace or a bracket is at pos.
func (p *parser) opens() bool { return p.at(0) == '{' || p.at(0) == '[' }

// parser reads documents. After an error it is at the end of src.
type parser struct {
	src string
	pos int
	// line is the line of pos, and begin is where that line begins in src.
	line, begin int
	depth       int
	// start is where the document begins. json is 1 if it is JSON, which has escapes that YAML 1.1 has
	// not and longer keys, -1 if it is not, and 0 before somebody asks.
	start, json int
	size        size
	anchors     map[string]anchor
	// open are the anchors, with &, of values that have not ended.
	open map[string]bool
	err  *Error
}

// size is how many values there are, and how many bytes of scalars.
type size struct{ values, text int }

// anchor is a named node, and its size.
type anchor struct {
	node Node
	size size
}

// failure returns the error as one that is nil without an error.
func (p *parser) failure() error {
	if p.err == nil {
		return nil
	}
	return p.err
}

func (p *parser) fail(format string, args ...any) {
	p.failAt(p.line, format, args...)
}

func (p *parser) failAt(line int, format string, args ...any) {
	if p.err == nil {
		p.err = &Error{Line: line, Message: fmt.Sprintf(format, args...)}
	}
	p.pos = len(p.src)
}

// readable refuses what is no text, and what is a line break in YAML 1.1 alone.
func (p *parser) readable() bool {
	line := p.line
	for i, r := range p.src {
		switch {
		case r == '\n':
			line++
		case r == '\t', ' ' <= r && r <= '~', r == '\r' && strings.HasPrefix(p.src[i:], "\r\n"):
		case r == utf8.RuneError && !strings.HasPrefix(p.src[i:], string(r)):
			p.failAt(line, "it is not UTF-8")
			return false
		case r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
			p.failAt(line, "the character %U is not allowed here; escape it in double quotes", r)
			return false
		}
	}
	return true
}

// at returns the byte that is n further on, and a line feed at the end.
func (p *parser) at(n int) byte {
	if i := p.pos + n; i < len(p.src) {
		if p.src[i] == '\r' {
			return '\n'
		}
		return p.src[i]
	}
	return '\n'
}

func (p *parser) ended() bool { return p.pos >= len(p.src) }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// column is the number of characters before pos on its line. Only spaces are before what it counts
// for.
func (p *parser) column() int { return p.pos - p.begin }

// blanks skips spaces and tabs.
func (p *parser) blanks() {
	for !p.ended() && (p.src[p.pos] == ' ' || p.src[p.pos] == '\t') {
		p.pos++
	}
}

// lineEnd skips blanks and a comment, and reports whether the line ends there.
func (p *parser) lineEnd() bool {
	p.blanks()
	if p.at(0) == '#' && (p.column() == 0 || isSpace(p.src[p.pos-1])) {
		for p.at(0) != '\n' {
			p.pos++
		}
	}
	return p.at(0) == '\n'
}

// lineBreak goes to the next line. It does nothing at the end of src.
func (p *parser) lineBreak() {
	if p.ended() {
		return
	}
	if p.src[p.pos] == '\r' {
		p.pos++
	}
	p.pos++
	p.line++
	p.begin = p.pos
}

// toContent goes to the next character that is neither space nor comment. It is false at the end.
func (p *parser) toContent() bool {
	for p.lineEnd() {
		if p.ended() {
			return false
		}
		p.lineBreak()
	}
	return true
}

// indented reports whether only spaces are before pos on its line.
func (p *parser) indented() bool {
	before := p.src[p.begin:p.pos]
	if strings.Trim(before, " ") == "" {
		return true
	}
	if strings.Trim(before, " \t") == "" {
		p.fail("a tab cannot indent a line; use spaces")
	}
	return false
}

// isList reports whether an item of a list begins at pos.
func (p *parser) isList() bool { return p.at(0) == '-' && isSpace(p.at(1)) }

// block reads a node that may have blocks in it: the root, the value of a key or the item of a list.
// It is indented more than indent. If fresh, a list or a map may begin on this line. If listed, the
// items of a list may be at indent itself.
func (p *parser) block(indent int, fresh, listed bool) Node {
	var props properties
	before, line := p.size, p.line
	for {
		if p.lineEnd() {
			if !p.toContent() || !p.indented() || p.column() < indent || p.column() == indent && !(listed && p.isList()) {
				return p.define(props, p.scalar("", false, line, props), before)
			}
			fresh = true
		}
		if c := p.at(0); c != '&' && c != '!' || fresh && p.isKey() {
			break
		}
		p.property(&props)
		fresh = false
	}
	if !p.enter() {
		return Node{}
	}
	defer p.leave()
	var n Node
	switch c := p.at(0); {
	case p.isList():
		if !fresh {
			p.fail("a list cannot begin here; begin it on a line of its own")
			return Node{}
		}
		n = p.list(p.column())
	case fresh && (p.isKey() || p.isLongKey()):
		n = p.mapping(p.column())
	case c == '|' || c == '>':
		line := p.line
		n = p.scalar(p.literal(indent), true, line, props)
	default:
		n = p.inline(indent, props)
	}
	return p.define(props, n, before)
}

// list reads the items of a list, whose dashes are at the column.
func (p *parser) list(column int) Node {
	n := p.value(List, p.line)
	for {
		line := p.line
		p.pos++
		n.Members = append(n.Members, Member{Line: line, Value: p.block(column, true, false)})
		if !p.another(column) || !p.isList() {
			return n
		}
	}
}

// another goes to the next line with content, and reports whether it begins at the column. One that
// is indented more is an error.
func (p *parser) another(column int) bool {
	switch {
	case !p.toContent():
		return false
	case !p.indented():
		p.misplaced()
		return false
	case p.column() > column:
		p.fail("%s is indented more than what is above it", p.shown())
		return false
	}
	return p.column() == column
}

// misplaced refuses what is at pos, and behind a value.
func (p *parser) misplaced() {
	if p.at(0) == ':' {
		p.fail(`a key cannot be here; check the indentation, and put a value that has ": " in quotes`)
		return
	}
	p.fail("there is no place for %s here", p.shown())
}

// enter counts the blocks and brackets around a node.
func (p *parser) enter() bool {
	if p.depth++; p.depth > MaxDepth {
		p.fail("it is nested deeper than %d levels", MaxDepth)
		p.depth--
		return false
	}
	return p.err == nil
}

func (p *parser) leave() { p.depth-- }

// value makes a node that begins at a line.
func (p *parser) value(kind Kind, line int) Node {
	p.count(size{values: 1})
	return Node{Kind: kind, Line: line}
}

func (p *parser) count(s size) {
	p.size.values += s.values
	p.size.text += s.text
	switch {
	case p.size.values > MaxValues:
		p.fail("the document has more than %d values", MaxValues)
	case p.size.text > MaxText:
		p.fail("aliases make the document larger than %d MiB", MaxText>>20)
	}
}

// shown returns what is at pos, for a message.
func (p *parser) shown() string {
	const most = 20
	if p.ended() {
		return "the end"
	}
	text, _, _ := strings.Cut(p.src[p.pos:min(len(p.src), p.pos+4*most)], "\n")
	if runes := []rune(strings.TrimSpace(text)); len(runes) > most {
		return fmt.Sprintf("%q", string(runes[:most])+"…")
	}
	return fmt.Sprintf("%q", strings.TrimSpace(text))
}
