package architecture_test

import (
	"bytes"
	"cmp"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the module's root, relative to this package's folder.
const root = "../.."

// A source is one Go file, whatever system it is built for.
type source struct {
	// name is its path from the module's root, with slashes.
	name    string
	imports []string
	lines   int
}

func (s source) folder() string { return path.Dir(s.name) }
func (s source) isTest() bool   { return strings.HasSuffix(s.name, "_test.go") }

// readSources returns the Go files of the module, ordered by name. It skips nested
// modules, testdata, and folders that the go command ignores. It reads the files
// itself, not with go list, so that changed files make a cached result of these tests
// invalid.
func readSources(t *testing.T) []source {
	t.Helper()
	var sources []source
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if file != root && isOther(file) {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(file) != ".go" || isHidden(entry.Name()) {
			return nil
		}
		s, err := readSource(file)
		sources = append(sources, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(sources, func(a, b source) int { return cmp.Compare(a.name, b.name) })
	return sources
}

// isOther reports whether a folder holds no package of this module.
func isOther(folder string) bool {
	if name := filepath.Base(folder); isHidden(name) || name == "testdata" || name == "vendor" {
		return true
	}
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

func isHidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func readSource(file string) (source, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return source{}, err
	}
	name, err := filepath.Rel(root, file)
	if err != nil {
		return source{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, content, parser.ImportsOnly)
	if err != nil {
		return source{}, err
	}
	s := source{name: filepath.ToSlash(name), lines: bytes.Count(content, []byte("\n"))}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, imported)
	}
	return s, nil
}
