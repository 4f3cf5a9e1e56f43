package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// facets judges the facets of something that is served. One that is not declared
// asserts nothing.
type facets struct {
	// judge gives the hints.
	judge *judge
	// of names what has the facets, such as "pods" or "pods/log".
	of          string
	differences []Difference
	// untold is set where the server does not tell a facet that is declared.
	untold *discovery.Failure
}

func (f *facets) kind(declared *config.Value[string], served string) {
	switch {
	case declared == nil || declared.Value == served:
	case served == "":
		f.untold = untold("the kind of " + f.of)
	default:
		f.differs(Difference{
			Code: KindMismatch, Facet: "kind", Declared: declared.Value, Found: served, Range: declared.Range,
		})
	}
}

func (f *facets) scope(declared *config.Value[kubeapi.Scope], served kubeapi.Scope) {
	switch {
	case declared == nil || declared.Value == served:
	case !slices.Contains(kubeapi.Scopes(), served):
		f.untold = untold("the scope of " + f.of)
	default:
		f.differs(Difference{
			Code: ScopeMismatch, Facet: "scope", Declared: string(declared.Value), Found: string(served), Range: declared.Range,
		})
	}
}

// verbs gives a difference for each declared verb that is not served.
func (f *facets) verbs(declared []config.Value[string], served []string) {
	for _, verb := range declared {
		if !slices.Contains(served, verb.Value) {
			f.differs(Difference{
				Code: VerbNotServed, Facet: "verbs", Declared: verb.Value, Hint: f.judge.verbHint(verb.Value, served), Range: verb.Range,
			})
		}
	}
}

func (f *facets) differs(d Difference) {
	f.differences = append(f.differences, f.judge.short(d))
}

// outcome is drift where any facet differs, whatever is not told of others. Found is shown
// where all hold.
func (f *facets) outcome(r config.Requirement, found string) Finding {
	switch {
	case len(f.differences) > 0:
		return drifted(r, f.differences...)
	case f.untold != nil:
		return undetermined(r, f.untold)
	}
	return holds(r, "", shown(found))
}

// untold is the failure to learn something that the documents leave out, or say
// in a way that cannot be read.
func untold(what string) *discovery.Failure {
	return &discovery.Failure{Code: discovery.InvalidResponse, Message: "the server does not tell " + what}
}
