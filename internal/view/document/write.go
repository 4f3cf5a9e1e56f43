package document

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Write writes a document.
func Write(w io.Writer, doc any) error { return WriteLists(w, doc) }

// seal writes a part of a document that ends with a character.
func seal(w io.Writer, text []byte) error {
	if safe.Ordinary(text) {
		_, err := w.Write(text)
		return err
	}
	_, err := io.WriteString(w, safe.Seal(string(text), safe.Document))
	return err
}

// newEncoder returns an encoder of documents, all of whose lines but the first begin with the prefix.
func newEncoder(w io.Writer, prefix string) *json.Encoder {
	encoder := json.NewEncoder(w)
	// No escaping for HTML here; Seal escapes the rest.
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	return encoder
}

// List is a list that is written item by item: package json would hold a whole document in memory several times. In the
// document, it is null.
type List struct {
	// Key is its name in the document.
	Key string
	// Item returns each item below Len, and nil for one that is left out.
	Item func(int) any
	Len  int
}

// WriteLists writes a document with lists, which are in its order.
func WriteLists(w io.Writer, doc any, lists ...List) error {
	var b bytes.Buffer
	if err := newEncoder(&b, "").Encode(doc); err != nil {
		return err
	}
	text := b.Bytes()
	for _, list := range lists {
		// No text from outside has a quote without a backslash.
		key := `"` + list.Key + `": `
		at := bytes.Index(text, []byte(key+"null")) + len(key)
		before := text[:at]
		text = text[at+len("null"):]
		if err := seal(w, before); err != nil {
			return err
		}
		line := before[bytes.LastIndexByte(before, '\n')+1:]
		if err := writeList(w, string(line[:len(line)-len(bytes.TrimLeft(line, " "))]), list); err != nil {
			return err
		}
	}
	return seal(w, text)
}

// writeList writes a list that begins on an indented line.
func writeList(w io.Writer, indent string, list List) error {
	before, end := "[", "[]"
	var b bytes.Buffer
	encoder := newEncoder(&b, indent+"  ")
	for i := range list.Len {
		item := list.Item(i)
		if item == nil {
			continue
		}
		b.Reset()
		b.WriteString(before + "\n" + indent + "  ")
		err := encoder.Encode(item)
		if err == nil {
			err = seal(w, b.Bytes()[:b.Len()-1]) // without the newline of the encoder
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
