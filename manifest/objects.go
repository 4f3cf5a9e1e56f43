package manifest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/kreconcile/kreconcile/manifest/internal/yaml"
)

// Node is a value of a manifest. Its zero value is a null.
type Node = yaml.Node

// Object is one object of a manifest: a document, or an item of a list in it.
type Object struct {
	// File is the name that [Objects] got.
	File string
	// Document is the number of the document in the file. The first one is 1; one without a value
	// does not count.
	Document int
	// Line is where the object begins in the file.
	Line int
	// Source is the template of a chart that it comes from, as helm template says in a comment
	// before it. It is empty if there is none.
	Source string
	// APIVersion, Kind and Name are empty if the object lacks them, or if they are no strings.
	APIVersion, Kind, Name string
	// Root is the object itself, which is a map.
	Root Node
}

// Error is an error in a manifest. A Document of 0 is about the whole file.
type Error struct {
	File           string
	Document, Line int
	Message        string
}

func (e *Error) Error() string {
	if e.Document == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Message)
	}
	return fmt.Sprintf("%s:%d: document %d: %s", e.File, e.Line, e.Document, e.Message)
}

// MaxDocument is how many bytes a document may have.
const MaxDocument = 16 << 20

// Objects reads the objects of a file. One document is in memory at a time. A document with an error
// gives an [*Error], and the others are still read; any other error is that of r, and is the last.
//
// A document ends before a line that is --- or begins with it and a space, and after one that is
// "...". In JSON, one object may follow another. Where helm prints notes, from the line NOTES: to
// the next ---, they are skipped.
func Objects(file string, r io.Reader) iter.Seq2[*Object, error] {
	return func(yield func(*Object, error) bool) {
		s := splitter{reader: bufio.NewReaderSize(r, 64<<10), begin: 1, line: 1}
		document := 0
		for more := true; more; {
			var part part
			var err error
			part, more, err = s.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if part.tooLong {
				document++
				message := fmt.Sprintf("a document has more than %d MiB", MaxDocument>>20)
				if !yield(nil, &Error{file, document, part.line, message}) {
					return
				}
				continue
			}
			for root, err := range yaml.Documents(part.text, part.line) {
				if err == nil && root.Kind == yaml.Null {
					continue
				}
				document++
				of := Object{File: file, Document: document, Source: part.source}
				if fault, ok := errors.AsType[*yaml.Error](err); ok {
					if strings.Contains(part.text, "{{") {
						fault.Message += "; a template of a chart has to be rendered by helm template"
					}
					if !yield(nil, &Error{file, document, fault.Line, fault.Message}) {
						return
					}
				} else if !objects(of, &root, yield) {
					return
				}
			}
		}
	}
}

// objects yields the object of a document, or those of a list.
func objects(of Object, root *Node, yield func(*Object, error) bool) bool {
	if root.Kind != yaml.Map {
		return yield(nil, &Error{of.File, of.Document, root.Line, "it is " + root.Kind.String() + ", and no object"})
	}
	of.Root, of.Line = *root, root.Line
	// The items of a list of one kind, as the API server sends it, have no kind themselves.
	of.Kind = strings.TrimSuffix(of.Kind, "List")
	if kind := text(root.Get("kind")); kind != "" || of.Kind == "" {
		of.APIVersion, of.Kind = text(root.Get("apiVersion")), kind
	}
	of.Name = text(root.Get("metadata").Get("name"))
	items := root.Get("items")
	if !strings.HasSuffix(of.Kind, "List") || items.Kind != yaml.List {
		return yield(&of, nil)
	}
	for i := range items.Members {
		if !objects(of, &items.Members[i].Value, yield) {
			return false
		}
	}
	return true
}

// text returns a string, and an empty one for any other value.
func text(n *Node) string {
	if n.Kind == yaml.String {
		return n.Text
	}
	return ""
}
