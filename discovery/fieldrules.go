package discovery

import (
	"cmp"
	"errors"
	"slices"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// verdict is what a schema says of an object that has a given string at the path, or
// that lacks the field there. The larger one counts where several schemas hold
// together.
type verdict int

const (
	// silent says nothing about the path.
	silent verdict = iota
	// allows says something about the path, and that it is right.
	allows
	// accepts also says that it is a string.
	accepts
	// unclear says something that is not evaluated.
	unclear
	// rejects is certain: there is no such object.
	rejects
)

// opinion is a verdict, and the rules that are not evaluated.
type opinion struct {
	verdict
	rules []SchemaRule
}

func (o *opinion) and(v verdict, rules ...SchemaRule) {
	o.verdict = max(o.verdict, v)
	o.rules = append(o.rules, rules...)
}

// judgeRules finds out which strings a field may be, and whether it is required.
func (s *schemas) judgeRules(f *Field, root *schema, path kubeapi.FieldPath) (err error) {
	if f.Type == "" || f.Type == "string" || f.Type == intOrString {
		if f.Enum, f.EnumRules, err = s.strings(root, path); err != nil {
			return err
		}
	}
	last := path[len(path)-1]
	switch {
	case last.Kind != kubeapi.StepField:
		return nil
	case len(path) == 1 && isObjectField(last.Name):
		f.Required = true
		return nil
	}
	f.Required, f.RequiredRules, err = s.required(root, path)
	return err
}

// isObjectField tells whether each object has a field of that name at its root.
func isObjectField(name string) bool {
	return name == "apiVersion" || name == "kind" || name == "metadata"
}

// strings gives the strings that a field may be, nil where it may be any, and what
// may reject one of them.
func (s *schemas) strings(root *schema, path kubeapi.FieldPath) ([]string, []SchemaRule, error) {
	text := &textJudge{}
	w := &ruleWalk{schemas: s, path: path, goal: len(path), left: maxRuleSteps, strings: true}
	text.ruleWalk, w.end = w, text.judge
	judge := func(value *string) (opinion, error) {
		text.value, w.known = value, map[walked]opinion{}
		return w.judge([]*schema{root}, 0)
	}
	// A string that no schema names is like all others of these.
	other, err := judge(nil)
	if err != nil {
		return nil, w.limited(err), beyond(err)
	}
	var enum []string
	rules := other.rules
	if other.verdict == rejects {
		enum, rules = []string{}, nil
	}
	if other.verdict == rejects && text.lists == 1 && !w.complex {
		return append(enum, text.named...), tidy(other.rules), nil
	}
	for _, value := range text.named {
		o, err := judge(&value)
		switch {
		case err != nil:
			return nil, w.limited(err), beyond(err)
		case other.verdict == rejects && o.verdict != rejects:
			enum = append(enum, value)
			if o.verdict == unclear {
				rules = append(rules, o.rules...)
			}
		case other.verdict != rejects && o.verdict >= unclear:
			rules = append(rules, o.rules...)
			if len(o.rules) == 0 {
				rules = append(rules, w.rule("not", len(path)))
			}
		}
	}
	if other.verdict < accepts && len(rules) == 0 {
		rules = append(rules, w.rule("type", len(path)))
	}
	if enum == nil && len(path) > 1 && path[0] == (kubeapi.FieldStep{Name: "metadata"}) {
		rules = append(rules, w.rule("metadata", 1))
	}
	return enum, tidy(rules), nil
}

// required tells whether a field is always there, and what may require it.
func (s *schemas) required(root *schema, path kubeapi.FieldPath) (bool, []SchemaRule, error) {
	presence := &presenceJudge{under: map[*schema]bool{}}
	w := &ruleWalk{schemas: s, path: path, goal: len(path) - 1, left: maxRuleSteps, known: map[walked]opinion{}}
	presence.ruleWalk, w.end = w, presence.judge
	// An object without the field is what is judged.
	switch o, err := w.judge([]*schema{root}, 0); {
	case err != nil:
		return false, w.limited(err), beyond(err)
	case o.verdict == rejects:
		return true, nil, nil
	case o.verdict == unclear:
		return false, tidy(o.rules), nil
	}
	return false, nil, nil
}

// errLimit ends what would take too long. It is no error of the document.
var errLimit = errors.New("the schemas have too many rules")

// limited gives the rule that is not evaluated because of errLimit.
func (w *ruleWalk) limited(err error) []SchemaRule {
	if errors.Is(err, errLimit) {
		return []SchemaRule{w.rule("limit", len(w.path))}
	}
	return nil
}

// beyond leaves other errors than errLimit.
func beyond(err error) error {
	if errors.Is(err, errLimit) {
		return nil
	}
	return err
}

// tidy sorts rules. A few of many are enough to say why something is not known.
func tidy(rules []SchemaRule) []SchemaRule {
	const most = 8
	slices.SortFunc(rules, func(a, b SchemaRule) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Keyword, b.Keyword)) })
	rules = slices.Compact(rules)
	return slices.Clone(rules[:min(len(rules), most)])
}

// ruleWalk goes along a path through schemas that hold together, and through the
// alternatives beside these.
type ruleWalk struct {
	*schemas
	path kubeapi.FieldPath
	// goal is how many steps lead to where end judges what holds together there.
	goal int
	end  func(facts) (opinion, error)
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
func (w *ruleWalk) facts(list []*schema) (facts, error) {
	if n := list[0]; len(list) == 1 && w.left > 0 && n.ref == "" && n.all == nil && n.anyOf == nil && n.oneOf == nil && n.not == nil {
		w.left--
		return facts{n}, nil
	}
	f, branches, err := w.gather(list)
	w.complex = w.complex || len(branches) > 0 || f.any(func(n *schema) bool { return n.not != nil })
	if w.left -= len(f) + len(branches); w.left < 0 && err == nil {
		err = errLimit
	}
	return f, err
}

// judge gives the opinion of schemas that hold together for what is so many steps
// down the path.
func (w *ruleWalk) judge(list []*schema, step int) (opinion, error) {
	f, err := w.facts(list)
	if err != nil {
		return opinion{}, err
	}
	if step == w.goal {
		return w.end(f)
	}
	var o opinion
	for _, n := range f {
		if err := w.passing(&o, n, step); err != nil {
			return opinion{}, err
		}
	}
	children, err := w.children(f, w.path[step])
	if err != nil {
		return opinion{}, err
	}
	if len(children) > 0 {
		inner, err := w.judge(children, step+1)
		if err != nil {
			return opinion{}, err
		}
		o.and(inner.verdict, inner.rules...)
	}
	return o, nil
}

// passing adds what a schema says that leads on to the goal.
func (w *ruleWalk) passing(o *opinion, n *schema, step int) error {
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
	if err := w.validations(o, n, step); err != nil {
		return err
	}
	for _, group := range []struct {
		keyword string
		of      []span
	}{{"anyOf", n.anyOf}, {"oneOf", n.oneOf}} {
		if err := w.alternatives(o, group.keyword, group.of, step); err != nil {
			return err
		}
	}
	if n.not == nil {
		return nil
	}
	switch inner, err := w.alternative(*n.not, step); {
	case err != nil:
		return err
	case inner.verdict == rejects:
		o.and(allows)
	case inner.verdict != silent:
		o.and(unclear, w.rule("not", step))
	}
	return nil
}

// alternatives adds what a group of alternatives says. Which of them holds may also
// depend on other fields, so that an opinion is clear only where all agree.
func (w *ruleWalk) alternatives(o *opinion, keyword string, group []span, step int) error {
	var opinions []opinion
	for _, at := range group {
		fits, err := w.fits(at, step)
		if err != nil {
			return err
		}
		if !fits {
			continue
		}
		inner, err := w.alternative(at, step)
		if err != nil {
			return err
		}
		opinions = append(opinions, inner)
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
	return nil
}

// fits tells whether an alternative is about something that has the next step.
func (w *ruleWalk) fits(at span, step int) (bool, error) {
	n, err := w.at(at)
	if err != nil {
		return false, err
	}
	f, err := w.facts([]*schema{n})
	if err != nil {
		return false, err
	}
	want := "object"
	if w.path[step].Kind == kubeapi.StepItems {
		want = "array"
	}
	return !f.any(func(n *schema) bool {
		return n.intOrString || len(n.types) > 0 && !slices.Contains(n.types, want)
	}), nil
}

// alternative gives the opinion of a schema that may hold beside others.
func (w *ruleWalk) alternative(at span, step int) (opinion, error) {
	n, err := w.at(at)
	if err != nil {
		return opinion{}, err
	}
	if o, found := w.known[walked{n, step}]; found {
		return o, nil
	}
	w.known[walked{n, step}] = opinion{}
	o, err := w.judge([]*schema{n}, step)
	w.known[walked{n, step}] = o
	return o, err
}

// validations adds the rules in CEL of a schema that may look at the rest of the
// path.
func (w *ruleWalk) validations(o *opinion, n *schema, step int) error {
	if n.validations == nil {
		return nil
	}
	at := walked{n, step}
	looks, known := w.looks[at]
	if !known {
		var err error
		if looks, err = w.touched(*n.validations, w.path[step:]); err != nil {
			return err
		}
		if w.looks == nil {
			w.looks = map[walked]bool{}
		}
		w.looks[at] = looks
	}
	if looks {
		o.and(unclear, w.rule("x-kubernetes-validations", step))
	}
	return nil
}
