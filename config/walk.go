package config

import (
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Walk reads what [Format] is for: declarations and variable files in native
// syntax. It gives each to visit as soon as it is read, until visit says false.
//
// Paths and what they name are as for [Load], and are read with the same care,
// with these differences: of a folder, variable files and tests are read too, and files of
// JSON syntax passed over; where recursive is set, so are the folders within it,
// but not those whose names begin with a dot, and not symbolic links to folders,
// which may lead in circles. There is no limit on how much is read together. A
// folder that has nothing to read, and nothing of JSON syntax either, is a
// error.
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
			w.Error(wholeFile(name), "No declaration found", "The folder holds no file whose name ends in %s or %s. %s", endingNative, endingValuesNative, where)
		}
	case info.Mode().IsRegular() && !isNativeName(name) && !isJSONName(name):
		w.Error(wholeFile(name), "Not a declaration", "The name of a declaration ends in %s, and that of a variable file in %s.", endingNative, endingValuesNative)
	default:
		w.file(name, info)
		w.pass()
	}
}

func isNativeName(name string) bool {
	return strings.HasSuffix(name, endingNative) || strings.HasSuffix(name, endingValuesNative)
}

func isJSONName(name string) bool {
	return strings.HasSuffix(name, endingJSON) || strings.HasSuffix(name, endingValuesJSON)
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
		w.Error(wholeFile(name), "Unreadable folder", "The folder cannot be read: %s.", reason(err))
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
