package report

import (
	"bytes"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Place returns the name of a source in a repository, or the same name if that is not
// known.
type Place func(name string) string

// Of returns the name of a source in a document.
func (p Place) Of(name string) string {
	if p == nil || !IsFile(name) && name != config.Stdin {
		return name
	}
	return p(name)
}

// Nowhere replaces a file's name in formats that require one.
const Nowhere = "<kreconcile>"

// IsFile reports whether name is that of a file. Standard input, a folder as a whole,
// and a value from the command line or the environment are no files.
func IsFile(name string) bool {
	return slices.ContainsFunc([]string{".hcl", ".hcl.json", ".hclvars", ".hclvars.json"}, func(ending string) bool {
		return strings.HasSuffix(name, ending)
	})
}

// Slashed returns the name of a file as repositories write it.
func Slashed(name string) string { return path.Clean(filepath.ToSlash(name)) }

// Where returns the line of a problem, or "" if there is none.
func (b Problem) Where() string {
	at := b.At
	at.Filename = b.File
	return where(at)
}

// where returns the line of a range, or "" if there is none.
func where(at hcl.Range) string {
	if at.Filename == "" || at.Start.Line == 0 {
		return safe.Line(at.Filename)
	}
	return safe.Line(at.Filename) + ":" + strconv.Itoa(at.Start.Line)
}

// Column returns the column of a position in code points, from 1. The position itself
// counts characters as a reader sees them, which may be several code points each. Far
// to the right, where counting is slow, that is close enough.
func Column(name string, pos hcl.Pos, sources config.Sources) int {
	const far = 10000
	for _, source := range sources {
		if source.Name != name || pos.Byte > len(source.Bytes) {
			continue
		}
		from := max(pos.Byte-far, 0)
		before := source.Bytes[from:pos.Byte]
		if start := bytes.LastIndexByte(before, '\n') + 1; start > 0 || from == 0 {
			return 1 + utf8.RuneCount(before[start:])
		}
	}
	return max(pos.Column, 1)
}
