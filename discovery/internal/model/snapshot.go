package model

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
	// no roles without saying so. See Client.LookAgain of package discovery.
	Confirmed Fact[struct{}]
	// Version is the answer of GET /version.
	Version Fact[ServerVersion]
	// ServerAddresses are the addresses in serverAddressByClientCIDRs of the
	// plain GET /api, in the server's order.
	ServerAddresses Fact[[]string]
	// Fields is what the OpenAPI documents say of the fields that were asked for.
	// One that is not in it was not asked for.
	Fields map[FieldQuery]Fact[Field]
	// Answer answers what Fields and Schemas lack. It is nil if nothing does, and is not saved.
	Answer func(FieldQuery) Fact[Field]
	// Schemas has every field of the kinds of a group version, where they were asked for.
	Schemas map[kubeapi.GroupVersion]Fact[*Schemas]
	// Reviews are the answers to the access reviews that were asked for. One that
	// is not in it was not asked for.
	Reviews map[Review]Fact[ReviewAnswer]
	// Available is known of a group version whose own document was asked for and came.
	// One that is not in it was not asked for.
	Available map[kubeapi.GroupVersion]Fact[struct{}]
	// Unasked says why what is in none of the maps is not known, where there is more to
	// say than that nobody asked. It is not saved.
	Unasked *Failure
	// Missing says why it is not known whether a group that Named lacks is served. It
	// returns nil if the group is known not to be. A nil Missing means that every such group is known not to
	// be served. It is not saved.
	Missing func(group string) *Failure
	// IsRelease is set if the snapshot is of a release of Kubernetes, and not of a server. What
	// only a server says is unknown then, such as a vendor's suffix of its version. It is not saved.
	IsRelease bool
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

// Parts gives where the parts of the fact are, for whoever fills it in.
func (f *Fact[T]) Parts() (value *T, known *bool, failure **Failure) {
	return &f.Value, &f.Known, &f.Failure
}

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
