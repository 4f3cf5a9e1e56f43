package jsonwalk

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Text reads a string. Null is empty.
func (w *Walker) Text() string {
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

// AtMost reads a string of at most limit bytes, or of any number where limit is 0. Null is
// empty.
func (w *Walker) AtMost(limit int) string {
	s := w.Text()
	if limit > 0 && len(s) > limit && w.err == nil {
		w.Failf("it is longer than %d bytes", limit)
	}
	return s
}

// Bool reads true or false. It gives nil for null.
func (w *Walker) Bool() *bool {
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

// TextOf reads a string, as [Walker.AtMost] does, in one member of an object, and passes over
// the others.
func (w *Walker) TextOf(wanted string, limit int) string {
	var text string
	for name := range w.Members() {
		if name == wanted {
			text = w.AtMost(limit)
		} else {
			w.Skip()
		}
	}
	return text
}

// Texts reads a list of strings, each as [Walker.AtMost] does. It gives nil for an empty one.
func (w *Walker) Texts(limit int) []string {
	w.list = w.list[:0]
	for range w.Elements() {
		w.Take(&w.Left.Texts, "list items")
		w.list = append(w.list, w.AtMost(limit))
	}
	if w.err != nil || len(w.list) == 0 {
		return nil
	}
	return slices.Clone(w.list)
}

// Set reads true, or what is not.
func (w *Walker) Set() bool {
	b := w.Bool()
	return b != nil && *b
}

// intern gives what a JSON string stands for that the decoder has checked. It is the same
// string for the same text where that was seen lately.
func (w *Walker) intern(quoted jsontext.Value) string {
	text := quoted[1 : len(quoted)-1]
	if len(text) == 0 || len(text) > 64 {
		return string(unquote(quoted))
	}
	// It needs no better hash: of two texts in the same slot, one is made anew.
	last := len(text) - 1
	hash := uint(last)*131 + uint(text[0])*31 + uint(text[last/2])*7 + uint(text[last])
	slot := &w.cache[hash%uint(len(w.cache))]
	if *slot == string(text) {
		return *slot
	}
	// Only texts without escapes are kept, because they are compared with quoted ones.
	if plain := unquote(quoted); len(plain) != len(text) {
		return string(plain)
	}
	*slot = string(text)
	return *slot
}

// unquote gives what a JSON string stands for that the decoder has checked. It is shorter
// than the text between the quotes where that has escapes.
func unquote(quoted jsontext.Value) []byte {
	text := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		text, _ = jsontext.AppendUnquote(nil, quoted)
	}
	return text
}
