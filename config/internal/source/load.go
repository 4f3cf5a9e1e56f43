package source

import (
	"errors"
	"fmt"
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
	in := &input{from: stdin}
	links, ok := fsys.(LinkFS)
	if !ok {
		return load(loader{fsys: fsys}, in, paths, values)
	}
	for range attempts {
		m := &mounts{links: links, versions: map[string]string{}}
		sources, variables, diags = load(loader{fsys: fsys, mounts: m}, in, paths, values)
		if !m.replaced() {
			return sources, variables, diags
		}
	}
	return sources, variables, append(diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Files replaced while they were read",
		Detail: fmt.Sprintf("A mounted ConfigMap or Secret was replaced during each of %d attempts to read one version of it. Try again.", attempts),
	})
}

// attempts is how often reading begins again because a volume was replaced meanwhile. The
// kubelet replaces one every few seconds at most, and reading takes about a millisecond.
const attempts = 100

func load(l loader, in *input, paths, values []string) (sources, variables []Source, diags hcl.Diagnostics) {
	l.seen = map[string]bool{}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, name := range paths {
		if name == "-" {
			l.stdin(in)
		} else {
			l.path(name)
		}
	}
	diags = l.Diags
	total := 0
	for _, name := range values {
		one := loader{fsys: l.fsys, mounts: l.mounts}
		source, more := one.values(name)
		diags = append(diags, more...)
		variables = append(variables, source)
		if total += len(source.Bytes); total > MaxTotal {
			return l.sources, variables, append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Variable files too large",
				Detail: fmt.Sprintf("All variable files may have at most %d MiB together, and %s is one too many.", MaxTotal>>20, name),
			})
		}
	}
	return l.sources, variables, diags
}

// LoadValues reads one variable file, with the same care.
func LoadValues(fsys fs.FS, name string) (Source, hcl.Diagnostics) {
	l := loader{fsys: fsys}
	return l.values(name)
}

func (l *loader) values(name string) (Source, hcl.Diagnostics) {
	l.seen = map[string]bool{}
	info, ok := l.stat(name)
	switch {
	case !ok:
	case !IsValues(name) && !info.IsDir():
		l.Error(WholeFile(name), "Not a variable file", "The name of a variable file ends in %s or %s.", endingValues, EndingValuesJSON)
	default:
		l.file(name, info)
	}
	if len(l.sources) == 0 {
		return Source{Name: name}, l.Diags
	}
	return l.sources[0], l.Diags
}

// input is standard input, which can be read once.
type input struct {
	from    io.Reader
	read    bool
	content []byte
	err     error
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
	// mounts is nil if versions of volumes do not matter.
	mounts  *mounts
	sources []Source
	total   int64
	// seen holds the cleaned names of what was read.
	seen map[string]bool
}

func (l *loader) path(name string) {
	info, ok := l.stat(name)
	switch {
	case !ok:
	case info.IsDir():
		l.folder(name)
	case info.Mode().IsRegular() && IsValues(name):
		l.Error(WholeFile(name), "Not a declaration", "This is a variable file. Give it with --var-file.")
	case info.Mode().IsRegular() && isTestName(name):
		l.Error(WholeFile(name), "Not a declaration", "This is a test of declarations, as its name ends in %s.", endingTest)
	case info.Mode().IsRegular() && !isDeclarationName(name):
		l.Error(WholeFile(name), "Not a declaration", "The name of a declaration ends in %s or %s.", endingNative, EndingJSON)
	default:
		l.file(name, info)
	}
}

func (l *loader) folder(name string) {
	entries, err := l.mounts.entries(l.fsys, name)
	if err != nil {
		l.Error(WholeFile(name), "Unreadable folder", "The folder cannot be read: %s.", reason(err))
		return
	}
	found, tests := false, false
	for _, entry := range entries {
		if isKubelets(entry.Name()) || !isDeclarationName(entry.Name()) {
			continue
		}
		inner := join(name, entry.Name())
		info, ok := l.stat(inner)
		switch {
		case ok && info.IsDir():
			continue
		case isTestName(entry.Name()):
			tests = true
			continue
		}
		found = true
		if ok && !l.strays(name, inner, entry) {
			l.file(inner, info)
		}
	}
	switch {
	case found:
	case tests:
		l.Error(WholeFile(name), "No declaration found", "The folder holds tests (%s), but no declaration: no other file whose name ends in %s or %s. Inner folders are not read.", endingTest, endingNative, EndingJSON)
	default:
		l.Error(WholeFile(name), "No declaration found", "The folder holds no file whose name ends in %s or %s. Inner folders are not read.", endingNative, EndingJSON)
	}
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
func (l *loader) strays(named, name string, entry fs.DirEntry) bool {
	links, ok := l.fsys.(LinkFS)
	if !ok || entry.Type()&fs.ModeSymlink == 0 {
		return false
	}
	root, err := links.Resolve(named)
	file := ""
	if err == nil {
		file, err = links.Resolve(l.mounts.through(name))
	}
	switch {
	case err != nil:
		l.unreadable(name, err)
		return true
	case strings.HasPrefix(file, strings.TrimSuffix(root, "/")+"/"):
		return false
	}
	l.Error(WholeFile(name), "Link out of the folder", "This is a symbolic link to a file outside of the folder that was named. Name the file itself, if it belongs to the declaration.")
	return true
}

// stat asks what a path is before it is opened: to open a FIFO waits for its
// writer.
func (l *loader) stat(name string) (fs.FileInfo, bool) {
	if name == "" {
		l.Error(WholeFile(name), "File not found", "A path is empty, as of a shell variable that is not set.")
		return nil, false
	}
	info, err := fs.Stat(l.fsys, l.mounts.through(name))
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

func (l *loader) file(name string, info fs.FileInfo) {
	if l.seen[path.Clean(name)] {
		return
	}
	l.seen[path.Clean(name)] = true
	switch {
	case !info.Mode().IsRegular():
		l.notRegular(name, info.Mode())
	case info.Size() > MaxSize:
		l.tooLarge(name)
	default:
		l.open(name)
	}
}

func (l *loader) open(name string) {
	file, err := l.fsys.Open(l.mounts.through(name))
	if err != nil {
		l.unreadable(name, err)
		return
	}
	defer func() { _ = file.Close() }() // nothing was written, so nothing is lost
	// It may have been replaced since.
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		l.notRegular(name, info.Mode())
		return
	}
	content, err := readAll(file)
	l.take(name, content, err)
}

func (l *loader) stdin(in *input) {
	if l.seen["-"] {
		l.Error(WholeFile(Stdin), "Standard input named twice", "Standard input can be read once only. Name \"-\" once.")
		return
	}
	l.seen["-"] = true
	if !in.read {
		in.content, in.err = readAll(in.from)
		in.read = true
	}
	l.take(Stdin, in.content, in.err)
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
	switch {
	case err != nil:
		l.unreadable(name, err)
		return
	case len(content) > MaxSize:
		l.tooLarge(name)
		return
	}
	before := l.total
	if l.total += int64(len(content)); l.total <= MaxTotal {
		s := Source{Name: name, Bytes: content}
		s.hidden = sync.OnceValue(s.Hidden)
		l.sources = append(l.sources, s)
	} else if before <= MaxTotal {
		l.Error(WholeFile(name), "Declaration too large", "The files of a declaration may have at most %d MiB together.", MaxTotal>>20)
	}
}

func (l *loader) tooLarge(name string) {
	l.Error(WholeFile(name), "File too large", "A file may have at most %d MiB.", MaxSize>>20)
}

func (l *loader) notRegular(name string, mode fs.FileMode) {
	what := "neither a file nor a folder"
	switch {
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
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
