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
	// Reading begins again if a volume was replaced meanwhile. The kubelet replaces one every few
	// seconds at most, and reading takes about a millisecond.
	const attempts = 100
	in := sync.OnceValues(func() ([]byte, error) { return readAll(stdin) })
	for range attempts {
		l := &loader{fsys: fsys, stdin: in, seen: map[string]bool{}, led: map[string]string{}}
		sources = l.gather("declaration", "Declaration too large", func() { l.paths(paths) })
		variables = l.gather("variable file", "Variable files too large", func() {
			for _, name := range values {
				clear(l.seen) // Each is read as often as it is named.
				l.path(name)
			}
		})
		changed := l.replaced()
		if changed == "" {
			return sources, variables, l.Diags
		}
		diags = hcl.Diagnostics{diag.New(hcl.DiagError, WholeFile(changed), "Files replaced while they were read",
			"A mounted ConfigMap or Secret was replaced during each of %d attempts to read one version of it. Try again.", attempts)}
	}
	return sources, variables, diags
}

// gather gives what read reads, until that is too large together.
func (l *loader) gather(what, tooLarge string, read func()) (sources []Source) {
	total := 0
	l.what, l.ended, l.visit = what, false, func(s Source) bool {
		if total += len(s.Bytes); total > MaxTotal {
			l.Error(WholeFile(s.Name), tooLarge, "The files may have at most %d MiB together.", MaxTotal>>20)
			return false
		}
		sources = append(sources, s)
		return true
	}
	read()
	return sources
}

// Walk gives visit each declaration and variable file in native syntax. Package config says which.
func Walk(fsys fs.FS, stdin io.Reader, paths []string, recursive bool, visit func(Source) bool) hcl.Diagnostics {
	l := &loader{fsys: fsys, stdin: func() ([]byte, error) { return readAll(stdin) }, seen: map[string]bool{}, led: map[string]string{}}
	l.what, l.walks, l.recursive, l.visit = "declaration", true, recursive, visit
	l.paths(paths)
	return l.Diags
}

// A LinkFS is a file system that has symbolic links.
type LinkFS interface {
	fs.FS
	// Resolve gives the one name that is absolute and has no symbolic link in it, with slashes.
	Resolve(name string) (string, error)
	// ReadLink is [os.Readlink].
	ReadLink(name string) (string, error)
}

type loader struct {
	diag.List
	fsys  fs.FS
	stdin func() ([]byte, error)
	// visit gets each source, until it returns false. Then ended is set.
	visit func(Source) bool
	ended bool
	// what is "declaration" or "variable file". walks is set for Walk, which reads both.
	what             string
	walks, recursive bool
	// seen holds the cleaned names of files that were read.
	seen map[string]bool
	// led has what each name led to before it was read.
	led map[string]string
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

const endings = "The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, " +
	"in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test."

func (l *loader) path(name string) {
	switch info := l.stat(name, name); {
	case info == nil || l.ended:
	case info.IsDir() && l.what != "variable file":
		if !l.folder(name, name) {
			l.Error(WholeFile(name), "No declaration found", "The folder has no file to read. %s Inner folders are read by fmt --recursive only.", endings)
		}
	case info.Mode().IsRegular() && !l.reads(name):
		l.Error(WholeFile(name), "Not a "+l.what, endings)
	default:
		l.file(name, name, info)
	}
}

func (l *loader) reads(name string) bool {
	switch {
	case l.walks:
		return isNative(name, ".hcl") || IsValues(name)
	case l.what == "declaration":
		return isNative(name, ".hcl") && !isNative(name, ".test.hcl")
	}
	return IsValues(name)
}

// folder reads a folder in the one that was named. It tells whether anything of the language is in
// it, or an error was reported.
func (l *loader) folder(root, name string) (found bool) {
	entries, err := l.list(name)
	if err != nil {
		l.unreadable("folder", name, err)
		return true
	}
	for _, e := range entries {
		inner := join(name, e.Name())
		switch {
		case l.ended:
		case e.IsDir():
			if l.recursive && !strings.HasPrefix(e.Name(), ".") {
				found = l.folder(root, inner) || found
			}
		case !l.reads(e.Name()):
		case l.walks && strings.HasSuffix(e.Name(), ".json"):
			found = true
		default:
			info := l.stat(inner, e.at)
			isDir := info != nil && info.IsDir()
			found = found || !isDir
			if info != nil && !isDir && !l.strays(root, inner, e.at) {
				l.file(inner, e.at, info)
			}
		}
	}
	return found
}

// join keeps the user's spelling of the folder.
func join(folder, name string) string {
	if folder == "." {
		return name
	}
	return strings.TrimSuffix(folder, "/") + "/" + name
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

// stat asks what a path is before it is opened: to open a FIFO waits for its writer. It is nil
// where an error was reported.
func (l *loader) stat(name, at string) fs.FileInfo {
	l.resolve(at)
	switch info, err := fs.Stat(l.fsys, at); {
	case err == nil:
		return info
	case name == "":
		l.Error(WholeFile(name), "File not found", "A path is empty, as of a shell variable that is not set.")
	case errors.Is(err, fs.ErrNotExist):
		l.Error(WholeFile(name), "File not found", "There is no file or folder of this name.")
	default:
		l.unreadable("file", name, err)
	}
	return nil
}

func (l *loader) file(name, at string, info fs.FileInfo) {
	switch {
	case l.seen[path.Clean(name)]:
	case !info.Mode().IsRegular():
		l.Error(WholeFile(name), "Not a regular file", "Only regular files are read, not pipes, devices or folders. A declaration can come from standard input, as \"-\".")
	default:
		file, err := l.fsys.Open(at)
		var content []byte
		if err == nil {
			defer func() { _ = file.Close() }() // nothing was written, so nothing is lost
			content, err = readAll(file)
		}
		l.take(name, content, err)
	}
	l.seen[path.Clean(name)] = true
}

// readAll reads no more than shows that a source is too large.
func readAll(r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(r, MaxSize+1))
}

func (l *loader) take(name string, content []byte, err error) {
	s := Source{Name: name, Bytes: content}
	s.hidden, s.starts = sync.OnceValue(s.Hidden), sync.OnceValue(s.lineStarts)
	switch {
	case err != nil:
		l.unreadable("file", name, err)
	case !s.isTooLarge(&l.List):
		l.ended = !l.visit(s)
	}
}

// unreadable gives an error without the path, which the range has.
func (l *loader) unreadable(what, name string, err error) {
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		err = inner.Err
	}
	l.Error(WholeFile(name), "Unreadable "+what, "The %s cannot be read: %s.", what, err)
}
