package openapi

import (
	"errors"
	"slices"
	"sort"

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
func (s *schemas) judgeRules(f *Field, root *schema, path kubeapi.FieldPath) {
	if f.Type == "" || f.Type == "string" || f.Type == intOrString {
		f.Enum, f.EnumRules = s.strings(root, path)
	}
	last := path[len(path)-1]
	switch {
	case last.Kind != kubeapi.StepField:
	case len(path) == 1 && isObjectField(last.Name):
		f.Required = true
	default:
		f.Required, f.RequiredRules = s.required(root, path)
	}
}

// isObjectField tells whether each object has a field of that name at its root.
func isObjectField(name string) bool {
	return name == "apiVersion" || name == "kind" || name == "metadata"
}

// strings gives the strings that a field may be, nil where it may be any, and what
// may reject one of them.
func (s *schemas) strings(root *schema, path kubeapi.FieldPath) ([]string, []SchemaRule) {
	text := &textJudge{}
	w := &ruleWalk{schemas: s, path: path, goal: len(path), left: maxRuleSteps, strings: true}
	text.ruleWalk, w.end = w, text.judge
	judge := func(value *string) opinion {
		text.value, w.known = value, map[walked]opinion{}
		return w.judge([]*schema{root}, 0)
	}
	// A string that no schema names is like all others of these.
	other := judge(nil)
	if w.err != nil {
		return nil, w.limited()
	}
	var enum []string
	rules := other.rules
	if other.verdict == rejects {
		enum, rules = []string{}, nil
	}
	if other.verdict == rejects && text.lists == 1 && !w.complex {
		return append(enum, text.named...), tidy(other.rules)
	}
	for _, value := range text.named {
		switch o := judge(&value); {
		case w.err != nil:
			return nil, w.limited()
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
	return enum, tidy(rules)
}

// required tells whether a field is always there, and what may require it.
func (s *schemas) required(root *schema, path kubeapi.FieldPath) (bool, []SchemaRule) {
	presence := &presenceJudge{under: map[*schema]bool{}}
	w := &ruleWalk{schemas: s, path: path, goal: len(path) - 1, left: maxRuleSteps, known: map[walked]opinion{}}
	presence.ruleWalk, w.end = w, presence.judge
	// An object without the field is what is judged.
	switch o := w.judge([]*schema{root}, 0); {
	case w.err != nil:
		return false, w.limited()
	case o.verdict == rejects:
		return true, nil
	case o.verdict == unclear:
		return false, tidy(o.rules)
	}
	return false, nil
}

// errLimit ends what would take too long. It is no error of the document.
var errLimit = errors.New("the schemas have too many rules")

// limited gives the rule that is not evaluated where errLimit ended the judging, which then
// goes on. Another error ends the answer.
func (w *ruleWalk) limited() []SchemaRule {
	if !errors.Is(w.err, errLimit) {
		return nil
	}
	w.err = nil
	return []SchemaRule{w.rule("limit", len(w.path))}
}

// tidy sorts rules. A few of many are enough to say why something is not known.
func tidy(rules []SchemaRule) []SchemaRule {
	const most = 8
	sort.SliceStable(rules, func(i, j int) bool {
		a, b := &rules[i], &rules[j]
		return a.At < b.At || a.At == b.At && a.Keyword < b.Keyword
	})
	rules = slices.Compact(rules)
	return slices.Clone(rules[:min(len(rules), most)])
}
