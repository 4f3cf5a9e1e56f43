package jsonwalk

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// Value reads and writes a part of what a P points to. P is always a pointer: the compiler
// then makes one function for all types in place of one for each.
type Value[P any] struct {
	Read func(*Walker, P)
	// Write is nil where the value is only read.
	Write func(*Encoder, P)
}

// Member is one member of an object that a P points to.
type Member[P any] struct {
	Name string
	Value[P]
	// Optional members may be missing where an object is read strictly.
	Optional bool
	// Since is the minor version of the format that brought the member.
	Since int
	// Omit tells whether the member is left out when it is written. Nil never does.
	Omit func(P) bool
}

// Object is the table of the members that an object has, in the order in which they are
// written.
type Object[P any] []Member[P]

// Read reads an object and passes over the members that it does not know.
func (o Object[P]) Read(w *Walker, t P) {
	// This is [Walker.Members] without its closures, of which each object would need one.
	if !w.open(jsontext.KindBeginObject, "an object") {
		return
	}
	next := 0
	for n := 0; ; n++ {
		name, found := w.member(n)
		if !found {
			return
		}
		if i := o.find(name, next); i >= 0 {
			o[i].Read(w, t)
			next = i + 1
		} else {
			w.Skip()
		}
	}
}

// ReadMember reads the value of the member of that name, and tells whether it knows it.
func (o Object[P]) ReadMember(w *Walker, name string, t P) bool {
	i := o.find(name, 0)
	if i >= 0 {
		o[i].Read(w, t)
	}
	return i >= 0
}

// find looks for a member from next on: most documents keep to one order.
func (o Object[P]) find(name string, next int) int {
	for i := next; i < len(o); i++ {
		if o[i].Name == name {
			return i
		}
	}
	for i := range min(next, len(o)) {
		if o[i].Name == name {
			return i
		}
	}
	return -1
}

// ReadStrict reads an object of a format that leaves nothing open: a member that is not in
// the table, one that is null and a required one that is missing are errors.
func (o Object[P]) ReadStrict(w *Walker, t P) {
	var seen uint64 // a bit for each member
	next := 0
	for name := range w.Members() {
		i := o.find(name, next)
		if i < 0 || o[i].Since > w.Minor {
			w.Failf("this member is not part of the format")
			return
		}
		seen |= 1 << i
		if w.Kind() == jsontext.KindNull {
			w.token()
			w.Failf("null stands where a value is expected")
			return
		}
		o[i].Read(w, t)
		next = i + 1
	}
	var missing []string
	for i, m := range o {
		if seen&(1<<i) == 0 && !m.Optional {
			missing = append(missing, m.Name)
		}
	}
	if len(missing) > 0 {
		w.Failf("it has no %s", strings.Join(missing, ", "))
	}
}

// Strict is the value of an object that is read strictly. Check is called once it is read,
// unless it is nil.
func (o Object[P]) Strict(check func(*Walker, P)) Value[P] {
	return Value[P]{
		Read: func(w *Walker, t P) {
			o.ReadStrict(w, t)
			if check != nil && w.err == nil {
				check(w, t)
			}
		},
		Write: o.Write,
	}
}

// Write writes an object.
func (o Object[P]) Write(e *Encoder, t P) {
	e.Object(func() {
		for i := range o {
			if m := &o[i]; m.Omit == nil || !m.Omit(t) {
				e.Name(m.Name)
				m.Write(e, t)
			}
		}
	})
}

// Text is a string that is at most limit bytes long, or any where limit is 0.
func Text[P any, S ~string](at func(P) *S, limit int) Value[P] {
	return Value[P]{
		func(w *Walker, t P) {
			if limit > 0 {
				*at(t) = S(w.AtMost(limit))
			} else {
				*at(t) = S(w.Text())
			}
		},
		func(e *Encoder, t P) { e.Text(string(*at(t))) },
	}
}

// Required is a string that is not empty.
func Required[P any](at func(P) *string) Value[P] {
	return Value[P]{
		func(w *Walker, t P) { *at(t) = w.Required() },
		func(e *Encoder, t P) { e.Text(*at(t)) },
	}
}

// Message is a text that a server wrote for people. One that is too long is cut.
func Message[P any](at func(P) *string) Value[P] {
	return Value[P]{
		func(w *Walker, t P) { *at(t) = text.Cut(w.Text(), text.MaxMessage) },
		func(e *Encoder, t P) { e.Text(*at(t)) },
	}
}

// Bool is true or false, and false where it is null.
func Bool[P any](at func(P) *bool) Value[P] {
	return Value[P]{
		func(w *Walker, t P) { *at(t) = w.Set() },
		func(e *Encoder, t P) { e.Bool(*at(t)) },
	}
}

// Texts is a list of strings, and nil where it is empty.
func Texts[P any](at func(P) *[]string) Value[P] {
	return Value[P]{
		func(w *Walker, t P) { *at(t) = w.Texts() },
		func(e *Encoder, t P) { WriteList(e, *at(t), func(e *Encoder, s *string) { e.Text(*s) }) },
	}
}

// Time is a time in RFC 3339.
func Time[P any](at func(P) *time.Time) Value[P] {
	return Value[P]{
		func(w *Walker, t P) {
			s := w.Text()
			parsed, err := time.Parse(time.RFC3339Nano, s)
			if err != nil {
				w.Failf("%s is not a time such as 2026-01-31T12:00:00Z", text.Quote(s))
			}
			*at(t) = parsed
		},
		func(e *Encoder, t P) { e.Text(at(t).UTC().Format(time.RFC3339Nano)) },
	}
}

// List is a list of items, and nil where it is empty. Count is called before each item.
func List[P, E any](at func(P) *[]E, count func(*Walker), item Value[*E]) Value[P] {
	return Value[P]{
		func(w *Walker, t P) {
			if !w.open(jsontext.KindBeginArray, "a list") {
				return
			}
			items := at(t)
			for w.element(false) {
				count(w)
				*items = append(*items, *new(E))
				item.Read(w, &(*items)[len(*items)-1])
			}
		},
		func(e *Encoder, t P) { WriteList(e, *at(t), item.Write) },
	}
}
