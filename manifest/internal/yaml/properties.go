package yaml

import "strings"

// properties are what stands before a node.
type properties struct{ anchor, tag string }

// property reads an anchor or a tag.
func (p *parser) property(props *properties) {
	into, what := &props.anchor, "anchor"
	if p.at(0) == '!' {
		into, what = &props.tag, "tag"
	}
	name := p.word()
	switch {
	case *into != "":
		p.fail("a value has a second %s: %s", what, name)
	case what == "anchor" && len(name) == 1:
		p.fail("an anchor has no name")
	case what == "anchor" && p.open[name]:
		p.fail("the anchor %s is that of a value around it; use another name", name)
	case what == "anchor":
		if p.open == nil {
			p.open = map[string]bool{}
		}
		p.open[name] = true
	}
	*into = name
}

// word reads an anchor, an alias or a tag to its end.
func (p *parser) word() string {
	if p.ended() {
		return "!"
	}
	begin := p.pos
	if p.pos++; p.src[begin] == '!' && p.at(0) == '!' {
		p.pos++
	}
	for isWord(p.at(0)) {
		p.pos++
	}
	if c := p.at(0); !isSpace(c) && (p.src[begin] == '!' || strings.IndexByte(",]}", c) < 0) {
		p.misleads(p.src[begin])
		return "!"
	}
	return p.src[begin:p.pos]
}

// misleads fails at what cannot follow a character that means something else at the start of a value.
func (p *parser) misleads(first byte) {
	p.fail("%s has no place after %c; put a value that begins with %[2]c in quotes", p.shown(), first)
}

func isWord(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// The tag of a string.
const strTag = "!!str"

// fits reports whether a value of the kind may have the tag.
func fits(tag string, kind Kind) bool {
	switch tag {
	case "!":
		return kind == String || kind == List || kind == Map
	case "":
		return true
	case strTag:
		return kind == String
	case "!!map":
		return kind == Map
	case "!!seq":
		return kind == List
	case "!!int", "!!float":
		return kind == Number
	case "!!bool":
		return kind == Bool
	case "!!null":
		return kind == Null
	}
	return false
}

// define ends a node with its properties. Before is the size of all before it.
func (p *parser) define(props properties, n Node, before size) Node {
	if p.err != nil {
		return Node{}
	}
	if !fits(props.tag, n.Kind) {
		p.failAt(n.Line, "this is %s and has the tag %s", n.Kind, props.tag)
		return Node{}
	}
	if props.anchor != "" {
		if p.anchors == nil {
			p.anchors = map[string]anchor{}
		}
		delete(p.open, props.anchor)
		p.anchors[props.anchor[1:]] = anchor{n, size{p.size.values - before.values, p.size.text - before.text}}
	}
	return n
}

// alias reads a node that an alias stands for.
func (p *parser) alias() Node {
	line := p.line
	name := p.word()[1:]
	of, found := p.anchors[name]
	if name == "" {
		p.failAt(line, "an alias has no name; put a value that begins with * in quotes")
		return Node{}
	}
	if p.open["&"+name] {
		p.failAt(line, "the value with the anchor %q has an alias of itself", name)
		return Node{}
	}
	if !found {
		p.failAt(line, "the anchor %q of this alias is not defined before it", name)
		return Node{}
	}
	p.count(of.size)
	of.node.Line = line
	return of.node
}
