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

func (p *presenceJudge) judge(f facts) (opinion, error) {
	var o opinion
	var names []string
	for _, n := range f {
		if slices.Contains(n.required, p.name()) || n.embedded && (p.name() == "apiVersion" || p.name() == "kind") {
			return opinion{verdict: rejects}, nil
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
		if err := p.validations(&o, n, p.goal); err != nil {
			return opinion{}, err
		}
	}
	slices.Sort(names)
	others := len(slices.Compact(names)) - 1
	if f.any(func(n *schema) bool { return n.minProperties != nil && *n.minProperties > others }) {
		o.and(unclear, p.rule("minProperties", p.goal))
	}
	alternatives, err := p.combinations(f)
	o.and(alternatives.verdict, alternatives.rules...)
	return o, err
}

// combinations tries each combination of the other fields that alternatives name.
func (p *presenceJudge) combinations(f facts) (opinion, error) {
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
		return opinion{}, nil
	}
	seen := map[*schema]bool{}
	for _, n := range f {
		if err := p.names(n, seen, &names, false); err != nil {
			return opinion{}, err
		}
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == p.name() })
	// Often it does not matter which of the others there are.
	most, err := p.holds(f, map[string]truth{p.name(): no}, true)
	if err != nil || most == perhaps && len(names) > maxPresence {
		return opinion{unclear, rules}, err
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
			holds, err := p.holds(f, present, true)
			if err != nil {
				return opinion{}, err
			}
			most = max(most, holds)
		}
	}
	switch most {
	case no:
		return opinion{verdict: rejects}, nil
	case perhaps:
		return opinion{unclear, rules}, nil
	case yes:
	}
	return opinion{}, nil
}

// names adds the names of fields that a schema requires, and those that are named in
// alternatives.
func (p *presenceJudge) names(n *schema, seen map[*schema]bool, names *[]string, alternative bool) error {
	if seen[n] {
		return nil
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
		branch, err := p.at(at)
		if err != nil {
			return err
		}
		f, err := p.facts([]*schema{branch})
		if err != nil {
			return err
		}
		for _, n := range f {
			if err := p.names(n, seen, names, true); err != nil {
				return err
			}
		}
	}
	return nil
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
func (p *presenceJudge) holds(f facts, present map[string]truth, always bool) (truth, error) {
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
		return no, nil
	}
	for _, n := range f {
		of, err := p.each(n.anyOf, present)
		if err != nil {
			return no, err
		}
		if len(of) > 0 {
			all = min(all, slices.Max(of))
		}
		of, err = p.each(n.oneOf, present)
		if err != nil {
			return no, err
		}
		if len(of) > 0 {
			all = min(all, exactlyOne(of))
		}
		if n.not != nil {
			of, err := p.each([]span{*n.not}, present)
			if err != nil {
				return no, err
			}
			all = min(all, yes-of[0])
		}
	}
	return all, nil
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

func (p *presenceJudge) each(group []span, present map[string]truth) ([]truth, error) {
	var of []truth
	for _, at := range group {
		n, err := p.at(at)
		if err != nil {
			return nil, err
		}
		f, err := p.facts([]*schema{n})
		if err != nil {
			return nil, err
		}
		if f.any(func(n *schema) bool { return n.intOrString || len(n.types) > 0 && !slices.Contains(n.types, "object") }) {
			of = append(of, no)
			continue
		}
		if p.under[n] {
			of = append(of, perhaps)
			continue
		}
		p.under[n] = true
		holds, err := p.holds(f, present, false)
		if err != nil {
			return nil, err
		}
		delete(p.under, n)
		of = append(of, holds)
	}
	return of, nil
}

// more tells whether a schema says more about such an object than which fields it
// has.
func (p *presenceJudge) more(n *schema, present map[string]truth) bool {
	return n.enum != nil || n.innerRules != nil || n.validations != nil || n.minProperties != nil || n.maxProperties != nil || n.values != nil || n.noValues ||
		slices.ContainsFunc(n.properties, func(property property) bool { return presence(present, property.name) != no })
}
