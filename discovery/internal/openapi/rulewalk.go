package openapi

import (
	"slices"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// ruleWalk goes along a path through schemas that hold together, and through the
// alternatives beside these.
type ruleWalk struct {
	*schemas
	path kubeapi.FieldPath
	// goal is how many steps lead to where end judges what holds together there.
	goal int
	end  func(facts) opinion
	// strings tells that a string is judged.
	strings bool
	// known are the opinions of alternatives, silent while they are being found out.
	known map[walked]opinion
	// looks tells of rules in CEL whether they look at the rest of the path.
	looks map[walked]bool
	// complex tells that there are alternatives, or other rules that depend on the
	// value.
	complex bool
	// left is how many schemas may still be judged.
	left int
}

type walked struct {
	schema *schema
	step   int
}

func (w *ruleWalk) rule(keyword string, step int) SchemaRule {
	return SchemaRule{Keyword: keyword, At: w.path[:step].String()}
}

// facts gathers what holds together, and counts it.
func (w *ruleWalk) facts(list []*schema) facts {
	if n := list[0]; len(list) == 1 && w.left > 0 && n.ref == "" && n.all == nil && n.anyOf == nil && n.oneOf == nil && n.not == nil {
		w.left--
		return facts{n}
	}
	f, branches := w.gather(list)
	w.complex = w.complex || len(branches) > 0 || f.any(func(n *schema) bool { return n.not != nil })
	if w.left -= len(f) + len(branches); w.left < 0 {
		w.fail(errLimit)
	}
	return f
}

// judge gives the opinion of schemas that hold together for what is so many steps
// down the path.
func (w *ruleWalk) judge(list []*schema, step int) opinion {
	f := w.facts(list)
	if w.err != nil {
		return opinion{}
	}
	if step == w.goal {
		return w.end(f)
	}
	var o opinion
	for _, n := range f {
		w.passing(&o, n, step)
	}
	if children := w.children(f, w.path[step]); len(children) > 0 {
		inner := w.judge(children, step+1)
		o.and(inner.verdict, inner.rules...)
	}
	return o
}

// passing adds what a schema says that leads on to the goal.
func (w *ruleWalk) passing(o *opinion, n *schema, step int) {
	next := w.path[step]
	for _, keyword := range n.innerRules {
		o.and(unclear, w.rule(keyword, step))
	}
	if n.enum != nil {
		o.and(unclear, w.rule("enum", step))
	}
	if next.Kind == kubeapi.StepField {
		named := slices.ContainsFunc(n.properties, func(p property) bool { return p.name == next.Name })
		switch {
		case slices.Contains(n.required, next.Name):
			o.and(allows)
		case !named && (n.noValues || n.values != nil):
			o.and(unclear, w.rule("additionalProperties", step))
		}
		if w.strings && n.embedded && isObjectField(next.Name) {
			o.and(unclear, w.rule("x-kubernetes-embedded-resource", step))
		}
	}
	w.validations(o, n, step)
	w.alternatives(o, "anyOf", n.anyOf, step)
	w.alternatives(o, "oneOf", n.oneOf, step)
	if n.not == nil {
		return
	}
	switch inner := w.alternative(*n.not, step); {
	case inner.verdict == rejects:
		o.and(allows)
	case inner.verdict != silent:
		o.and(unclear, w.rule("not", step))
	}
}

// alternatives adds what a group of alternatives says. Which of them holds may also
// depend on other fields, so that an opinion is clear only where all agree.
func (w *ruleWalk) alternatives(o *opinion, keyword string, group []span, step int) {
	var opinions []opinion
	for _, at := range group {
		if w.fits(at, step) {
			opinions = append(opinions, w.alternative(at, step))
		}
	}
	all := func(most verdict) bool {
		return !slices.ContainsFunc(opinions, func(inner opinion) bool { return inner.verdict > most })
	}
	switch {
	case len(group) == 0, all(silent) && len(opinions) > 0:
	case !slices.ContainsFunc(opinions, func(inner opinion) bool { return inner.verdict != rejects }):
		o.and(rejects)
	case len(opinions) == 1:
		o.and(opinions[0].verdict, opinions[0].rules...)
	case all(accepts) && keyword == "anyOf":
		o.and(allows)
	default:
		o.and(unclear, w.rule(keyword, step))
		for _, inner := range opinions {
			o.and(silent, inner.rules...)
		}
	}
}

// fits tells whether an alternative is about something that has the next step.
func (w *ruleWalk) fits(at span, step int) bool {
	want := "object"
	if w.path[step].Kind == kubeapi.StepItems {
		want = "array"
	}
	return !w.facts([]*schema{w.at(at)}).any(func(n *schema) bool {
		return n.intOrString || len(n.types) > 0 && !slices.Contains(n.types, want)
	})
}

// alternative gives the opinion of a schema that may hold beside others.
func (w *ruleWalk) alternative(at span, step int) opinion {
	n := w.at(at)
	if o, found := w.known[walked{n, step}]; found {
		return o
	}
	w.known[walked{n, step}] = opinion{}
	o := w.judge([]*schema{n}, step)
	w.known[walked{n, step}] = o
	return o
}

// validations adds the rules in CEL of a schema that may look at the rest of the
// path.
func (w *ruleWalk) validations(o *opinion, n *schema, step int) {
	if n.validations == nil {
		return
	}
	at := walked{n, step}
	looks, known := w.looks[at]
	if !known {
		var err error
		if looks, err = w.touched(*n.validations, w.path[step:]); err != nil {
			w.fail(err)
		}
		if w.looks == nil {
			w.looks = map[walked]bool{}
		}
		w.looks[at] = looks
	}
	if looks {
		o.and(unclear, w.rule("x-kubernetes-validations", step))
	}
}
