package kubeapi

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// FieldPath leads from the root of an object to one of its fields. It is not empty.
type FieldPath []FieldStep

// FieldStep is one step of a FieldPath: into the field with that name, each item of
// an array, or each value of a map.
type FieldStep struct {
	Kind FieldStepKind
	// Name is the field's name, and empty for the other kinds.
	Name string
}

// FieldStepKind is the kind of a step.
type FieldStepKind int

// The kinds of steps.
const (
	// StepField is written as the name, after a dot unless it comes first, or quoted
	// in brackets.
	StepField FieldStepKind = iota
	// StepItems is written [].
	StepItems
	// StepValues is written .*.
	StepValues
)

const (
	maxFieldPath  = 1000 // bytes
	maxFieldSteps = 64
)

// ParseFieldPath reads a path such as "spec.rules[].timeouts.request",
// "spec.template.spec.containers[].resources.limits.*" or "spec.matrix[][]". A name
// has letters, digits, "_", "-" and "$", like the fields of Kubernetes' types. Any
// other name is in brackets, quoted as a Go string: spec.ref["a.b"]. A key of a map
// is not a field and is written *.
func ParseFieldPath(s string) (FieldPath, error) {
	steps := min(1+strings.Count(s, ".")+strings.Count(s, "["), maxFieldSteps)
	return AppendFieldPath(make(FieldPath, 0, steps), s)
}

// AppendFieldPath is [ParseFieldPath] for a caller that has memory for the steps, which is empty.
func AppendFieldPath(path FieldPath, s string) (FieldPath, error) {
	switch {
	case s == "":
		return nil, errors.New("it is empty")
	case len(s) > maxFieldPath:
		return nil, fmt.Errorf("it has more than %d bytes", maxFieldPath)
	}
	for rest := s; rest != ""; {
		step, next, err := nextStep(rest, len(path) == 0)
		if err != nil {
			return nil, err
		}
		path, rest = append(path, step), next
		if len(path) > maxFieldSteps {
			return nil, fmt.Errorf("it has more than %d steps", maxFieldSteps)
		}
	}
	// A quoted name may get longer when it is written again.
	if strings.Contains(s, `"`) && len(path.String()) > maxFieldPath {
		return nil, fmt.Errorf("it has more than %d bytes", maxFieldPath)
	}
	return path, nil
}

// nextStep reads the first step of a path that is not empty.
func nextStep(s string, first bool) (step FieldStep, rest string, err error) {
	if s[0] == '[' {
		return nextBrackets(s, first)
	}
	if !first {
		var dotted bool
		if s, dotted = strings.CutPrefix(s, "."); !dotted {
			return FieldStep{}, "", errBrackets()
		}
	}
	end := 0
	for end < len(s) && s[end] != '.' && s[end] != '[' {
		end++
	}
	name, rest := s[:end], s[end:]
	switch {
	case isFieldName(name):
		return FieldStep{Kind: StepField, Name: name}, rest, nil
	case name == "":
		return FieldStep{}, "", errors.New("a name is missing beside a dot or before []")
	case name == "*" && first:
		return FieldStep{}, "", errors.New("it begins with the name of a field")
	case name == "*":
		return FieldStep{Kind: StepValues}, rest, nil
	case strings.Contains(name, "]"):
		return FieldStep{}, "", errBrackets()
	}
	return FieldStep{}, "", fmt.Errorf("%q is not the name of a field, which has letters, digits, \"_\", \"-\" and \"$\" only, or is quoted, as in ref[\"a.b\"]", name)
}

// nextBrackets reads the items of an array, or a quoted name.
func nextBrackets(s string, first bool) (step FieldStep, rest string, err error) {
	if rest, empty := strings.CutPrefix(s, "[]"); empty {
		if first {
			return FieldStep{}, "", errors.New("a name is missing beside a dot or before []")
		}
		return FieldStep{Kind: StepItems}, rest, nil
	}
	quoted, err := strconv.QuotedPrefix(s[1:])
	if err != nil || quoted[0] != '"' {
		return FieldStep{}, "", errBrackets()
	}
	rest, closed := strings.CutPrefix(s[1+len(quoted):], "]")
	name, err := strconv.Unquote(quoted)
	switch {
	case err != nil || !closed:
		return FieldStep{}, "", errBrackets()
	case name == "":
		return FieldStep{}, "", errors.New("a name is missing between the quotes")
	}
	return FieldStep{Kind: StepField, Name: name}, rest, nil
}

func errBrackets() error {
	return errors.New("brackets are empty after a name, as in containers[], or around a quoted name, as in ref[\"a.b\"]")
}

// String returns the form that ParseFieldPath reads. It quotes only names that need
// it.
func (p FieldPath) String() string {
	size := 0
	for _, step := range p {
		size += 2 + len(step.Name)
	}
	var b strings.Builder
	b.Grow(size)
	for i, step := range p {
		switch {
		case step.Kind == StepItems:
			b.WriteString("[]")
		case step.Kind == StepValues:
			b.WriteString(".*")
		case !isFieldName(step.Name):
			b.WriteString("[" + strconv.Quote(step.Name) + "]")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step.Name)
		}
	}
	return b.String()
}

func isFieldName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := (c|0x20)-'a' < 26 // a smaller byte wraps around
		if !letter && c-'0' >= 10 && c != '_' && c != '-' && c != '$' {
			return false
		}
	}
	return s != ""
}
