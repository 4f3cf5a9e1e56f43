package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Fetch answers the questions about fields, and keeps the answers in s, as [discovery.Client.Fetch]
// does. Access reviews fail: who may do what depends on the cluster. So does the question whether
// another server answers. A snapshot of the release leaves no other question open. An answer is
// what the release's OpenAPI documents say. A default kube-apiserver has the fields of feature
// gates that are off in these documents too.
//
// The documents do not say which strings a field may be, so that has the rule [Unpublished]. Of an
// apiVersion and a kind it is known. The answer about a kind that the release does not know is a
// failure, no-schema.
func (r Release) Fetch(s *discovery.Snapshot, n discovery.Needs) {
	if s.Fields == nil && len(n.Fields) > 0 {
		s.Fields = make(map[discovery.FieldQuery]discovery.Fact[discovery.Field], len(n.Fields))
	}
	for _, q := range n.Fields {
		s.Fields[q] = r.Answer(q)
	}
	if s.Reviews == nil && len(n.Reviews) > 0 {
		s.Reviews = make(map[discovery.Review]discovery.Fact[discovery.ReviewAnswer], len(n.Reviews))
	}
	for _, q := range n.Reviews {
		s.Reviews[q] = discovery.Failed[discovery.ReviewAnswer](onCluster("what an identity may do depends"))
	}
	if s.Available == nil && len(n.Available) > 0 {
		s.Available = make(map[kubeapi.GroupVersion]discovery.Fact[struct{}], len(n.Available))
	}
	for _, gv := range n.Available {
		s.Available[gv] = discovery.Failed[struct{}](onCluster("whether the server of " + gv.String() + " answers depends"))
	}
}

// Unpublished is the keyword of a [discovery.SchemaRule] for what a release does not
// publish: which strings a field may be.
const Unpublished = "unpublished"

// FieldNames returns the fields of a kind's root, or of the object at a path, sorted. There are none
// if the release does not know the kind, or if nothing with fields of its own is at the path.
func (r Release) FieldNames(gv kubeapi.GroupVersion, kind string, at kubeapi.FieldPath) []string {
	t, _ := r.typeOf(gv, kind)
	for _, step := range at {
		t, _, _ = r.step(t, step)
	}
	// Nothing is in the empty type.
	return r.names(t)
}

// Answer answers a question about a field, as [Release.Fetch] does.
func (r Release) Answer(q discovery.FieldQuery) (fact discovery.Fact[discovery.Field]) {
	var memory [16]kubeapi.FieldStep
	path, err := kubeapi.AppendFieldPath(memory[:0], q.Path)
	if err != nil {
		fact.Failure = &discovery.Failure{
			Code: discovery.InvalidResponse, Message: fmt.Sprintf("the field %q: %v", q.Path, err), Err: err,
		}
		return fact
	}
	t, found := r.typeOf(q.GroupVersion, q.Kind)
	if !found {
		fact.Failure = &discovery.Failure{
			Code: discovery.NoSchema, Message: fmt.Sprintf("Kubernetes %s has no schema of the kind %s in %s", r, q.Kind, q.GroupVersion),
		}
		return fact
	}
	f := &fact.Value
	f.Presence, fact.Known = discovery.FieldPresent, true
	for i, step := range path {
		next, required, found := r.step(t, step)
		if !found {
			f.Presence, f.At, f.Required = discovery.FieldAbsent, path[:i].String(), false
			if open(t, step) {
				f.Presence = discovery.FieldOpen
			} else {
				f.Siblings, f.Type = r.names(t), typeName(t)
			}
			return fact
		}
		t, f.Required = next, required
	}
	f.Type = typeName(t)
	switch root := len(path) == 1 && path[0].Kind == kubeapi.StepField; {
	case root && path[0].Name == "apiVersion":
		f.Required, f.Enum = true, []string{q.GroupVersion.String()}
	case root && path[0].Name == "kind":
		f.Required, f.Enum = true, []string{q.Kind}
	default:
		f.Required = f.Required || root && always(path[0].Name)
		if f.Type == "string" || f.Type == intOrString || f.Type == "" {
			f.EnumRules = []discovery.SchemaRule{{Keyword: Unpublished, At: q.Path}}
		}
	}
	return fact
}

// typeOf returns the type of a kind.
func (r Release) typeOf(gv kubeapi.GroupVersion, name string) (string, bool) {
	for _, k := range decoded().kinds[kindName{gv, name}] {
		if k.in.has(r) {
			return k.typeOf, true
		}
	}
	return "", false
}

// step returns the type that is one step further, and whether it is required there.
func (r Release) step(t string, step kubeapi.FieldStep) (next string, required, found bool) {
	switch step.Kind {
	case kubeapi.StepItems:
		next, found = strings.CutPrefix(t, arrayOf)
	case kubeapi.StepValues:
		next, found = strings.CutPrefix(t, mapOf)
	case kubeapi.StepField:
		name, object := strings.CutPrefix(t, fieldsOf)
		if !object {
			return "", false, false
		}
		for _, f := range decoded().fields[name] {
			if f.name == step.Name && f.in.has(r) {
				return f.typeOf, f.required, true
			}
		}
	}
	return next, false, found
}

// names returns the fields of a type. There are none if it has no fields of its own.
func (r Release) names(t string) []string {
	name, object := strings.CutPrefix(t, fieldsOf)
	if !object {
		return nil
	}
	fields := decoded().fields[name]
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		if f.in.has(r) {
			names = append(names, f.name)
		}
	}
	slices.Sort(names)
	return names
}

// How types are written, see the package comment.
const (
	arrayOf  = "[]"
	mapOf    = "{}"
	fieldsOf = ">"

	anything    = "any"
	intOrString = "int-or-string"
)

// typeName returns the name of a type, as [discovery.Field] has it.
func typeName(t string) string {
	switch {
	case strings.HasPrefix(t, arrayOf):
		return "array"
	case strings.HasPrefix(t, mapOf), strings.HasPrefix(t, fieldsOf):
		return "object"
	case t == anything:
		return ""
	}
	return t
}

// open reports whether a type takes anything at the step, so that it says nothing about it.
func open(t string, step kubeapi.FieldStep) bool {
	switch {
	case t == anything:
		return true
	case t == "object":
		return step.Kind != kubeapi.StepItems
	case strings.HasPrefix(t, mapOf):
		return step.Kind == kubeapi.StepField
	}
	return false
}
