package jsonwalk

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Text reads a string. Null is empty.
func (w *Walker) Text() string {
	if w.err != nil {
		return ""
	}
	switch kind, text := w.read(); kind {
	case jsontext.KindString:
		return w.intern(text)
	case jsontext.KindNull, jsontext.KindInvalid:
	default:
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
	switch kind, _ := w.read(); kind {
	case jsontext.KindTrue, jsontext.KindFalse:
		b := kind == jsontext.KindTrue
		return &b
	case jsontext.KindNull, jsontext.KindInvalid:
		return nil
	default:
		w.mismatch(kind, "true or false")
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
		case string(w.unquote(name)) == wanted:
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
	var ahead []byte
	var seen *seenList
	if w.next() == jsontext.KindBeginArray {
		ahead, seen = w.seenList(w.buf[w.pos:])
	}
	if ahead != nil && seen.limit == limit && seen.source == string(ahead) && len(seen.list) <= w.Left.Texts {
		w.pass(len(ahead))
		w.Left.Texts -= len(seen.list)
		return seen.list
	}
	// The lexer reuses its buffer.
	source, begin := string(ahead), w.offset()
	list := w.texts(limit)
	if list != nil && int(w.offset()-begin) == len(source) {
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

// seenList gives the text up to the first end of a list, or nil where that is far, and where it may
// have been seen.
func (w *Walker) seenList(text []byte) (ahead []byte, seen *seenList) {
	const longest = 256
	end := bytes.IndexByte(text[:min(len(text), longest)], ']')
	if end < 0 {
		return nil, nil
	}
	hash := uint(end)*31 + uint(text[end/2])*7 + uint(text[end/3])
	return text[:end+1], &w.lists[hash%uint(len(w.lists))]
}

const listItems = "list items"

func (w *Walker) texts(limit int) []string {
	w.list = w.list[:0]
	for range w.Elements() {
		w.Take(&w.Left.Texts, listItems)
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

// intern gives what the string stands for that was read last. It is the same string for the
// same text where that was seen lately.
func (w *Walker) intern(quoted []byte) string { return w.share(w.unquote(quoted)) }

func (w *Walker) share(text []byte) string {
	if len(text) == 0 || len(text) > 64 {
		return string(text)
	}
	// It needs no better hash: of two texts in the same slot, one is made anew.
	last := len(text) - 1
	hash := uint(last)*131 + uint(text[0])*31 + uint(text[last/2])*7 + uint(text[last])
	slot := &w.cache[hash%uint(len(w.cache))]
	if *slot == string(text) {
		return *slot
	}
	*slot = w.keep(text)
	return *slot
}

// keep makes a string. Many share one piece of memory: most documents are read to be kept as a
// whole.
func (w *Walker) keep(text []byte) string {
	const most = 8 << 10
	if w.kept.Cap()-w.kept.Len() < len(text) {
		room := min(2*w.kept.Cap()+len(text), most)
		w.kept = strings.Builder{}
		w.kept.Grow(room)
	}
	begin := w.kept.Len()
	w.kept.Write(text)
	return w.kept.String()[begin:]
}
