package wire

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

type (
	// Group is an API group.
	Group = model.Group
	// Version is one version of a group.
	Version = model.Version
	// Resource is a top-level resource of a group version.
	Resource = model.Resource
	// Subresource is a subresource, such as log of pods.
	Subresource = model.Subresource

	resourcesFact = model.Fact[[]Resource]
)

// The forms in which the same object is written.
const (
	aggregated = iota // APIGroupDiscoveryList
	plain             // APIVersions, APIGroupList, APIResourceList and /version
	saved             // a saved snapshot: the only form that is also written
	forms
)

// names are what each form calls a member. A form that does not have it has no name.
type names [forms]string

// table is all that is known of the members of a T, in each form.
type table[P any] []row[P]

type row[P any] struct {
	names names
	jsonwalk.Value[P]
	// optional, since and omit are those of [jsonwalk.Member], for the saved form.
	optional bool
	since    int
	omit     func(P) bool
}

// in gives the members that one form has.
func (t table[P]) in(form int) jsonwalk.Object[P] {
	var object jsonwalk.Object[P]
	for _, r := range t {
		if r.names[form] != "" {
			object = append(object, jsonwalk.Member[P]{Name: r.names[form], Value: r.Value, Optional: r.optional, Since: r.since, Omit: r.omit})
		}
	}
	return object
}

func savedOnly[P any](m jsonwalk.Member[P]) row[P] {
	return row[P]{names: names{saved: m.Name}, Value: m.Value, optional: m.Optional, since: m.Since, omit: m.Omit}
}

// Fact is a member of a saved object that has either a value or a failure. It is left out
// where nobody asked. At gives where the parts of the fact are.
func Fact[P, V any](name string, at func(P) (V, *bool, **model.Failure), value jsonwalk.Value[V]) jsonwalk.Member[P] {
	part := func(p P) *fact {
		v, known, failure := at(p)
		return &fact{known, failure, func(w *jsonwalk.Walker) { value.Read(w, v) }, func(e *jsonwalk.Encoder) { value.Write(e, v) }}
	}
	return jsonwalk.Member[P]{
		Name: name, Optional: true,
		Omit: func(p P) bool { f := part(p); return !*f.known && *f.failure == nil },
		Value: jsonwalk.Value[P]{
			Read:  func(w *jsonwalk.Walker, p P) { savedFact.Read(w, part(p)) },
			Write: func(e *jsonwalk.Encoder, p P) { savedFact.Write(e, part(p)) },
		},
	}
}

// fact is a [model.Fact] of any type.
type fact struct {
	known   *bool
	failure **model.Failure
	read    func(*jsonwalk.Walker)
	write   func(*jsonwalk.Encoder)
}

var savedFact = jsonwalk.Object[*fact]{
	{Name: "value", Optional: true, Omit: func(f *fact) bool { return !*f.known }, Value: jsonwalk.Value[*fact]{
		Read: func(w *jsonwalk.Walker, f *fact) {
			f.read(w)
			*f.known = true
		},
		Write: func(e *jsonwalk.Encoder, f *fact) { f.write(e) },
	}},
	{Name: "failure", Optional: true, Omit: func(f *fact) bool { return *f.known }, Value: jsonwalk.Value[*fact]{
		Read: func(w *jsonwalk.Walker, f *fact) {
			*f.failure = &model.Failure{}
			failure.ReadStrict(w, *f.failure)
		},
		Write: func(e *jsonwalk.Encoder, f *fact) { failure.Write(e, *f.failure) },
	}},
}.Strict(func(w *jsonwalk.Walker, f *fact) {
	if *f.known == (*f.failure != nil) {
		w.Failf("it has to have either a value or a failure")
	}
})

var failure = jsonwalk.Object[*model.Failure]{
	{Name: "code", Value: jsonwalk.Value[*model.Failure]{
		Read: func(w *jsonwalk.Walker, f *model.Failure) {
			f.Code = model.FailureCode(w.Text())
			if !slices.Contains(model.FailureCodes(), f.Code) {
				w.Failf("%s is not a code of a failure", text.Quote(string(f.Code)))
			}
		},
		Write: func(e *jsonwalk.Encoder, f *model.Failure) { e.Text(string(f.Code)) },
	}},
	{Name: "message", Value: jsonwalk.Value[*model.Failure]{
		Read:  func(w *jsonwalk.Walker, f *model.Failure) { f.Message = text.Cut(w.Required(), text.MaxMessage) },
		Write: func(e *jsonwalk.Encoder, f *model.Failure) { e.Text(f.Message) },
	}},
}

// checked is a value that is refused where check gives an error.
func checked[T any](value jsonwalk.Value[*T], check func(T) error) jsonwalk.Value[*T] {
	return jsonwalk.Value[*T]{Write: value.Write, Read: func(w *jsonwalk.Walker, t *T) {
		value.Read(w, t)
		if err := check(*t); err != nil {
			w.Failf("%v", err)
		}
	}}
}
