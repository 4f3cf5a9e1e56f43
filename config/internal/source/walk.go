package source

import (
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Walk reads declarations and variable files in native syntax, and gives each to visit.
// Package config says which.
func Walk(fsys fs.FS, stdin io.Reader, paths []string, recursive bool, visit func(Source) bool) hcl.Diagnostics {
	w := walker{loader: loader{fsys: fsys, seen: map[string]bool{}}, recursive: recursive, visit: visit}
	in := &input{from: stdin}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, name := range paths {
		if w.ended {
			break
		}
		if name == "-" {
			w.stdin(in)
			w.pass()
		} else {
			w.path(name)
		}
	}
	return w.Diags
}

type walker struct {
	loader
	recursive bool
	visit     func(Source) bool
	ended     bool
	// root is the folder that was named, within which the present one is.
	root string
}

// pass hands over what the loader has read.
func (w *walker) pass() {
	sources := w.sources
	w.sources, w.total = nil, 0
	for _, s := range sources {
		w.ended = w.ended || !w.visit(s)
	}
}

func (w *walker) path(name string) {
	info, ok := w.stat(name)
	switch {
	case !ok:
	case info.IsDir():
		w.root = name
		if found, ok := w.folder(name); ok && !found {
			where := "Inner folders are not read without --recursive."
			if w.recursive {
				where = "Nor do the folders within it."
			}
			w.Error(WholeFile(name), "No declaration found", "The folder holds no file whose name ends in %s or %s. %s", endingNative, endingValues, where)
		}
	case info.Mode().IsRegular() && !isNativeName(name) && !isJSONName(name):
		w.Error(WholeFile(name), "Not a declaration", "The name of a declaration ends in %s, and that of a variable file in %s.", endingNative, endingValues)
	default:
		w.file(name, info)
		w.pass()
	}
}

func isNativeName(name string) bool {
	return strings.HasSuffix(name, endingNative) || strings.HasSuffix(name, endingValues)
}

func isJSONName(name string) bool {
	return strings.HasSuffix(name, EndingJSON) || strings.HasSuffix(name, EndingValuesJSON)
}

// folder tells whether it found anything of the language, and whether it could
// look.
func (w *walker) folder(name string) (found, ok bool) {
	if w.seen[path.Clean(name)+"/"] {
		return true, true
	}
	w.seen[path.Clean(name)+"/"] = true
	entries, err := fs.ReadDir(w.fsys, name)
	if err != nil {
		w.Error(WholeFile(name), "Unreadable folder", "The folder cannot be read: %s.", reason(err))
		return false, false
	}
	for _, entry := range entries {
		inner := join(name, entry.Name())
		switch {
		case w.ended:
			return true, true
		case isKubelets(entry.Name()):
		case entry.IsDir():
			if w.recursive && !strings.HasPrefix(entry.Name(), ".") {
				in, ok := w.folder(inner)
				found = found || in || !ok
			}
		case isJSONName(entry.Name()):
			found = true
		case isNativeName(entry.Name()):
			info, ok := w.stat(inner)
			if ok && info.IsDir() {
				continue
			}
			found = true
			if ok && !w.strays(w.root, inner, entry) {
				w.file(inner, info)
				w.pass()
			}
		}
	}
	return found, true
}
