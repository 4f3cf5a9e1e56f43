package discovery

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// walker reads one JSON document from its start to its end, token by token, so
// that a limit holds before what exceeds it is kept. Duplicate names and invalid
// UTF-8 are errors. The first error ends the walk: each method then does nothing
// and gives a zero value, and the caller asks for err once, at the end.
type walker struct {
	from   io.Reader
	dec    *jsontext.Decoder
	limits limits
	// maxMembers and maxDepth are how many names one object may have, and how deep
	// what is skipped may be nested.
	maxMembers, maxDepth int

	err error

	// Documents repeat the same few names. A cache of fixed size shares them,
	// without growing on a document that does not.
	seed  maphash.Seed
	cache [512]string
	list  []string // of texts, before it is copied
}

func newWalker(r io.Reader, l limits) *walker {
	return &walker{from: r, dec: jsontext.NewDecoder(r), limits: l, maxMembers: maxMembers, maxDepth: maxDepth, seed: maphash.MakeSeed()}
}

// brokenError says where and how a document is not what it should be.
type brokenError struct {
	at   jsontext.Pointer
	what string
	err  error
}

func (e *brokenError) Error() string {
	if e.at == "" {
		return e.what
	}
	return fmt.Sprintf("at %s: %s", Cut(string(e.at), maxQuote), e.what)
}

func (e *brokenError) Unwrap() error { return e.err }

// failf ends the walk because of the value that was read last.
func (w *walker) failf(format string, args ...any) {
	if w.err == nil {
		w.err = &brokenError{at: w.dec.StackPointer(), what: fmt.Sprintf(format, args...)}
	}
}

// fail ends the walk because the decoder cannot go on.
func (w *walker) fail(err error) {
	if w.err != nil {
		return
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		e := &brokenError{at: syntax.JSONPointer, err: err}
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			e.what = fmt.Sprintf("it ends in the middle, after %d bytes", syntax.ByteOffset)
		case errors.Is(err, jsontext.ErrDuplicateName):
			e.at = syntax.JSONPointer.Parent()
			e.what = fmt.Sprintf("the name %s is there twice", quote(syntax.JSONPointer.LastToken()))
		default:
			e.what = fmt.Sprintf("it is not JSON: %v after %d bytes", syntax.Err, syntax.ByteOffset)
		}
		err = e
	} else if errors.Is(err, io.EOF) {
		err = &brokenError{what: "it is empty", err: io.ErrUnexpectedEOF}
	}
	w.err = err
}

// members reads an object and gives the name of each member. Whoever ranges over
// it reads each value. Null has no members.
func (w *walker) members() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !w.open(jsontext.KindBeginObject, "an object") {
			return
		}
		for n := 0; w.err == nil; n++ {
			if w.dec.PeekKind() == jsontext.KindEndObject {
				w.token()
				return
			}
			name := w.text()
			if n == w.maxMembers {
				w.failf("an object has more than %d names", w.maxMembers)
			}
			if w.err != nil || !yield(name) {
				return
			}
		}
	}
}

// elements reads a list and gives the index of each element. Whoever ranges over
// it reads each value. Null has no elements, and no element may be null.
func (w *walker) elements() iter.Seq[int] {
	return func(yield func(int) bool) {
		if !w.open(jsontext.KindBeginArray, "a list") {
			return
		}
		for n := 0; w.err == nil; n++ {
			switch w.dec.PeekKind() {
			case jsontext.KindEndArray:
				w.token()
				return
			case jsontext.KindNull:
				w.token()
				w.failf("null stands in a list")
				return
			}
			if !yield(n) {
				return
			}
		}
	}
}

func (w *walker) open(kind jsontext.Kind, what string) bool {
	if w.err != nil {
		return false
	}
	switch got := w.token().Kind(); {
	case w.err != nil || got == jsontext.KindNull:
		return false
	case got != kind:
		w.mismatch(got, what)
		return false
	}
	return true
}

// text reads a string. Null is empty.
func (w *walker) text() string {
	if w.err != nil {
		return ""
	}
	switch kind := w.dec.PeekKind(); kind {
	case jsontext.KindString:
		value, err := w.dec.ReadValue()
		if err != nil {
			w.fail(err)
			return ""
		}
		return w.intern(value)
	case jsontext.KindNull, jsontext.KindInvalid:
		w.token()
	default:
		w.token()
		w.mismatch(kind, "a string")
	}
	return ""
}

// required reads a string that may be neither null nor empty.
func (w *walker) required() string {
	s := w.text()
	if w.err == nil && s == "" {
		w.failf("it is empty")
	}
	return s
}

// atMost reads a string of so many bytes. Null is empty.
func (w *walker) atMost(limit int) string {
	s := w.text()
	if len(s) > limit && w.err == nil {
		w.failf("it is longer than %d bytes", limit)
	}
	return s
}

// boolean reads true or false. It gives nil for null.
func (w *walker) boolean() *bool {
	if w.err != nil {
		return nil
	}
	switch token := w.token(); token.Kind() {
	case jsontext.KindTrue, jsontext.KindFalse:
		b := token.Bool()
		return &b
	case jsontext.KindNull, jsontext.KindInvalid:
		return nil
	default:
		w.mismatch(token.Kind(), "true or false")
		return nil
	}
}

// member reads the text of one member of an object, and passes over the others.
func (w *walker) member(wanted string) string {
	var text string
	for name := range w.members() {
		if name == wanted {
			text = w.text()
		} else {
			w.skip()
		}
	}
	return text
}

// texts reads a list of strings, and gives nil for an empty one.
func (w *walker) texts() []string {
	w.list = w.list[:0]
	for range w.elements() {
		w.take(&w.limits.texts, "list items")
		w.list = append(w.list, w.text())
	}
	if w.err != nil || len(w.list) == 0 {
		return nil
	}
	return slices.Clone(w.list)
}

// skip reads a value that nobody needs. It is checked to be JSON all the same.
func (w *walker) skip() {
	if w.err != nil {
		return
	}
	floor := w.dec.StackDepth()
	for {
		w.token()
		depth := w.dec.StackDepth()
		if w.err != nil || depth <= floor {
			return
		}
		if depth > w.maxDepth {
			w.err = &brokenError{what: fmt.Sprintf("it is nested deeper than %d levels", w.maxDepth)}
			return
		}
		// The decoder remembers the names of an open object.
		if kind, n := w.dec.StackIndex(depth); kind == jsontext.KindBeginObject && n > 2*int64(w.maxMembers) {
			w.failf("an object has more than %d names", w.maxMembers)
			return
		}
	}
}

// end reads to the end of the document, behind which there is only white space.
// The decoder would keep all of that in its buffer.
func (w *walker) end() error {
	if w.err != nil {
		return w.err
	}
	buffer := make([]byte, 4<<10)
	for rest := io.MultiReader(bytes.NewReader(w.dec.UnreadBuffer()), w.from); ; {
		n, err := rest.Read(buffer)
		switch {
		case len(bytes.Trim(buffer[:n], " \t\r\n")) > 0:
			w.err = &brokenError{what: "something follows the end of the document"}
		case err != nil && err != io.EOF:
			w.err = err
		}
		if w.err != nil || err == io.EOF {
			return w.err
		}
	}
}

// take counts one more of something that is limited.
func (w *walker) take(left *int, what string) {
	if *left--; *left < 0 && w.err == nil {
		w.err = &brokenError{what: "it has too many " + what}
	}
}

func (w *walker) token() jsontext.Token {
	token, err := w.dec.ReadToken()
	if err != nil {
		w.fail(err)
	}
	return token
}

func (w *walker) mismatch(got jsontext.Kind, want string) {
	if w.err != nil {
		return
	}
	var is string
	switch got {
	case jsontext.KindNull:
		is = "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		is = "true or false"
	case jsontext.KindString:
		is = "a string"
	case jsontext.KindNumber:
		is = "a number"
	case jsontext.KindBeginObject:
		is = "an object"
	case jsontext.KindBeginArray:
		is = "a list"
	default:
		is = strconv.Quote(got.String())
	}
	w.failf("%s stands where %s is expected", is, want)
}

// intern gives the string behind a raw JSON string, the same one for the same
// text where it was seen lately.
func (w *walker) intern(raw jsontext.Value) string {
	text := []byte(raw[1 : len(raw)-1])
	if bytes.IndexByte(text, '\\') >= 0 {
		// The decoder has checked the value, so that unquoting cannot fail.
		text, _ = jsontext.AppendUnquote(nil, raw)
	}
	if len(text) > 64 {
		return string(text)
	}
	slot := &w.cache[maphash.Bytes(w.seed, text)%uint64(len(w.cache))]
	if *slot != string(text) {
		*slot = string(text)
	}
	return *slot
}
