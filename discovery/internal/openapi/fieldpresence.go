package openapi

import "slices"

// maxPresence is how many fields may be part of the alternatives that decide on the
// presence of one.
const maxPresence = 8

// presenceJudge judges an object that lacks the last field of the path, by the
// schemas of the object.
type presenceJudge struct {
	*ruleWalk
	// under are the alternatives that are being tried, as a schema may refer to itself.
	under map[*schema]bool
}

func (p *presenceJudge) name() string { return p.path[p.goal].Name }

func (p *presenceJudge) judge(f facts) opinion {
	var o opinion
	var names []string
	for _, n := range f {
		if slices.Contains(n.required, p.name()) || n.embedded && (p.name() == "apiVersion" || p.name() == "kind") {
			return opinion{verdict: rejects}
		}
		for _, keyword := range n.innerRules {
			o.and(unclear, p.rule(keyword, p.goal))
		}
		if n.enum != nil {
			o.and(unclear, p.rule("enum", p.goal))
		}
		for _, property := range n.properties {
			names = append(names, property.name)
		}
		p.validations(&o, n, p.goal)
	}
	slices.Sort(names)
	others := len(slices.Compact(names)) - 1
	if f.any(func(n *schema) bool { return n.minProperties != nil && *n.minProperties > others }) {
		o.and(unclear, p.rule("minProperties", p.goal))
	}
	alternatives := p.combinations(f)
	o.and(alternatives.verdict, alternatives.rules...)
	return o
}

// combinations tries each combination of the other fields that alternatives name.
func (p *presenceJudge) combinations(f facts) opinion {
	var rules []SchemaRule
	var names []string
	for _, n := range f {
		for keyword, is := range map[string]bool{"anyOf": n.anyOf != nil, "oneOf": n.oneOf != nil, "not": n.not != nil} {
			if is {
				rules = append(rules, p.rule(keyword, p.goal))
			}
		}
	}
	if len(rules) == 0 {
		return opinion{}
	}
	seen := map[*schema]bool{}
	for _, n := range f {
		p.names(n, seen, &names, false)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == p.name() })
	// Often it does not matter which of the others there are.
	most := p.holds(f, map[string]truth{p.name(): no}, true)
	if most == perhaps && len(names) > maxPresence {
		return opinion{unclear, rules}
	}
	if most == perhaps {
		most = no
		for mask := range 1 << len(names) {
			present := map[string]truth{p.name(): no}
			for i, name := range names {
				present[name] = no
				if mask&(1<<i) != 0 {
					present[name] = yes
				}
			}
			most = max(most, p.holds(f, present, true))
		}
	}
	switch most {
	case no:
		return opinion{verdict: rejects}
	case perhaps:
		return opinion{unclear, rules}
	case yes:
	}
	return opinion{}
}

// names adds the names of fields that a schema requires, and those that are named in
// alternatives.
func (p *presenceJudge) names(n *schema, seen map[*schema]bool, names *[]string, alternative bool) {
	if seen[n] {
		return
	}
	seen[n] = true
	*names = append(*names, n.required...)
	if alternative {
		for _, property := range n.properties {
			*names = append(*names, property.name)
		}
	}
	inner := slices.Concat(n.anyOf, n.oneOf)
	if n.not != nil {
		inner = append(inner, *n.not)
	}
	for _, at := range inner {
		for _, n := range p.facts([]*schema{p.at(at)}) {
			p.names(n, seen, names, true)
		}
	}
}

// truth is whether schemas hold.
type truth int

// The larger truth is the one of alternatives, and the smaller one of what holds
// together.
const (
	no truth = iota
	perhaps
	yes
)

// presence tells whether an object has a field, which perhaps it has where that is
// not in the map.
func presence(of map[string]truth, name string) truth {
	if t, known := of[name]; known {
		return t
	}
	return perhaps
}

// holds tells whether schemas hold for an object that has the fields. The values of
// fields can be chosen for what holds in any case, and not for alternatives.
func (p *presenceJudge) holds(f facts, present map[string]truth, always bool) truth {
	all := yes
	for _, n := range f {
		for _, name := range n.required {
			all = min(all, presence(present, name))
		}
		if !always && p.more(n, present) {
			all = min(all, perhaps)
		}
	}
	if all == no {
		return no
	}
	for _, n := range f {
		if of := p.each(n.anyOf, present); len(of) > 0 {
			all = min(all, slices.Max(of))
		}
		if of := p.each(n.oneOf, present); len(of) > 0 {
			all = min(all, exactlyOne(of))
		}
		if n.not != nil {
			all = min(all, yes-p.each([]span{*n.not}, present)[0])
		}
	}
	return all
}

func exactlyOne(of []truth) truth {
	var count [yes + 1]int
	for _, t := range of {
		count[t]++
	}
	switch {
	case count[yes] > 1, count[yes]+count[perhaps] == 0:
		return no
	case count[perhaps] > 0:
		return perhaps
	}
	return yes
}

func (p *presenceJudge) each(group []span, present map[string]truth) []truth {
	var of []truth
	for _, n := range p.allAt(group) {
		f := p.facts([]*schema{n})
		if f.any(func(n *schema) bool { return n.intOrString || len(n.types) > 0 && !slices.Contains(n.types, "object") }) {
			of = append(of, no)
			continue
		}
		if p.under[n] || p.err != nil {
			of = append(of, perhaps)
			continue
		}
		p.under[n] = true
		of = append(of, p.holds(f, present, false))
		delete(p.under, n)
	}
	return of
}

// more tells whether a schema says more about such an object than which fields it
// has.
func (p *presenceJudge) more(n *schema, present map[string]truth) bool {
	return n.enum != nil || n.innerRules != nil || n.validations != nil || n.minProperties != nil || n.maxProperties != nil || n.values != nil || n.noValues ||
		slices.ContainsFunc(n.properties, func(property property) bool { return presence(present, property.name) != no })
}
