package jsonwalk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// What a document may hold at most, unless its reader sets other limits.
const (
	maxMembers = 1_000 // names in one object
	maxDepth   = 64    // levels of nesting in what is skipped
)

// Limits is how much a document may still hold.
type Limits struct{ Groups, Versions, Resources, Texts int }

// Walker reads one JSON document from its start to its end, token by token, so that a limit
// holds before what exceeds it is kept. Duplicate names and invalid UTF-8 are errors. The
// first error ends the walk: each method then does nothing and gives a zero value, and the
// caller asks for the error once, by [Walker.End].
type Walker struct {
	lexer

	// Left is what the document may still hold.
	Left Limits
	// MaxMembers and MaxDepth are how many names one object may have, and how deep what
	// is skipped may be nested.
	MaxMembers, MaxDepth int

	// Documents repeat the same few names. A cache of fixed size shares them,
	// without growing on a document that does not.
	cache [512]string
	list  []string // of texts, before it is copied
	lists [64]seenList
	kept  strings.Builder
}

// New gives a walker of the document that r has.
func New(r io.Reader, l Limits) *Walker {
	return &Walker{lexer: newLexer(r), Left: l, MaxMembers: maxMembers, MaxDepth: maxDepth}
}

// Err gives the error that ended the walk, if one did.
func (w *Walker) Err() error { return w.err }

// Kind gives the kind of the value that comes next.
func (w *Walker) Kind() jsontext.Kind { return w.next() }

// Offset is how many bytes of the document were read.
func (w *Walker) Offset() int64 { return w.offset() }

// Members reads an object and gives the name of each member. Whoever ranges over
// it reads each value. Null has no members.
func (w *Walker) Members() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !w.open(jsontext.KindBeginObject, "an object") {
			return
		}
		for n := 0; ; n++ {
			if name, found := w.member(n); !found || !yield(w.intern(name)) {
				return
			}
		}
	}
}

// member gives the name of member n of an object, and whether there is one. It lasts until
// something else is read.
func (w *Walker) member(n int) (name []byte, found bool) {
	if w.err != nil {
		return nil, false
	}
	kind, name := w.read()
	if kind != jsontext.KindString {
		return nil, false
	}
	if n >= w.MaxMembers {
		w.Failf("an object has more than %d names", w.MaxMembers)
	}
	return name, w.err == nil
}

// EachOf reads an object that may have so many names, whatever [Walker.MaxMembers] says of
// those in it.
func (w *Walker) EachOf(most int, read func(name string)) {
	inner := w.MaxMembers
	w.MaxMembers = most
	for name := range w.Members() {
		w.MaxMembers = inner
		read(name)
		w.MaxMembers = most
	}
	w.MaxMembers = inner
}

// Elements reads a list and gives the index of each element. Whoever ranges over
// it reads each value. Null has no elements, and no element may be null.
func (w *Walker) Elements() iter.Seq[int] {
	return func(yield func(int) bool) {
		if !w.open(jsontext.KindBeginArray, "a list") {
			return
		}
		for n, more := 0, true; more && w.element(false); n++ {
			more = yield(n)
		}
	}
}

// AnyElements is like [Walker.Elements], for a list in which null may stand.
func (w *Walker) AnyElements() iter.Seq[int] {
	return func(yield func(int) bool) {
		if !w.open(jsontext.KindBeginArray, "a list") {
			return
		}
		for n, more := 0, true; more && w.element(true); n++ {
			more = yield(n)
		}
	}
}

// element tells whether a list has one more element.
func (w *Walker) element(nullable bool) bool {
	if w.err != nil {
		return false
	}
	switch kind := w.next(); {
	case kind == jsontext.KindEndArray:
		w.read()
		return false
	case kind == jsontext.KindNull && !nullable:
		w.read()
		w.Failf("null stands in a list")
		return false
	}
	return w.err == nil
}

// Root tells whether the document is an object, and ends the walk if it is not.
func (w *Walker) Root() bool {
	if kind := w.next(); kind != jsontext.KindBeginObject {
		w.read()
		w.mismatch(kind, "an object")
		return false
	}
	return true
}

func (w *Walker) open(kind jsontext.Kind, what string) bool {
	if w.err != nil {
		return false
	}
	switch got, _ := w.read(); {
	case w.err != nil || got == jsontext.KindNull:
		return false
	case got != kind:
		w.mismatch(got, what)
		return false
	}
	return true
}

// Skip reads a value that nobody needs. It is checked to be JSON all the same.
func (w *Walker) Skip() {
	if w.err != nil {
		return
	}
	floor := len(w.levels)
	for {
		w.read()
		if w.err != nil || len(w.levels) <= floor {
			return
		}
		if len(w.levels) > w.MaxDepth {
			w.err = &faultError{what: fmt.Sprintf("it is nested deeper than %d levels", w.MaxDepth)}
			return
		}
		// The names of an open object are kept.
		if top := w.levels[len(w.levels)-1]; top.end == '}' && top.count > w.MaxMembers {
			w.Failf("an object has more than %d names", w.MaxMembers)
			return
		}
	}
}

// End reads to the end of the document, behind which there is only white space.
func (w *Walker) End() error {
	for w.err == nil {
		if len(bytes.Trim(w.buf[w.pos:], " \t\r\n")) > 0 {
			w.err = &faultError{what: "something follows the end of the document"}
			break
		}
		w.pos = len(w.buf)
		if !w.fill() {
			if !errors.Is(w.last, io.EOF) {
				w.err = w.last
			}
			break
		}
	}
	return w.err
}

// Take counts one more of something that is limited.
func (w *Walker) Take(left *int, what string) {
	if *left--; *left < 0 && w.err == nil {
		w.err = &faultError{what: "it has too many " + what}
	}
}
