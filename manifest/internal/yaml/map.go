package yaml

import "unicode/utf8"

// mapping reads the members of a map, whose keys are at the column.
func (p *parser) mapping(column int) Node {
	m := members{Node: p.value(Map, p.line)}
	for {
		line := p.line
		long := p.isLongKey()
		if long {
			p.pos++
			if p.blanks(); p.at(0) == '\n' {
				p.fail("a key is missing; write it in the line of the ?")
			}
		}
		begin := p.pos
		key, merge := p.key(column)
		p.blanks()
		if !long {
			p.limitKey(begin)
		}
		if long && (!p.another(column) || p.at(0) != ':' || !isSpace(p.at(1))) {
			p.failAt(line, "the key that begins with ? has no value; write : and the value in the next line")
		}
		p.pos++ // the colon
		p.add(&m, Member{key, line, p.block(column, long, !long)}, merge)
		if !p.another(column) {
			return p.complete(m)
		}
		if !p.isKey() && !p.isLongKey() {
			p.fail("%s is no key; write key: value", p.shown())
		}
	}
}

// key reads a key, and reports whether it is the << of a merge.
func (p *parser) key(indent int) (key string, merge bool) {
	var props properties
	before := p.size
	for c := p.at(0); c == '&' || c == '!'; c = p.at(0) {
		p.property(&props)
		p.blanks()
	}
	merge = p.at(0) == '<'
	n := p.define(props, p.inline(indent, props), before)
	return p.keyOf(n), merge && n.Text == "<<"
}

// keyOf returns the key that a scalar is, as JSON has it.
func (p *parser) keyOf(n Node) string {
	p.size.values-- // the key is no value
	if n.Kind == Null {
		p.fail("a key is missing, or it is null")
	} else if n.Kind == List || n.Kind == Map {
		p.fail("a key cannot be %s", n.Kind)
	}
	return n.Text
}

// limitKey refuses a key that begins there and has its colon at pos, if it is longer than YAML allows without "? ".
func (p *parser) limitKey(begin int) {
	if p.err == nil && utf8.RuneCountInString(p.src[begin:p.pos]) > 1024 && !p.isJSON() {
		p.fail("a key has more than 1024 characters; write ? before it, and the colon in the next line")
	}
}

// isLongKey reports whether "? " is at pos. Some programs write it before a key of more than 128
// characters, and the colon in the next line.
func (p *parser) isLongKey() bool { return p.at(0) == '?' && isSpace(p.at(1)) }

// members are those of a map that is being read.
type members struct {
	Node
	// merged is the value of the key <<, if there is one, which stands after so many members.
	merged *Node
	after  int
}

// add adds a member, or what is to be merged.
func (p *parser) add(to *members, m Member, merge bool) {
	switch {
	case !merge:
		to.Members = append(to.Members, m)
	case to.merged != nil:
		p.failAt(m.Line, "the key << occurs twice in a map")
	default:
		value := m.Value
		to.merged, to.after = &value, len(to.Members)
	}
}

// complete ends a map: it refuses keys that occur twice, and adds what is merged into it.
func (p *parser) complete(m members) Node {
	n := m.Node
	if len(n.Members) < 2 && m.merged == nil {
		return n
	}
	own := make(map[string]int, len(n.Members))
	for i, member := range n.Members {
		if _, twice := own[member.Key]; twice {
			p.failAt(member.Line, "the key %q occurs twice in a map", member.Key)
		}
		own[member.Key] = i
	}
	if m.merged == nil || p.err != nil {
		return n
	}
	maps := []Member{{Value: *m.merged}}
	if m.merged.Kind == List {
		maps = m.merged.Members
	}
	for _, from := range maps {
		if from.Value.Kind != Map {
			p.failAt(m.merged.Line, "<< needs a map or a list of maps, and this is %s", from.Value.Kind)
		}
		for _, member := range from.Value.Members {
			i, found := own[member.Key]
			if found && i < m.after {
				// YAML and kubectl do not agree on which of them counts.
				p.failAt(n.Members[i].Line, "the key %q is before <<, which has it too; put << first", member.Key)
			}
			if !found {
				own[member.Key] = len(n.Members)
				n.Members = append(n.Members, member)
			}
		}
	}
	return n
}
