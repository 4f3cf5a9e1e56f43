package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// facets judges the declared facets of something that is served. What is not declared
// is not judged.
type facets struct {
	// of names the owner of the facets, such as "pods" or "pods/log".
	of          string
	differences []difference
	// unknown is set if the server omits a declared facet.
	unknown *unknown
}

func (f *facets) kind(declared *config.Value[string], served string) {
	switch {
	case declared == nil || declared.Value == served:
	case served == "":
		f.unknown = unsaid("the kind of " + f.of)
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
		f.unknown = unsaid("the scope of " + f.of)
	default:
		f.differs(Difference{
			Code: ScopeMismatch, Facet: "scope", Declared: string(declared.Value), Found: string(served), Range: declared.Range,
		})
	}
}

// verbs adds a difference for each declared verb that is not served.
func (f *facets) verbs(declared []config.Value[string], served []string) {
	for _, verb := range declared {
		if !slices.Contains(served, verb.Value) {
			f.differences = append(f.differences, difference{
				Difference{Code: VerbNotServed, Facet: "verbs", Declared: verb.Value, Range: verb.Range},
				func(h *hinter) string { return h.verb(verb.Value, served) },
			})
		}
	}
}

func (f *facets) differs(d Difference) {
	f.differences = append(f.differences, difference{Difference: d})
}

// outcome is drift if any facet differs, even if others are not known. It shows found
// if all hold.
func (f *facets) outcome(r config.Requirement, found string) ruling {
	switch {
	case len(f.differences) > 0:
		return drifted(r, f.differences...)
	case f.unknown != nil:
		return undetermined(r, f.unknown)
	}
	return holds(r, "", found)
}

// unsaid is for something that the documents omit, or that cannot be read.
func unsaid(what string) *unknown {
	return unanswered(discovery.InvalidResponse, "the server does not say "+what)
}
