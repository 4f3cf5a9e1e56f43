package model

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Schemas has every field of some kinds of a group version. Recorded schemas say which fields
// there are, of which type, and which of them a list of the schema requires. They have no
// rules.
//
// A type is written as string, integer, number, boolean, int-or-string, object (with any
// fields), any (of any type), []T (an array), {}T (a map) or >NAME (an object with the
// fields of that name).
type Schemas struct {
	// Kinds has the type of each kind.
	Kinds map[string]string
	// Objects has the fields of each name.
	Objects map[string]Object
}

// Object is an object with fields.
type Object struct {
	// Fields are sorted by name.
	Fields []SchemaField
	// Open tells that it takes other fields, too.
	Open bool
}

// SchemaField is a field of an object.
type SchemaField struct {
	Name, Type string
	// Required tells that a list of the schema requires it.
	Required bool
	// Enum are the strings that a list of the schema allows, sorted. It is nil where
	// there is none.
	Enum []string
}

// The forms of a type.
const (
	ArrayOf     = "[]"
	MapOf       = "{}"
	FieldsOf    = ">"
	AnyFields   = "object"
	AnyType     = "any"
	IntOrString = "int-or-string"
)

// TypeName gives the name of a type, as [Field] has it.
func TypeName(t string) string {
	switch {
	case strings.HasPrefix(t, ArrayOf):
		return "array"
	case strings.HasPrefix(t, MapOf), strings.HasPrefix(t, FieldsOf):
		return "object"
	case t == AnyType:
		return ""
	}
	return t
}

// Object gives what is in a type, if it is an object with fields.
func (s *Schemas) Object(t string) (Object, bool) {
	name, found := strings.CutPrefix(t, FieldsOf)
	if !found {
		return Object{}, false
	}
	return s.Objects[name], true
}

// Field gives a field of the object, if there is one of that name.
func (o Object) Field(name string) (SchemaField, bool) {
	i, found := slices.BinarySearchFunc(o.Fields, name, func(f SchemaField, name string) int { return strings.Compare(f.Name, name) })
	if !found {
		return SchemaField{}, false
	}
	return o.Fields[i], true
}

// field answers a query by the type of its kind. The rules of a field are not known.
func (s *Schemas) field(t string, path kubeapi.FieldPath) Field {
	for i, step := range path {
		object, fields := s.Object(t)
		next, open := "", false
		switch step.Kind {
		case kubeapi.StepItems:
			// An array of anything may be one of which no schema says what is in it.
			open = t == AnyType || t == ArrayOf+AnyType
			if next = strings.TrimPrefix(t, ArrayOf); next == t || open {
				next = ""
			}
		case kubeapi.StepValues:
			if next = strings.TrimPrefix(t, MapOf); next == t {
				next = ""
			}
			open = t == AnyType || t == AnyFields || object.Open
		case kubeapi.StepField:
			f, _ := object.Field(step.Name)
			next = f.Type
			open = t == AnyType || t == AnyFields || object.Open || strings.HasPrefix(t, MapOf)
		}
		switch {
		case next != "":
			t = next
		case open:
			return Field{Presence: FieldOpen, At: path[:i].String()}
		default:
			absent := Field{Presence: FieldAbsent, At: path[:i].String(), Type: TypeName(t)}
			if fields {
				for _, f := range object.Fields {
					absent.Siblings = append(absent.Siblings, f.Name)
				}
			}
			return absent
		}
	}
	return Field{Presence: FieldPresent, Type: TypeName(t), Partial: true}
}

// Field gives the answer to a query: that which was asked for, else what the schema of the
// kind says, where the snapshot has it, else that of Answer.
func (s *Snapshot) Field(q FieldQuery) Fact[Field] {
	fact := s.Fields[q]
	schemas := s.Schemas[q.GroupVersion]
	if s.Answer != nil && !fact.Asked() && !schemas.Asked() {
		fact = s.Answer(q)
	}
	if fact.Asked() || !schemas.Asked() {
		return fact
	}
	if f := schemas.Unknown(); f != nil {
		return Failed[Field](f)
	}
	t, found := schemas.Value.Kinds[q.Kind]
	if !found {
		return Failed[Field](NewFailure("", NoSchema, nil, "the server published no schema of the kind %s in %s", q.Kind, q.GroupVersion))
	}
	path, err := kubeapi.ParseFieldPath(q.Path)
	if err != nil {
		return Failed[Field](NewFailure("", InvalidResponse, err, "the field %s: %v", text.Quote(q.Path), err))
	}
	return Known(schemas.Value.field(t, path))
}
