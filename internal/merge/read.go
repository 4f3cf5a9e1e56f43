package merge

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/result"
)

// Limits on all files together. A small text can stand for much memory: an empty object of two bytes
// is read as a target.
const (
	maxSize  = 32 // MiB
	maxItems = 50_000
	maxDepth = 100 // brackets inside one another
)

// Result is a result of plan or apply.
type Result struct {
	// Name is the file, with the number of the document if there are several in it.
	Name string
	// Report only has an error if the result could not be read.
	Report *report.Report
}

// Read reads the results in files, or in stdin for "-". There are several in a file if they follow one
// another. What cannot be read is one too.
func Read(paths []string, stdin io.Reader) []Result {
	var list []Result
	total, items := 0, 0
	for _, path := range paths {
		name := path
		if path == "-" {
			name = config.Stdin
		}
		text, err := files.ReadResult(path, stdin, maxSize)
		if total += len(text); total > maxSize<<20 {
			err = errors.New("all results together have more than " + strconv.Itoa(maxSize) + " MiB")
		}
		if err != nil {
			list = append(list, unreadable(name, 0, err))
			continue
		}
		list = append(list, readAll(name, text, &items)...)
	}
	return list
}

// readAll reads the documents of one file. It counts the items of lists.
func readAll(name string, text []byte, items *int) []Result {
	var list []Result
	for rest, line := text, 1; ; {
		blank := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		line += bytes.Count(rest[:blank], []byte("\n"))
		rest = rest[blank:]
		if len(rest) == 0 {
			break
		}
		size, err := sizeOf(rest, items)
		if err != nil {
			list = append(list, unreadable(name, line, err))
			break
		}
		r, err := result.Read(rest[:size])
		if err != nil {
			if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
				line += bytes.Count(rest[:min(int(wrong.Offset), size)], []byte("\n"))
			}
			list = append(list, unreadable(name, line, err))
			// Where the next one begins is not known.
			break
		}
		list = append(list, Result{Name: name, Report: r})
		line += bytes.Count(rest[:size], []byte("\n"))
		rest = rest[size:]
	}
	if len(list) == 0 {
		return []Result{unreadable(name, 0, errors.New("it is empty"))}
	}
	for i := range list {
		if len(list) > 1 {
			list[i].Name += "#" + strconv.Itoa(i+1)
		}
	}
	return list
}

// sizeOf returns the size of the JSON object that a text begins with. It counts the commas of lists.
func sizeOf(text []byte, items *int) (int, error) {
	if text[0] != '{' {
		return 0, errors.New("it has something other than JSON objects; a result must not be mixed with messages")
	}
	var open []byte
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			if open = append(open, c); len(open) > maxDepth {
				return 0, errors.New("it has more than " + strconv.Itoa(maxDepth) + " brackets inside one another")
			}
		case c == '}', c == ']':
			if open = open[:len(open)-1]; len(open) == 0 {
				return i + 1, nil
			}
		case c == ',' && open[len(open)-1] == '[':
			if *items++; *items > maxItems {
				return 0, errors.New("all results together have more than " + strconv.Itoa(maxItems) + " targets, findings, differences and diagnostics")
			}
		}
	}
	return 0, errors.New("it is cut off: the JSON object that begins here does not end")
}

// unreadable is the result for one that cannot be read. Line 0 is the whole file.
func unreadable(name string, line int, err error) Result {
	at := hcl.Range{Filename: name}
	if line > 0 {
		at.Start = hcl.Pos{Line: line, Column: 1}
		at.End = at.Start
	}
	return Result{Name: name, Report: &report.Report{ExitCode: 1, Diagnostics: hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Cannot read the result", Detail: report.Sentence(err.Error()), Subject: &at,
	}}}}
}
