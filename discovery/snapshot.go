package discovery

import (
	"time"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Snapshot is what one API server answered. Its zero value knows nothing, and
// says so of everything.
type Snapshot struct {
	// Endpoint is the base URL that was asked, as scheme, host, port and path.
	Endpoint string
	// Time is when the documents were last asked for.
	Time time.Time
	// Core is the group without a name, as GET /api tells it. A server that has
	// no such group (404) is known to serve none of its versions.
	Core Fact[Group]
	// Named are the groups of GET /apis, in the server's order.
	Named Fact[[]Group]
	// Confirmed is known once what Core, Named and Fields lack, and what Reviews do
	// not allow, is confirmed: a server that is just starting omits groups and knows
	// no roles without saying so. See [Client.LookAgain].
	Confirmed Fact[struct{}]
	// Version is the answer of GET /version.
	Version Fact[ServerVersion]
	// ServerAddresses are the addresses in serverAddressByClientCIDRs of the
	// plain GET /api, in the server's order.
	ServerAddresses Fact[[]string]
	// Fields is what the OpenAPI documents say of the fields that were asked for.
	// One that is not in it was not asked for.
	Fields map[FieldQuery]Fact[Field]
	// Reviews are the answers to the access reviews that were asked for. One that
	// is not in it was not asked for.
	Reviews map[Review]Fact[ReviewAnswer]
	// Available is known of a group version whose own document was asked for and came.
	// One that is not in it was not asked for.
	Available map[kubeapi.GroupVersion]Fact[struct{}]
	// Unasked says why what is in none of the maps is not known, where there is more to
	// say than that nobody asked. It is not saved.
	Unasked *Failure
}

// Fact is something that a server was asked for. Its zero value was not asked
// for.
type Fact[T any] struct {
	// Value is the answer, where Known.
	Value T
	Known bool
	// Failure says why it is not known. It is nil where Known, and where nobody
	// asked.
	Failure *Failure
}

// Known makes a fact of an answer.
func Known[T any](value T) Fact[T] { return Fact[T]{Value: value, Known: true} }

// Failed makes a fact of a failure to learn it.
func Failed[T any](f *Failure) Fact[T] { return Fact[T]{Failure: f} }

// Asked tells whether somebody asked, with or without success.
func (f Fact[T]) Asked() bool { return f.Known || f.Failure != nil }

// Unknown says why the fact is not known, and is nil where it is. Where nobody
// asked, the code is [NotRecorded].
func (f Fact[T]) Unknown() *Failure {
	switch {
	case f.Known:
		return nil
	case f.Failure != nil:
		return f.Failure
	}
	return &Failure{Code: NotRecorded, Message: "it was not asked for"}
}

// Group is an API group.
type Group struct {
	// Name is empty for the core group.
	Name string
	// Preferred is the version that the server prefers: the first one of an
	// aggregated document, and the preferredVersion of a plain one. The two may differ.
	// It is empty where the group has none.
	Preferred string
	// Versions are in the server's order.
	Versions []Version
}

// Version is one version of a group.
type Version struct {
	Name string
	// Freshness is empty where the documents do not tell it.
	Freshness kubeapi.Freshness
	// Resources is not known where the list could not be read, or is stale. It was not
	// asked for where the document of all group versions lists none, as the group
	// version's own may (see [Needs]).
	Resources Fact[[]Resource]
}

// Resource is a top-level resource of a group version.
type Resource struct {
	// Name is the plural.
	Name     string
	Singular string
	// Kind is what objects of the resource call themselves. It is empty for a
	// resource that only has subresources.
	Kind       string
	Scope      kubeapi.Scope
	Verbs      []string
	ShortNames []string
	Categories []string
	// Subresources are in the server's order.
	Subresources []Subresource
}

// Subresource is a subresource, such as log of pods.
type Subresource struct {
	// Name is what stands behind the slash.
	Name string
	// Kind is what its requests carry, and empty where the server does not tell.
	Kind  string
	Verbs []string
}

// ServerVersion is the answer of GET /version.
type ServerVersion struct {
	// GitVersion is the raw string, with a vendor's suffix: "v1.31.4-gke.1183000".
	GitVersion string
	Major      string
	Minor      string
	// EmulationMajor and EmulationMinor name the release that the server emulates, which
	// may be its own. They are empty for a server that is too old to say so.
	EmulationMajor string
	EmulationMinor string
	Platform       string
}

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
	// a server has rules that it does not publish, and "limit" where there are too
	// many rules.
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

// Review asks whether the identity that asks may do something. It is a request for
// a resource, or for a path.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
type Review struct {
	Verb string
	// Group, Resource, Subresource, Namespace and Name are for a resource. The
	// empty Namespace is for what is in none, and for all namespaces. The empty
	// Name is for any.
	Group, Resource, Subresource, Namespace, Name string
	// Path is for what is no resource, and empty otherwise.
	Path string
}

// ReviewAnswer is what the server says of a review.
type ReviewAnswer struct {
	Allowed bool
	// Denied tells that an authorizer forbids it, so that no other can allow it. It
	// is false where none has an opinion, and where it is allowed.
	Denied bool
	// Reason is the server's, and may be empty.
	Reason string
	// EvaluationError is what went wrong while the server decided. It may have
	// allowed all the same.
	EvaluationError string
}

// Group gives the group of that name, "" being the core one. Where both results
// are nil, the server does not serve it.
func (s *Snapshot) Group(name string) (*Group, *Failure) {
	if name == "" {
		if f := s.Core.Unknown(); f != nil {
			return nil, f
		}
		if len(s.Core.Value.Versions) == 0 {
			return nil, nil
		}
		return &s.Core.Value, nil
	}
	if f := s.Named.Unknown(); f != nil {
		return nil, f
	}
	for i := range s.Named.Value {
		if s.Named.Value[i].Name == name {
			return &s.Named.Value[i], nil
		}
	}
	return nil, nil
}

// Version gives the version of that name. Where both results are nil, the server
// does not serve it. A version that is served but whose resources are not known
// is a failure: whether it can be used cannot be determined.
func (g *Group) Version(name string) (*Version, *Failure) {
	for i := range g.Versions {
		if v := &g.Versions[i]; v.Name == name {
			if f := v.Resources.Unknown(); f != nil {
				return nil, f
			}
			return v, nil
		}
	}
	return nil, nil
}

// Review gives the answer to a review, and why there is none.
func (s *Snapshot) Review(r Review) Fact[ReviewAnswer] {
	f := s.Reviews[r]
	if !f.Asked() {
		f.Failure = s.Unasked
	}
	return f
}

// FailUnasked keeps f as the reason for every fact that nobody has asked for.
func (s *Snapshot) FailUnasked(f *Failure) {
	failUnasked(&s.Core, f)
	failUnasked(&s.Named, f)
	failUnasked(&s.Confirmed, f)
	failUnasked(&s.Version, f)
	failUnasked(&s.ServerAddresses, f)
	if s.Unasked == nil {
		s.Unasked = f
	}
}

func failUnasked[T any](fact *Fact[T], f *Failure) {
	if !fact.Asked() {
		fact.Failure = f
	}
}

// Needs says what of a snapshot is to be asked for.
type Needs struct {
	// Documents are the discovery documents of /api and /apis.
	Documents bool
	// Version is GET /version.
	Version bool
	// ServerAddresses is the plain document of GET /api.
	ServerAddresses bool
	// Fields are questions to the OpenAPI documents, each once.
	Fields []FieldQuery
	// Reviews are access reviews. One that is named twice is asked once.
	Reviews []Review
	// Available are group versions whose own documents are asked for, each once.
	Available []kubeapi.GroupVersion
	// Lists are group versions whose resources are asked for in their own documents,
	// each once.
	Lists []kubeapi.GroupVersion
}

// Empty tells whether nothing is to be asked for.
func (n Needs) Empty() bool {
	return !n.Documents && !n.Version && !n.ServerAddresses && len(n.Fields) == 0 && len(n.Reviews) == 0 &&
		len(n.Available) == 0 && len(n.Lists) == 0
}
