package place

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Prefixes say where the files of a declaration are in a repository. The zero value
// changes no name.
type Prefixes struct{ list []prefix }

// prefix maps a folder here to a folder of the repository.
type prefix struct {
	// from is a folder as the user named it, or "-" for standard input.
	from string
	// to is the path within the repository, with slashes. It is "." for its root, and for
	// standard input the path of a file.
	to string
}

// Add adds a prefix as a user writes it: [FOLDER=]PATH.
func (f *Prefixes) Add(text string) error {
	p := prefix{from: ".", to: text}
	if from, to, ok := strings.Cut(text, "="); ok {
		if from == "" {
			return errors.New("a folder is missing before =; write .=PATH for the current one")
		}
		p = prefix{from, to}
	}
	drive := len(p.to) > 1 && p.to[1] == ':' && (len(p.to) == 2 || p.to[2] == '/')
	switch {
	case strings.Contains(p.to, `\`):
		return fmt.Errorf("write / between the folders of %q", p.to)
	case path.IsAbs(p.to) || drive:
		return fmt.Errorf("%q is absolute; write the path within the repository", p.to)
	}
	p.to = path.Clean(p.to)
	if p.to == ".." || strings.HasPrefix(p.to, "../") {
		return fmt.Errorf("%q leads out of the repository", p.to)
	}
	switch file := config.IsDeclaration(p.to); {
	case p.from == "-" && !file:
		return errors.New("for standard input, write the path of a file, such as -=requirements/main.hcl")
	case p.from != "-" && file:
		return fmt.Errorf("%q is a file; write its folder", p.to)
	}
	f.list = append(f.list, p)
	return nil
}

// From returns the function that names files in reports, for a run in the folder
// here, which is empty if it is not known. It returns nil if files keep their names.
func (f *Prefixes) From(here string) report.Place {
	if len(f.list) == 0 {
		return nil
	}
	return func(name string) string { return f.placed(name, here) }
}

// placed returns the path of a file in the repository, by the prefix of the nearest
// folder around it. A file in none of the folders keeps its name.
func (f *Prefixes) placed(name, here string) string {
	absolute := func(name string) string {
		if filepath.IsAbs(name) {
			return filepath.Clean(name)
		}
		return filepath.Join(here, name)
	}
	closest, found := -1, name
	for _, p := range f.list {
		if p.from == "-" || name == config.Stdin {
			if p.from == "-" && name == config.Stdin {
				return p.to
			}
			continue
		}
		folder := absolute(p.from)
		within, err := filepath.Rel(folder, absolute(name))
		if err != nil || within == "." {
			continue
		}
		depth := len(folder)
		if outside(within) {
			// A relative path out of the current folder leads to its neighbours in
			// the repository. Any other folder may have been mounted separately.
			if filepath.IsAbs(name) || filepath.Clean(p.from) != "." {
				continue
			}
			depth = 0
		}
		if at := path.Join(p.to, filepath.ToSlash(within)); !outside(at) && depth >= closest {
			closest, found = depth, at
		}
	}
	return found
}

// outside reports whether a relative path leads out of its folder.
func outside(relative string) bool {
	return relative == ".." || strings.HasPrefix(filepath.ToSlash(relative), "../")
}
