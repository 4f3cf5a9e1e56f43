package explain

import (
	"fmt"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Answer is the answer to one question.
type Answer struct {
	// Oldest and Newest are the first and the last release on board.
	Oldest, Newest kubeapi.Version
	// API is the group or the group version of a question that names no kind, such as "apps" or
	// "apps/v1". It is empty otherwise.
	API string
	// Kinds are those of the API, sorted by group version and name. If a kind was asked for, they are
	// that kind in each group version that ever had it, the one to use first. There is at least one.
	Kinds []Kind
}

// Kind is a kind in one group version.
type Kind struct {
	GroupVersion kubeapi.GroupVersion
	Name         string
	// Span is empty if no release on board has the kind in the documents of the group version. Those of
	// v1 have policy/v1 Eviction, because it is the kind of pods/eviction.
	Span
	// Life is what Kubernetes says of deprecation and removal.
	Life catalog.Life
	// Resource is the plural, and empty for a kind without a resource of its own, such as a list.
	// What follows is then empty too.
	Resource string
	Singular string
	Scope    kubeapi.Scope
	// ShortNames, Categories and Verbs are those of the newest release that has the resource.
	ShortNames, Categories, Verbs []string
	// Serving says when it is served by default.
	Serving []Period
	// Changes of the scope and the verbs.
	Changes      []Change
	Subresources []Subresource
	// Fields are the fields of the kind's root, if a kind was asked for.
	Fields []Field
	// Field is what was asked for, if that was a field. It is nil if the group version never had it.
	Field *Field
	// Satisfied are the releases that serve the kind by default and have the field, if one was asked
	// for.
	Satisfied []kubeapi.Version
}

// Subresource is a subresource of a kind's resource.
type Subresource struct {
	// Name is what is behind the slash, such as "log".
	Name  string
	Kind  string
	Verbs []string
	Span
	Serving []Period
}

// Field is a field of a kind.
type Field struct {
	// Path has the brackets of arrays also if the question left them out.
	Path string
	// Name is the last name of the path, and empty for the items of an array and the values of a map.
	Name string
	// Type and Required are those of the newest release that has the field. The type is written as
	// [catalog.Field] says.
	Type     string
	Required bool
	Span
	// Changes of the type, and of whether it is required.
	Changes []Change
	// Inner is the path of the object that has Fields: the path of the field itself, or of the items
	// of its array or the values of its map. It is empty if there are no fields.
	Inner string
	// Fields are its own fields, sorted by name. They have no Fields.
	Fields []Field
}

// Span is the run of releases that have something.
type Span struct {
	// From and To are the first and the last release on board that have it.
	From, To kubeapi.Version
	// Since is the first release that ever had it, as far as that is known. Until is the last one,
	// and zero if the newest release on board has it.
	Since, Until kubeapi.Version
	// OrEarlier is set if Since is only the oldest release on board, and earlier ones may have it.
	OrEarlier bool
}

// Period is a run of releases that serve something in the same way.
type Period struct {
	From, To kubeapi.Version
	// Default is set if they serve it by default. If not, Switch is how to make them serve it.
	Default bool
	Switch  catalog.Switch
}

// Change is what a release changed.
type Change struct {
	Release kubeapi.Version
	// Facet is "scope", "verbs", "type" or "required". The values of the last one are "true" and
	// "false".
	Facet, Before, After string
}

// UnknownError says that a question names something that no release on board has.
type UnknownError struct {
	// Summary is a title such as "Unknown kind". Detail is whole sentences, with a suggestion if there
	// is one.
	Summary, Detail string
}

func (e *UnknownError) Error() string { return e.Detail }

// KubeVersion returns the constraint for the kubeVersion of a Helm chart that needs the kind or the
// field as it is served by default: ">=1.27.0-0", with an upper bound only if a later release on board
// does not serve it. It is empty if no release does, or if there is a gap between those that do.
func (a *Answer) KubeVersion(k *Kind) string {
	n := len(k.Satisfied)
	if n == 0 {
		return ""
	}
	for i, next := range k.Satisfied[1:] {
		if next.Minor != k.Satisfied[i].Minor+1 {
			return ""
		}
	}
	constraint := fmt.Sprintf(">=%s.0-0", k.Satisfied[0])
	if last := k.Satisfied[n-1]; last != a.Newest {
		last.Minor++
		constraint += fmt.Sprintf(" <%s.0-0", last)
	}
	return constraint
}
