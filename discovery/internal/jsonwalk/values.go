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
	if !w.open(jsontext.KindBeginObject, "an object") {
		return ""
	}
	for n := 0; ; n++ {
		switch name, found := w.member(n); {
		case !found:
			return text
		case string(name[1:len(name)-1]) == wanted || string(unquote(name)) == wanted:
			text = w.AtMost(limit)
		default:
			w.Skip()
		}
	}
}

// Texts reads a list of strings, each as [Walker.AtMost] does. It gives nil for an empty one.
// The list is shared with others, and must not be changed.
func (w *Walker) Texts(limit int) []string {
	if w.err != nil {
		return nil
	}
	ahead, seen := w.seenList()
	if ahead != nil && seen.limit == limit && seen.source == string(ahead) && len(seen.list) <= w.Left.Texts {
		if _, err := w.dec.ReadValue(); err != nil {
			w.fail(err)
			return nil
		}
		w.Left.Texts -= len(seen.list)
		return seen.list
	}
	// The decoder reuses its buffer.
	source, begin := string(ahead), w.dec.InputOffset()
	list := w.texts(limit)
	if list != nil && int(w.dec.InputOffset()-begin) == len(source) {
		*seen = seenList{source, limit, list}
	}
	return list
}

// seenList is a list that was read, and how it is written. Documents repeat a few, such as those
// of verbs, and to compare a text is faster than to read it word by word.
type seenList struct {
	source string
	limit  int
	list   []string
}

// seenList gives what comes next up to the first end of a list, or nil where that is far, and
// where it may have been seen.
func (w *Walker) seenList() (ahead []byte, seen *seenList) {
	const longest = 256
	ahead = w.dec.UnreadBuffer()
	end := bytes.IndexByte(ahead[:min(len(ahead), longest)], ']')
	if end < 0 {
		return nil, nil
	}
	hash := uint(end)*31 + uint(ahead[end/2])*7 + uint(ahead[end/3])
	return ahead[:end+1], &w.lists[hash%uint(len(w.lists))]
}

func (w *Walker) texts(limit int) []string {
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
