package document

import (
	"encoding/json"
	"io"
	"iter"
	"strings"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Write writes a document.
func Write(w io.Writer, doc any) error {
	text, err := encode(doc, "")
	if err != nil {
		return err
	}
	if _, err = io.WriteString(w, safe.Seal(text, safe.Document)); err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

// encode returns a document without its last newline. All lines but the first
// begin with the prefix.
func encode(doc any, prefix string) (string, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	// No escaping for HTML here; Seal escapes the rest.
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	err := encoder.Encode(doc)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// List marks the place of a list that is written item by item: package json
// would hold a whole document in memory several times.
type List struct{}

// listMark is the text that a List is encoded as.
const listMark = `"\u0001"`

// MarshalJSON returns the mark.
func (List) MarshalJSON() ([]byte, error) { return []byte(listMark), nil }

// WriteLists writes a document with the lists in the places of its Lists, in
// order. No text from outside may come before the last of them.
func WriteLists(w io.Writer, doc any, lists ...iter.Seq[any]) error {
	skeleton, err := encode(doc, "")
	if err != nil {
		return err
	}
	parts := strings.SplitN(skeleton, listMark, len(lists)+1)
	for i, part := range parts {
		if _, err := io.WriteString(w, safe.Seal(part, safe.Document)); err != nil {
			return err
		}
		if i == len(lists) {
			break
		}
		line := part[strings.LastIndex(part, "\n")+1:]
		if err := writeList(w, line[:len(line)-len(strings.TrimLeft(line, " "))], lists[i]); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "\n")
	return err
}

// writeList writes a list that begins on an indented line.
func writeList(w io.Writer, indent string, items iter.Seq[any]) error {
	before, end := "[", "[]"
	for item := range items {
		text, err := encode(item, indent+"  ")
		if err == nil {
			_, err = io.WriteString(w, before+"\n"+indent+"  "+safe.Seal(text, safe.Document))
		}
		if err != nil {
			return err
		}
		before, end = ",", "\n"+indent+"]"
	}
	_, err := io.WriteString(w, end)
	return err
}

// OrNull returns null for an empty text.
func OrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
