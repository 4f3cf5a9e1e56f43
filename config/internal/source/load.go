package source

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// Load reads the declaration that paths name and the variable files that values name, all of
// one version of a mounted volume. Package config says what a path may be.
func Load(fsys fs.FS, stdin io.Reader, paths, values []string) (sources, variables []Source, diags hcl.Diagnostics) {
	in := sync.OnceValues(func() ([]byte, error) { return readAll(stdin) })
	var l *loader
	for range attempts {
		l = newLoader(fsys, in)
		l.paths(paths)
		sources, l.sources, l.total, l.what = l.sources, nil, 0, "Variable files"
		for _, name := range values {
			l.values(name)
		}
		changed, replaced := l.replaced()
		if !replaced {
			return sources, l.sources, l.Diags
		}
		l.Error(WholeFile(changed), "Files replaced while they were read",
			"A mounted ConfigMap or Secret was replaced during each of %d attempts to read one version of it. Try again.", attempts)
	}
	return sources, l.sources, l.Diags
}

// attempts is how often reading begins again because a volume was replaced meanwhile. The
// kubelet replaces one every few seconds at most, and reading takes about a millisecond.
const attempts = 100

// values reads a variable file. Where it cannot be read, the source has no bytes.
func (l *loader) values(name string) {
	clear(l.seen)
	before := len(l.sources)
	switch info, ok := l.stat(name, name); {
	case !ok:
	case !IsValues(name) && !info.IsDir():
		l.Error(WholeFile(name), "Not a variable file", "The name of a variable file ends in .hclvars or .hclvars.json.")
	default:
		l.file(name, name, info)
	}
	if len(l.sources) == before {
		l.sources = append(l.sources, Source{Name: name})
	}
}

// Walk reads declarations and variable files in native syntax, and gives each to visit.
// Package config says which.
func Walk(fsys fs.FS, stdin io.Reader, paths []string, recursive bool, visit func(Source) bool) hcl.Diagnostics {
	l := newLoader(fsys, func() ([]byte, error) { return readAll(stdin) })
	l.visit, l.recursive = visit, recursive
	l.paths(paths)
	return l.Diags
}

// A LinkFS is a file system that has symbolic links.
type LinkFS interface {
	fs.FS
	// Resolve gives the one name of a file or folder that is absolute and has no
	// symbolic link in it, with slashes.
	Resolve(name string) (string, error)
}

type loader struct {
	diag.List
	fsys fs.FS
	// stdin reads standard input, once.
	stdin func() ([]byte, error)
	// visit is where Walk gives each source, until it returns false. It is nil for Load, which keeps them.
	visit     func(Source) bool
	recursive bool
	ended     bool
	// what is the subject of the error that all sources together are too large.
	what    string
	sources []Source
	total   int
	// seen holds the cleaned names of what was read, and of folders with a slash.
	seen map[string]bool
	// led has what each name led to before it was read.
	led map[string]string
}

func newLoader(fsys fs.FS, stdin func() ([]byte, error)) *loader {
	return &loader{fsys: fsys, stdin: stdin, what: "Declaration", seen: map[string]bool{}, led: map[string]string{}}
}

// paths reads what paths name, or the current folder.
func (l *loader) paths(paths []string) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, name := range paths {
		switch {
		case l.ended:
		case name != "-":
			l.path(name)
		case l.seen["-"]:
			l.Error(WholeFile(Stdin), "Standard input named twice", "Standard input can be read once only. Name \"-\" once.")
		default:
			l.seen["-"] = true
			content, err := l.stdin()
			l.take(Stdin, content, err)
		}
	}
}

func (l *loader) path(name string) {
	info, ok := l.stat(name, name)
	switch {
	case !ok:
	case info.IsDir():
		if !l.folder(name, name) {
			l.Error(WholeFile(name), "No declaration found", "%s", l.nothingFound())
		}
	case info.Mode().IsRegular() && l.refusal(name) != "":
		l.Error(WholeFile(name), "Not a declaration", "%s", l.refusal(name))
	default:
		l.file(name, name, info)
	}
}

// refusal says why a file of this name is not read. It is empty for one that is.
func (l *loader) refusal(name string) string {
	switch {
	case l.visit == nil && IsValues(name):
		return "This is a variable file. Give it with --var-file."
	case l.visit == nil && isTestName(name):
		return "This is a test of declarations, as its name ends in .test.hcl."
	case isDeclarationName(name), IsValues(name):
		return ""
	case l.visit == nil:
		return "The name of a declaration ends in .hcl or .hcl.json."
	}
	return "The name of a declaration ends in .hcl, and that of a variable file in .hclvars."
}

func (l *loader) nothingFound() string {
	switch {
	case l.visit == nil:
		return "The folder holds no file whose name ends in .hcl or .hcl.json, other than tests (.test.hcl). Inner folders are not read."
	case l.recursive:
		return "The folder holds no file whose name ends in .hcl or .hclvars. Nor do the folders within it."
	}
	return "The folder holds no file whose name ends in .hcl or .hclvars. Inner folders are not read without --recursive."
}

// folder reads a folder within the one that was named. It tells whether there is anything of
// the language in it, or an error was reported.
func (l *loader) folder(root, name string) (found bool) {
	if l.seen[path.Clean(name)+"/"] {
		return true
	}
	l.seen[path.Clean(name)+"/"] = true
	entries, err := l.list(name)
	if err != nil {
		l.Error(WholeFile(name), "Unreadable folder", "The folder cannot be read: %s.", reason(err))
		return true
	}
	for _, e := range entries {
		inner := join(name, e.Name())
		switch {
		case l.ended, isKubelets(e.Name()):
		case e.IsDir():
			if l.recursive && !strings.HasPrefix(e.Name(), ".") {
				found = l.folder(root, inner) || found
			}
		case l.refusal(e.Name()) != "":
		case l.visit != nil && strings.HasSuffix(e.Name(), ".json"):
			found = true
		default:
			info, ok := l.stat(inner, e.at)
			if ok && info.IsDir() {
				continue
			}
			found = true
			if ok && !l.strays(root, inner, e.at) {
				l.file(inner, e.at, info)
			}
		}
	}
	return found
}

// join keeps the user's spelling of the folder.
func join(folder, name string) string {
	switch {
	case folder == ".":
		return name
	case strings.HasSuffix(folder, "/"):
		return folder + name
	}
	return folder + "/" + name
}

// strays tells whether an entry of a folder is a link to a file outside of the folder that
// was named, and reports that. Who may write there, as to a repository, would choose a file
// that only this process may read, and an error in it would show a line of it.
func (l *loader) strays(root, name, at string) bool {
	if _, ok := l.fsys.(LinkFS); !ok {
		return false
	}
	if root = l.resolve(root); root != "" && strings.HasPrefix(l.resolve(at), strings.TrimSuffix(root, "/")+"/") {
		return false
	}
	l.Error(WholeFile(name), "Link out of the folder", "This is a symbolic link to a file outside of the folder that was named. Name the file itself, if it belongs to the declaration.")
	return true
}

// stat asks what a path is before it is opened: to open a FIFO waits for its
// writer. It is read at another path if it is in a mounted volume.
func (l *loader) stat(name, at string) (fs.FileInfo, bool) {
	if name == "" {
		l.Error(WholeFile(name), "File not found", "A path is empty, as of a shell variable that is not set.")
		return nil, false
	}
	l.resolve(at)
	info, err := fs.Stat(l.fsys, at)
	switch {
	case err == nil:
		return info, true
	case errors.Is(err, fs.ErrNotExist):
		l.Error(WholeFile(name), "File not found", "There is no file or folder of this name.")
	default:
		l.unreadable(name, err)
	}
	return nil, false
}

func (l *loader) file(name, at string, info fs.FileInfo) {
	if l.seen[path.Clean(name)] {
		return
	}
	l.seen[path.Clean(name)] = true
	if !info.Mode().IsRegular() {
		l.notRegular(name, info.Mode())
		return
	}
	file, err := l.fsys.Open(at)
	if err != nil {
		l.unreadable(name, err)
		return
	}
	defer func() { _ = file.Close() }() // nothing was written, so nothing is lost
	content, err := readAll(file)
	l.take(name, content, err)
}

// readAll reads no more than shows that a source is too large.
func readAll(r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(r, MaxSize+1))
}

// take makes a source of what was read.
func (l *loader) take(name string, content []byte, err error) {
	s := Source{Name: name, Bytes: content}
	s.hidden = sync.OnceValue(s.Hidden)
	switch {
	case err != nil:
		l.unreadable(name, err)
	case s.isTooLarge(&l.List):
	case l.visit != nil:
		l.ended = !l.visit(s)
	default:
		before := l.total
		if l.total += len(content); l.total <= MaxTotal {
			l.sources = append(l.sources, s)
		} else if before <= MaxTotal {
			l.Error(WholeFile(name), l.what+" too large", "The files may have at most %d MiB together.", MaxTotal>>20)
		}
	}
}

func (l *loader) notRegular(name string, mode fs.FileMode) {
	what := "neither a file nor a folder"
	switch {
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a pipe"
	case mode&fs.ModeDevice != 0:
		what = "a device"
	}
	l.Error(WholeFile(name), "Not a regular file", "This is %s. Only regular files are read; a declaration can come from standard input, as \"-\".", what)
}

func (l *loader) unreadable(name string, err error) {
	l.Error(WholeFile(name), "Unreadable file", "The file cannot be read: %s.", reason(err))
}

// reason gives the error without the path, which the range has.
func reason(err error) string {
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		return inner.Err.Error()
	}
	return err.Error()
}
