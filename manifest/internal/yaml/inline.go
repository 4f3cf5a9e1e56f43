package yaml

import "strings"

// inline reads an alias, a scalar, or what is in brackets or braces.
func (p *parser) inline(indent int, props properties) Node {
	line := p.line
	switch p.at(0) {
	case '*':
		if props != (properties{}) {
			p.fail("an alias has no anchor or tag of its own")
		}
		return p.alias()
	case '[', '{':
		return p.brackets()
	case '"':
		return p.scalar(p.doubleQuoted(), true, line, props)
	case '\'':
		return p.scalar(p.singleQuoted(), true, line, props)
	}
	return p.scalar(p.plain(indent, false), false, line, props)
}

// isKey reports whether a key and its colon are at pos, on one line and after properties.
func (p *parser) isKey() bool {
	saved := *p
	defer func() { *p = saved }()
	for c := p.at(0); c == '&' || c == '!'; c = p.at(0) {
		p.word()
		p.blanks()
	}
	switch c := p.at(0); c {
	case '"', '\'':
		for p.pos++; p.at(0) != c; p.pos++ {
			if p.at(0) == '\n' {
				return false
			}
			if c == '"' && p.at(0) == '\\' && p.at(1) != '\n' {
				p.pos++
			}
			if c == '\'' && p.at(0) == c && p.at(1) == c {
				p.pos++
			}
		}
		p.pos++
	case '*':
		p.word()
	case '[', '{', '#':
		return false
	default:
		p.plainLine(false)
	}
	p.blanks()
	return p.at(0) == ':' && isSpace(p.at(1))
}

// brackets reads a list in brackets or a map in braces.
func (p *parser) brackets() Node {
	if !p.enter() {
		return Node{}
	}
	defer p.leave()
	kind, end := List, byte(']')
	if p.at(0) == '{' {
		kind, end = Map, '}'
	}
	n := members{Node: p.value(kind, p.line)}
	for p.pos++; ; {
		if !p.toContent() {
			p.failAt(n.Line, "%s is not closed: %q is missing", n.Kind, end)
			return Node{}
		}
		if p.at(0) == end {
			p.pos++
			break
		}
		if kind == Map {
			m, merge := p.pair()
			p.add(&n, m, merge)
		} else {
			n.Members = append(n.Members, Member{Line: p.line, Value: p.inBrackets()})
		}
		if !p.toContent() {
			continue
		}
		switch c := p.at(0); {
		case c == ',':
			p.pos++
		case c != end:
			p.fail("%s has no place here; a comma or %q is missing before it", p.shown(), end)
		}
	}
	if kind == Map {
		return p.complete(n)
	}
	return n.Node
}

// pair reads a key in braces, and its value, which may be missing.
func (p *parser) pair() (m Member, merge bool) {
	m.Line = p.line
	begin, first := p.pos, p.at(0)
	key := p.inBrackets()
	m.Key, merge = p.keyOf(key), first == '<' && key.Text == "<<"
	if !p.toContent() || p.at(0) != ':' {
		m.Value = p.value(Null, p.line)
		return m, merge
	}
	if p.line != m.Line {
		p.fail("a key and its colon must be on one line")
	}
	p.limitKey(begin)
	if p.pos++; first != '"' && first != '\'' && !isSpace(p.at(0)) {
		p.fail("a space is missing after the colon")
	}
	if p.toContent() && (p.at(0) == ',' || p.at(0) == '}') {
		m.Value = p.value(Null, p.line)
	} else {
		m.Value = p.inBrackets()
	}
	return m, merge
}

// inBrackets reads a node in brackets or braces.
func (p *parser) inBrackets() Node {
	var props properties
	before, line := p.size, p.line
	for p.toContent() && (p.at(0) == '&' || p.at(0) == '!') {
		p.property(&props)
	}
	switch {
	case p.ended():
		return Node{}
	case strings.IndexByte(",]}:", p.at(0)) >= 0 && (p.at(0) != ':' || isSpace(p.at(1))):
		if props == (properties{}) {
			p.fail("a value is missing before %s", p.shown())
		}
		return p.define(props, p.scalar("", false, line, props), before)
	case strings.IndexByte("*[{\"'", p.at(0)) >= 0:
		return p.define(props, p.inline(-1, props), before)
	}
	line = p.line
	return p.define(props, p.scalar(p.plain(-1, true), false, line, props), before)
}
