package source

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// Source is one file of a declaration, or of variable values, as diagnostics name it.
type Source struct {
	Name  string
	Bytes []byte
	// hidden keeps what Hidden gives, and starts where the lines begin, for a view that shows many
	// lines, if the source was loaded.
	hidden func() Lines
	starts func() []int32
}

// Limits on what is read, in bytes: of one source, and of all sources of one declaration.
const (
	MaxSize  = 4 << 20
	MaxTotal = 16 << 20
)

// Stdin is the name of the source that is read from standard input.
const Stdin = "<stdin>"

// IsDeclaration tells whether a file of this name is part of the declaration that a folder is.
func IsDeclaration(name string) bool {
	return isNative(name, ".hcl") && !isNative(name, ".test.hcl") && !isKubelets(name)
}

// IsValues tells whether a file of this name is a variable file. It is never a declaration, so
// that a folder of declarations does not swallow one.
func IsValues(name string) bool { return isNative(name, ".hclvars") }

// isNative tells whether a name has an ending, perhaps with the one of JSON behind it.
func isNative(name, ending string) bool {
	return strings.HasSuffix(strings.TrimSuffix(name, ".json"), ending)
}

// IsJSON tells whether the source is HCL's JSON syntax. Standard input has no ending: there, a
// brace at the beginning tells, as no declaration in native syntax begins with one.
func (s Source) IsJSON() bool {
	return strings.HasSuffix(s.Name, ".json") || s.Name == Stdin && bytes.HasPrefix(bytes.TrimLeft(s.Bytes, " \t\r\n"), []byte("{"))
}

// WholeFile is the range of an error that has no place of its own in a file. It names no line.
func WholeFile(name string) hcl.Range { return hcl.Range{Filename: name} }

// Start is the empty range at the beginning of the source.
func (s Source) Start() hcl.Range { return s.Span(0, 0) }

// Position gives the line and column of a byte. Columns count code points, which is near enough.
func (s Source) Position(offset int) hcl.Pos {
	before := s.Bytes[:min(max(offset, 0), len(s.Bytes))]
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return hcl.Pos{Line: 1 + bytes.Count(before, []byte("\n")), Column: column, Byte: len(before)}
}

// Span is the range of some bytes of the source.
func (s Source) Span(start, end int) hcl.Range {
	return hcl.Range{Filename: s.Name, Start: s.Position(start), End: s.Position(end)}
}

// Names gives the names of sources, in their order.
func Names(sources []Source) (list []string) {
	for _, s := range sources {
		list = append(list, s.Name)
	}
	return list
}
