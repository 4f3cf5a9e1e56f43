package model

import (
	"cmp"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// FieldQuery asks for a field in the schema of a kind.
type FieldQuery struct {
	GroupVersion kubeapi.GroupVersion
	Kind         string
	// Path is spelled as [kubeapi.FieldPath.String] gives it.
	Path string
}

// Field is what a schema says of a field.
type Field struct {
	Presence Presence
	// At is how far the schema goes where the field is absent or open: the path
	// of the last field before that, empty for the root.
	At string
	// Siblings are the fields that At has, sorted, where the field is absent.
	Siblings []string
	// Type is the field's: "string", "integer", "number", "boolean", "array",
	// "object", "int-or-string", or empty where the schema does not tell. Where the
	// field is absent, it is the type of At; where it is open, it is empty.
	Type string
	// Enum are the strings that it may be, and nil where it may be any. It is nil for
	// a type that is no string, and unless the field is present.
	Enum []string
	// EnumRules are rules of the schema that are not evaluated, and that may reject a
	// string that Enum allows.
	EnumRules []SchemaRule
	// Required tells whether its parent always has it. It is false unless the field
	// is present.
	Required bool
	// RequiredRules are rules of the schema that are not evaluated, and that may
	// require the field. They are nil where Required.
	RequiredRules []SchemaRule
	// Partial is set where a saved snapshot does not have these rules, so that
	// nothing is known of Enum and Required, which then are empty.
	Partial bool
}

// SchemaRule is a rule of a schema that is not evaluated.
type SchemaRule struct {
	// Keyword is the one of the schema, such as "pattern". It is "type" where the
	// schema has no type, "metadata" for the names and labels of an object, for which
	// a server has rules that it does not publish, "limit" where there are too many
	// rules, and "unpublished" where a release of Kubernetes does not publish which
	// strings the field may be.
	Keyword string
	// At is the path of what the schema describes, empty for the root.
	At string
}

// Presence tells whether a schema has a field.
type Presence string

// The values of presence. Open means that the schema takes anything there, so that
// it does not tell.
const (
	FieldPresent Presence = "present"
	FieldAbsent  Presence = "absent"
	FieldOpen    Presence = "open"
)

// Compare orders queries by group version, kind and path.
func (q FieldQuery) Compare(other FieldQuery) int {
	return cmp.Or(
		cmp.Compare(q.GroupVersion.Group, other.GroupVersion.Group), cmp.Compare(q.GroupVersion.Version, other.GroupVersion.Version),
		cmp.Compare(q.Kind, other.Kind), cmp.Compare(q.Path, other.Path),
	)
}
