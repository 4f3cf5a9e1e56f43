package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/view"
)

// destination is a file that a result goes to, or standard output where the path is
// empty.
type destination struct{ flag, path string }

// origin is something that is read, by its name in messages: a file, a folder of a
// declaration, or "-" for standard input.
type origin struct{ name, path string }

func (f *outputFlags) destinations() []destination {
	var list []destination
	for _, o := range f.wanted() {
		list = append(list, destination{"-o " + o.format.Name, o.path})
	}
	return list
}

func (f *planFlags) destinations() []destination {
	list := f.outputFlags.destinations()
	if f.terminationLog != "" {
		list = append(list, destination{"--" + terminationFlag, f.terminationLog})
	}
	return append(list, tektonDestinations(f.tektonResults)...)
}

func tektonDestinations(dir string) []destination {
	var list []destination
	if dir != "" {
		for _, name := range view.TektonResultNames() {
			list = append(list, destination{"--" + tektonFlag, filepath.Join(dir, name)})
		}
	}
	return list
}

func (f *declarationFlags) origins(paths []string) []origin {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var list []origin
	for _, path := range paths {
		list = append(list, origin{"the declaration", path})
	}
	for _, v := range f.variables {
		if v.file {
			list = append(list, origin{"the variable file", v.text})
		}
	}
	return list
}

func (f *planFlags) origins(paths []string) []origin {
	list := append(f.declarationFlags.origins(paths), f.connectionFlags.origins()...)
	if f.snapshot != "" {
		list = append(list, origin{"the snapshot", f.snapshot})
	}
	return list
}

func (f *connectionFlags) origins() []origin {
	dir := f.serviceAccountDir
	if dir == "" {
		dir = inclusterauth.DefaultDir
	}
	token, ca := f.tokenFile, f.caFile
	if token == "" {
		token = filepath.Join(dir, "token")
	}
	if ca == "" {
		ca = filepath.Join(dir, "ca.crt")
	}
	return []origin{{"the token", token}, {"the CA bundle", ca}, {"the namespace", filepath.Join(dir, "namespace")}}
}

// collision finds a result that would overwrite something that is read, or another
// result, by whatever names.
func (a *app) collision(written []destination, read []origin) error {
	var files []identity
	for i, w := range written {
		files = append(files, a.identify(w.path))
		for j, other := range written[:i] {
			// Which formats share standard output is known by the flag itself.
			if (w.path != "" || other.path != "") && files[i].same(files[j]) {
				return fmt.Errorf("%s would overwrite what %s writes: %s is the file of both", w.flag, other.flag, quoted(w.path))
			}
		}
	}
	if !slices.ContainsFunc(files, identity.isFile) {
		return nil
	}
	for _, r := range read {
		for i, w := range written {
			if err := a.overwrites(w, files[i], r); err != nil {
				return err
			}
		}
	}
	return nil
}

// overwrites tells whether a result would take the place of what is read.
func (a *app) overwrites(w destination, file identity, r origin) error {
	if r.path == "-" {
		if reader, ok := a.Stdin.(endingReader); ok && file.same(identity{"/dev/stdin", reader.info()}) {
			return fmt.Errorf("%s would overwrite %s: %s is what standard input comes from", w.flag, r.name, quoted(w.path))
		}
		return nil
	}
	from := a.identify(r.path)
	if file.same(from) {
		return overwriting(w, r.name, r.path)
	}
	if from.info == nil || !from.info.IsDir() {
		return nil
	}
	// What cannot be listed cannot be read either, which the run will say.
	entries, _ := os.ReadDir(r.path)
	for _, entry := range entries {
		inner := filepath.Join(r.path, entry.Name())
		if config.IsDeclaration(entry.Name()) && file.same(a.identify(inner)) {
			return overwriting(w, r.name, inner)
		}
	}
	if filepath.Dir(file.path) == from.path && config.IsDeclaration(filepath.Base(file.path)) {
		return fmt.Errorf("%s would add %q to %s: all files of such names are read from the folder %q", w.flag, w.path, r.name, r.path)
	}
	return nil
}

func overwriting(w destination, name, path string) error {
	if w.path == path {
		return fmt.Errorf("%s would overwrite %s %q", w.flag, name, path)
	}
	return fmt.Errorf("%s would overwrite %s: %s is the same file as %q", w.flag, name, quoted(w.path), path)
}

// quoted gives a path of a result for a message.
func quoted(path string) string {
	if path == "" {
		return "standard output"
	}
	return strconv.Quote(path)
}

// identity is which file a path leads to, whether that is there yet or not.
type identity struct {
	// path is absolute, and has no links in it.
	path string
	// info is nil where there is no such file.
	info fs.FileInfo
}

// standardOutput is the path of standard output, by whatever name.
const standardOutput = "/dev/stdout"

func (a *app) identify(path string) identity {
	id := identity{path: resolved(path)}
	if id.path == standardOutput {
		id.info = a.stdout.info()
		return id
	}
	if info, err := os.Stat(id.path); err == nil {
		id.info = info
	}
	return id
}

func (i identity) same(other identity) bool {
	return i.path == other.path || i.info != nil && other.info != nil && i.info.Mode().IsRegular() && os.SameFile(i.info, other.info)
}

// isFile is false for what overwrites no file: standard output that goes to none.
func (i identity) isFile() bool {
	return i.path != standardOutput || i.info != nil && i.info.Mode().IsRegular()
}

// resolved gives where a path leads. The empty one is standard output.
func resolved(path string) string {
	if path == "" {
		return standardOutput
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for range 40 { // as many links as Linux follows
		switch absolute {
		case standardOutput, "/dev/fd/1", "/proc/self/fd/1":
			return standardOutput
		}
		if target, err := filepath.EvalSymlinks(absolute); err == nil {
			return target
		}
		// The file may not be there yet, but its folder is.
		dir, name := filepath.Split(absolute)
		if target, err := filepath.EvalSymlinks(dir); err == nil {
			absolute = filepath.Join(target, name)
		}
		link, err := os.Readlink(absolute)
		if err != nil {
			return absolute
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(absolute), link)
		}
		absolute = link
	}
	return absolute
}

// unwritable are the paths that a failure of the command line itself must not be written to:
// they may be those of something that is read, or of two results. The arguments may
// not be fit to be parsed, so that each is taken for the path of something that is read.
func (a *app) unwritable() map[string]bool {
	var written []destination
	add := func(d destination) {
		if !slices.Contains(written, d) {
			written = append(written, d)
		}
	}
	for _, text := range valuesOf(a.Args, outputFlag, "o") {
		if format, path, toFile := strings.Cut(text, "="); toFile {
			add(destination{"-o " + format, path})
		}
	}
	for _, path := range valuesOf(a.Args, terminationFlag, "") {
		add(destination{"--" + terminationFlag, path})
	}
	for _, dir := range valuesOf(a.Args, tektonFlag, "") {
		for _, d := range tektonDestinations(dir) {
			add(d)
		}
	}
	read := (&connectionFlags{}).origins()
	for _, path := range append(argumentsBesideResults(a.Args), ".") {
		read = append(read, origin{"", path})
		for _, name := range []string{"token", "ca.crt", "namespace"} {
			read = append(read, origin{"", filepath.Join(path, name)})
		}
	}
	paths := map[string]bool{}
	for i, w := range written {
		if w.path == "" {
			continue
		}
		if a.collision([]destination{w}, read) != nil {
			paths[w.path] = true
		}
		for _, other := range written[:i] {
			if other.path != "" && a.collision([]destination{other, w}, nil) != nil {
				paths[w.path], paths[other.path] = true, true
			}
		}
	}
	return paths
}
