package wire

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

type (
	Group         = model.Group
	Version       = model.Version
	Resource      = model.Resource
	Subresource   = model.Subresource
	ResourcesFact = model.Fact[[]Resource]
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
type table[T any] []row[T]

type row[T any] struct {
	names names
	jsonwalk.Value[T]
	// optional, since and omit are those of [jsonwalk.Member], for the saved form.
	optional bool
	since    int
	omit     func(*T) bool
}

// in gives the members that one form has.
func (t table[T]) in(form int) jsonwalk.Object[T] {
	var object jsonwalk.Object[T]
	for _, r := range t {
		if r.names[form] != "" {
			object = append(object, jsonwalk.Member[T]{Name: r.names[form], Value: r.Value, Optional: r.optional, Since: r.since, Omit: r.omit})
		}
	}
	return object
}

func savedOnly[T any](m jsonwalk.Member[T]) row[T] {
	return row[T]{names: names{saved: m.Name}, Value: m.Value, optional: m.Optional, since: m.Since, omit: m.Omit}
}

// Fact is a member of a saved object that has either a value or a failure. It is left out
// where nobody asked.
func Fact[T, V any](name string, at func(*T) *model.Fact[V], value jsonwalk.Value[V]) jsonwalk.Member[T] {
	object := jsonwalk.Object[model.Fact[V]]{
		{Name: "value", Optional: true, Omit: func(f *model.Fact[V]) bool { return !f.Known }, Value: jsonwalk.Value[model.Fact[V]]{
			Read: func(w *jsonwalk.Walker, f *model.Fact[V]) {
				value.Read(w, &f.Value)
				f.Known = true
			},
			Write: func(e *jsonwalk.Encoder, f *model.Fact[V]) { value.Write(e, &f.Value) },
		}},
		{Name: "failure", Optional: true, Omit: func(f *model.Fact[V]) bool { return f.Known }, Value: jsonwalk.Value[model.Fact[V]]{
			Read: func(w *jsonwalk.Walker, f *model.Fact[V]) {
				f.Failure = &model.Failure{}
				failure.ReadStrict(w, f.Failure)
			},
			Write: func(e *jsonwalk.Encoder, f *model.Fact[V]) { failure.Write(e, f.Failure) },
		}},
	}
	fact := object.Strict(func(w *jsonwalk.Walker, f *model.Fact[V]) {
		if f.Known == (f.Failure != nil) {
			w.Failf("it has to have either a value or a failure")
		}
	})
	return jsonwalk.Member[T]{
		Name: name, Optional: true, Omit: func(t *T) bool { return !at(t).Asked() },
		Value: jsonwalk.Value[T]{
			Read:  func(w *jsonwalk.Walker, t *T) { fact.Read(w, at(t)) },
			Write: func(e *jsonwalk.Encoder, t *T) { fact.Write(e, at(t)) },
		},
	}
}

var failure = jsonwalk.Object[model.Failure]{
	{Name: "code", Value: jsonwalk.Value[model.Failure]{
		Read: func(w *jsonwalk.Walker, f *model.Failure) {
			f.Code = model.FailureCode(w.Text())
			if !slices.Contains(model.FailureCodes(), f.Code) {
				w.Failf("%s is not a code of a failure", text.Quote(string(f.Code)))
			}
		},
		Write: func(e *jsonwalk.Encoder, f *model.Failure) { e.Text(string(f.Code)) },
	}},
	{Name: "message", Value: jsonwalk.Value[model.Failure]{
		Read:  func(w *jsonwalk.Walker, f *model.Failure) { f.Message = text.Cut(w.Required(), text.MaxMessage) },
		Write: func(e *jsonwalk.Encoder, f *model.Failure) { e.Text(f.Message) },
	}},
}

// checked is a value that is refused where check gives an error.
func checked[T any](value jsonwalk.Value[T], check func(T) error) jsonwalk.Value[T] {
	return jsonwalk.Value[T]{Write: value.Write, Read: func(w *jsonwalk.Walker, t *T) {
		value.Read(w, t)
		if err := check(*t); err != nil {
			w.Failf("%v", err)
		}
	}}
}
