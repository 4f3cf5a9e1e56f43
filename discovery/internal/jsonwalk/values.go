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
		return w.string()
	case jsontext.KindNull, jsontext.KindInvalid:
		w.token()
	default:
		w.token()
		w.mismatch(kind, "a string")
	}
	return ""
}

// string reads what is a string.
func (w *Walker) string() string {
	value, err := w.dec.ReadValue()
	if err != nil {
		w.fail(err)
		return ""
	}
	return w.intern(value)
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

// intern gives the string behind a raw JSON string, the same one for the same
// text where it was seen lately.
func (w *Walker) intern(raw jsontext.Value) string {
	if len(raw) == len(`""`) {
		return ""
	}
	text := raw[1 : len(raw)-1]
	// What falls into the same slot is only read anew, so that any hash will do.
	slot := &w.cache[(uint(len(text))*7+uint(text[0])*31+uint(text[len(text)/2])*5+uint(text[len(text)-1]))%uint(len(w.cache))]
	if *slot == string(text) {
		return *slot
	}
	if bytes.IndexByte(text, '\\') >= 0 {
		// The decoder has checked the value, so that unquoting cannot fail. What has escapes
		// is not what stands behind them, and is not kept.
		text, _ = jsontext.AppendUnquote(nil, raw)
		return string(text)
	}
	if len(text) > 64 {
		return string(text)
	}
	*slot = string(text)
	return *slot
}
