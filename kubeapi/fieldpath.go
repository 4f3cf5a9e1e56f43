package kubeapi

import (
	"errors"
	"fmt"
	"strings"
)

// FieldPath leads from the root of an object to a field of it. It is not empty.
type FieldPath []FieldStep

// FieldStep is one step of a FieldPath: into a field of that name, into each item
// of an array, or into each value of a map.
type FieldStep struct {
	Kind FieldStepKind
	// Name is the field's, and empty for the other kinds.
	Name string
}

// FieldStepKind tells the kinds of steps apart.
type FieldStepKind int

// The kinds of steps.
const (
	// StepField is written as the name, behind a dot where it is not the first.
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
// "spec.template.spec.containers[].resources.limits.*" or "spec.matrix[][]". A
// name holds letters, digits, "_", "-" and "$", as the fields of Kubernetes' types
// and of JSON schemas do; a key of a map is not a field and is written *.
func ParseFieldPath(s string) (FieldPath, error) {
	switch {
	case s == "":
		return nil, errors.New("it is empty")
	case len(s) > maxFieldPath:
		return nil, fmt.Errorf("it has more than %d bytes", maxFieldPath)
	}
	var path FieldPath
	for part := range strings.SplitSeq(s, ".") {
		name := part
		items := 0
		for strings.HasSuffix(name, "[]") {
			name, items = strings.TrimSuffix(name, "[]"), items+1
		}
		step := FieldStep{Kind: StepField, Name: name}
		switch {
		case name == "*":
			step = FieldStep{Kind: StepValues}
		case name == "":
			return nil, errors.New("a name is missing beside a dot or before []")
		case strings.ContainsAny(name, "[]"):
			return nil, errors.New("brackets stand empty behind a name, as in containers[]")
		case !isFieldName(name):
			return nil, fmt.Errorf("%q is not the name of a field, which has letters, digits, \"_\", \"-\" and \"$\" only", name)
		}
		if len(path) == 0 && step.Kind != StepField {
			return nil, errors.New("it begins with the name of a field")
		}
		path = append(path, step)
		for range items {
			path = append(path, FieldStep{Kind: StepItems})
		}
		if len(path) > maxFieldSteps {
			return nil, fmt.Errorf("it has more than %d steps", maxFieldSteps)
		}
	}
	return path, nil
}

// String gives what ParseFieldPath reads.
func (p FieldPath) String() string {
	var b strings.Builder
	for i, step := range p {
		switch step.Kind {
		case StepItems:
			b.WriteString("[]")
			continue
		case StepValues:
			b.WriteString(".*")
			continue
		case StepField:
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(step.Name)
	}
	return b.String()
}

func isFieldName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		digit := c >= '0' && c <= '9'
		if !letter && !digit && c != '_' && c != '-' && c != '$' {
			return false
		}
	}
	return s != ""
}
