package source

import (
	"io"
	"io/fs"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Walk reads declarations and variable files in native syntax, and gives each to visit.
// Package config says which.
func Walk(fsys fs.FS, stdin io.Reader, paths []string, recursive bool, visit func(Source) bool) hcl.Diagnostics {
	l := newLoader(fsys, func() ([]byte, error) { return readAll(stdin) })
	l.visit, l.recursive = visit, recursive
	l.paths(paths)
	return l.Diags
}

func isNativeName(name string) bool {
	return strings.HasSuffix(name, endingNative) || strings.HasSuffix(name, endingValues)
}

func isJSONName(name string) bool {
	return strings.HasSuffix(name, EndingJSON) || strings.HasSuffix(name, EndingValuesJSON)
}
