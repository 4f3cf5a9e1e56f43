package openapi

import (
	"bytes"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// touched tells whether one of the rules in CEL may look at what the path leads to.
// A rule sees what it is about as self, and no more of it than it selects by names.
//
// Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
func (s *schemas) touched(rules span, path kubeapi.FieldPath) (bool, error) {
	w := jsonwalk.New(bytes.NewBuffer(s.src[rules.start:rules.end]), jsonwalk.Limits{})
	w.MaxMembers, w.MaxDepth = maxSchemaMembers, maxSchemaDepth
	found := false
	for range w.Elements() {
		rule, onCreate := "", false
		for name := range w.Members() {
			switch name {
			case "rule":
				rule = w.Text()
			case "optionalOldSelf":
				onCreate = w.Set()
			default:
				w.Skip()
			}
		}
		found = found || (onCreate || !isTransition(rule)) && touches(rule, path)
	}
	return found, w.End()
}

// isTransition tells whether a rule is only about the change of an object, which a
// server does not evaluate when one is created. It says no where that takes more
// than a look.
func isTransition(rule string) bool {
	if strings.ContainsAny(rule, "'\"`") || strings.Contains(rule, "//") || strings.Contains(rule, "oldSelf,") {
		return false
	}
	for rest := rule; rest != ""; {
		var word string
		if word, rest = nextWord(rest); word == "oldSelf" {
			return true
		}
	}
	return false
}

// touches tells whether a rule may look at what the path leads to from what the rule
// is about. One that does not look at self may be false for any.
func touches(rule string, path kubeapi.FieldPath) bool {
	names := make([]string, len(path))
	for i, step := range path {
		names[i] = celName(step.Name)
	}
	found := false
	for rest := rule; rest != ""; {
		var word string
		if word, rest = nextWord(rest); word != "self" {
			continue
		}
		if selects(rest, path, names) {
			return true
		}
		found = true
	}
	return !found
}

// nextWord gives the next name in a rule, and what follows it. The name of a member
// has its dot.
func nextWord(rule string) (word, rest string) {
	start := strings.IndexFunc(rule, isWord)
	if start < 0 {
		return "", ""
	}
	rest = strings.TrimLeftFunc(rule[start:], isWord)
	word = rule[start : len(rule)-len(rest)]
	if strings.HasSuffix(strings.TrimRight(rule[:start], space), ".") {
		word = "." + word
	}
	return word, rest
}

const space = " \t\r\n\f"

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// selects tells whether the selections behind self lead to the path, or to something
// that has it or is in it. A rule spells the names of the path as names has them.
func selects(rest string, path kubeapi.FieldPath, names []string) bool {
	for i, step := range path {
		rest = strings.TrimLeft(rest, space)
		if !strings.HasPrefix(rest, ".") {
			return true
		}
		rest = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(rest[1:], space), "?"), space)
		var name string
		if quoted, found := strings.CutPrefix(rest, "`"); found {
			name, rest, _ = strings.Cut(quoted, "`")
		} else {
			after := strings.TrimLeftFunc(rest, isWord)
			name, rest = rest[:len(rest)-len(after)], after
		}
		switch {
		case name == "", strings.HasPrefix(strings.TrimLeft(rest, space), "("):
			return true
		case step.Kind != kubeapi.StepField:
			return true
		case name != step.Name && name != names[i] && strings.Trim(name, "_") != step.Name:
			return false
		}
	}
	return true
}

// celName spells the name of a field as a rule does.
func celName(name string) string {
	return strings.NewReplacer("__", "__underscores__", ".", "__dot__", "-", "__dash__", "/", "__slash__").Replace(name)
}
