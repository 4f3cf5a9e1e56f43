package openapi

import (
	"slices"
	"unicode/utf8"
)

// maxNamed is how many strings the schemas of one field may name.
const maxNamed = 4_000

// textJudge judges a string by the schemas of the field that has it.
type textJudge struct {
	*ruleWalk
	// value is nil for one that no schema names.
	value *string
	// named are the strings that schemas name, in their order, each once.
	named []string
	seen  map[string]bool
	// lists is how many lists of these there are.
	lists int
}

// judge gives the opinion of schemas that hold together. Here it is exact but for
// rules that are not evaluated.
func (t *textJudge) judge(f facts) opinion {
	o := opinion{verdict: allows}
	for _, n := range f {
		t.one(&o, n)
	}
	return o
}

func (t *textJudge) one(o *opinion, n *schema) {
	here := len(t.path)
	switch {
	case n.intOrString, slices.Contains(n.types, "string"):
		o.and(accepts)
	case len(n.types) > 0:
		o.and(rejects)
	}
	if n.enum != nil {
		if t.value == nil {
			t.lists++
			t.name(n.enum)
		}
		if t.value != nil && slices.Contains(n.enum, *t.value) {
			o.and(accepts)
		} else {
			o.and(rejects)
		}
	}
	t.length(o, n)
	for _, keyword := range n.textRules {
		o.and(unclear, t.rule(keyword, here))
	}
	t.validations(o, n, here)
	t.anyOf(o, n)
	t.oneOf(o, n)
	if n.not == nil {
		return
	}
	switch inner := t.alternative(*n.not, here); {
	case inner.verdict < unclear:
		o.and(rejects, t.rule("not", here))
	case inner.verdict == unclear:
		o.and(unclear, append(inner.rules, t.rule("not", here))...)
	}
}

func (t *textJudge) name(values []string) {
	for _, value := range values {
		if t.seen[value] {
			continue
		}
		if len(t.named) == maxNamed {
			t.fail(errLimit)
			return
		}
		if t.seen == nil {
			t.seen = map[string]bool{}
		}
		t.seen[value] = true
		t.named = append(t.named, value)
	}
}

// length judges the length of a string, which counts code points.
func (t *textJudge) length(o *opinion, n *schema) {
	for _, bound := range []struct {
		keyword string
		of      *int
		holds   func(length int) bool
	}{
		{"minLength", n.minLength, func(length int) bool { return length >= *n.minLength }},
		{"maxLength", n.maxLength, func(length int) bool { return length <= *n.maxLength }},
	} {
		switch {
		case bound.of == nil, bound.keyword == "minLength" && *bound.of <= 0:
		case t.value == nil:
			t.complex = true
			o.and(unclear, t.rule(bound.keyword, len(t.path)))
		case !bound.holds(utf8.RuneCountInString(*t.value)):
			o.and(rejects, t.rule(bound.keyword, len(t.path)))
		}
	}
}

// anyOf needs one alternative that holds.
func (t *textJudge) anyOf(o *opinion, n *schema) {
	if len(n.anyOf) == 0 {
		return
	}
	best, found := rejects, false
	var rules []SchemaRule
	for _, at := range n.anyOf {
		switch inner := t.alternative(at, len(t.path)); {
		case inner.verdict == unclear:
			rules = append(rules, inner.rules...)
			if !found {
				best = unclear
			}
		case inner.verdict < unclear && (!found || inner.verdict > best):
			best, found = inner.verdict, true
		}
	}
	if best != unclear {
		rules = nil
	}
	if best >= unclear {
		rules = append(rules, t.rule("anyOf", len(t.path)))
	}
	o.and(best, rules...)
}

// oneOf needs one alternative that holds, and no other.
func (t *textJudge) oneOf(o *opinion, n *schema) {
	if len(n.oneOf) == 0 {
		return
	}
	held := rejects
	holds, open := 0, 0
	rules := []SchemaRule{t.rule("oneOf", len(t.path))}
	for _, at := range n.oneOf {
		switch inner := t.alternative(at, len(t.path)); {
		case inner.verdict < unclear:
			holds++
			held = inner.verdict
		case inner.verdict == unclear:
			open++
			rules = append(rules, inner.rules...)
		}
	}
	switch {
	case holds > 1, holds+open == 0:
		o.and(rejects, rules[0])
	case open > 0:
		o.and(unclear, rules...)
	default:
		o.and(held)
	}
}
