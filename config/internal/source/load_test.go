package source_test

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/source"
)

func load(fsys fs.FS, stdin io.Reader, paths []string) ([]source.Source, hcl.Diagnostics) {
	sources, _, diags := source.Load(fsys, stdin, paths, nil)
	return sources, diags
}

// report renders diagnostics, one a line.
func report(diags hcl.Diagnostics) []string {
	var lines []string
	for _, d := range diags {
		lines = append(lines, fmt.Sprintf("%s: error: %s: %s", d.Subject, d.Summary, d.Detail))
	}
	return lines
}

func names(sources []source.Source) []string {
	list := []string{}
	for _, s := range sources {
		list = append(list, s.Name)
	}
	return list
}

func TestLoad(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	fsys := fstest.MapFS{
		"b.hcl": file("b"), "a.hcl.json": file("a"), ".prod.hcl": file("p"), "..kubelet.hcl": file(""), "b.test.hcl": file(""), ".test.hcl.json": file(""),
		"tests/a.test.hcl": file(""), "tests/a.test.hcl.json": file(""), "tests/x.hclvars": file(""), "values.hclvars": file(""), "values.hclvars.json": file(""),
		"notes.txt": file(""), "inner.hcl/c.hcl": file("c"), "empty/x.txt": file(""),
		"large.d/x.hcl":  {Data: make([]byte, source.MaxSize+1)},
		"many.d/0.hcl":   {Data: make([]byte, source.MaxSize)},
		"many.d/1.hcl":   {Data: make([]byte, source.MaxSize)},
		"many.d/2.hcl":   {Data: make([]byte, source.MaxSize)},
		"many.d/3.hcl":   {Data: make([]byte, source.MaxSize)},
		"many.d/4.hcl":   file("x"),
		"many.d/5.hcl":   file("x"),
		"pipe.d/p.hcl":   {Mode: fs.ModeNamedPipe},
		"pipe.d/d.hcl":   {Mode: fs.ModeDevice},
		"denied.d/x.hcl": file(""),
	}
	tests := []struct {
		name  string
		paths []string
		want  []string
		diags []string
	}{
		{"no path is the current folder", nil, []string{".prod.hcl", "a.hcl.json", "b.hcl"}, nil},
		{"a folder with the ending of a file", []string{"inner.hcl"}, []string{"inner.hcl/c.hcl"}, nil},
		{"a file", []string{"b.hcl"}, []string{"b.hcl"}, nil},
		{"a file and its folder", []string{"b.hcl", "."}, []string{"b.hcl", ".prod.hcl", "a.hcl.json"}, nil},
		{"standard input", []string{"-", "b.hcl"}, []string{"<stdin>", "b.hcl"}, nil},
		{"standard input twice", []string{"-", "-"}, []string{"<stdin>"}, []string{`<stdin>:0,0-0: error: Standard input named twice: Standard input can be read once only. Name "-" once.`}},
		{"nothing there", []string{"c.hcl", "b.hcl"}, []string{"b.hcl"}, []string{"c.hcl:0,0-0: error: File not found: There is no file or folder of this name."}},
		{"a folder without a declaration", []string{"empty"}, []string{}, []string{"empty:0,0-0: error: No declaration found: The folder has no file to read. The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test. Inner folders are read by fmt --recursive only."}},
		{"a folder of tests", []string{"tests"}, []string{}, []string{"tests:0,0-0: error: No declaration found: The folder has no file to read. The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test. Inner folders are read by fmt --recursive only."}},
		{"a test", []string{"b.test.hcl"}, []string{}, []string{"b.test.hcl:0,0-0: error: Not a declaration: The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test."}},
		{"a test in JSON", []string{".test.hcl.json"}, []string{}, []string{".test.hcl.json:0,0-0: error: Not a declaration: The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test."}},
		{"a variable file", []string{"values.hclvars"}, []string{}, []string{"values.hclvars:0,0-0: error: Not a declaration: The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test."}},
		{"another file", []string{"notes.txt"}, []string{}, []string{"notes.txt:0,0-0: error: Not a declaration: The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test."}},
		{"over 4 MiB (case 39)", []string{"large.d"}, []string{}, []string{"large.d/x.hcl:0,0-0: error: File too large: A file may have at most 4 MiB."}},
		{"exactly 4 MiB", []string{"many.d/0.hcl"}, []string{"many.d/0.hcl"}, nil},
		{
			"over 16 MiB in all (case 39)", []string{"many.d"}, []string{"many.d/0.hcl", "many.d/1.hcl", "many.d/2.hcl", "many.d/3.hcl"},
			[]string{"many.d/4.hcl:0,0-0: error: Declaration too large: The files may have at most 16 MiB together."},
		},
		{
			"a pipe and a device (case 39)", []string{"pipe.d"}, []string{},
			[]string{
				`pipe.d/d.hcl:0,0-0: error: Not a regular file: Only regular files are read, not pipes, devices or folders. A declaration can come from standard input, as "-".`,
				`pipe.d/p.hcl:0,0-0: error: Not a regular file: Only regular files are read, not pipes, devices or folders. A declaration can come from standard input, as "-".`,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sources, diags := load(fsys, strings.NewReader("api \"v1\" {}"), test.paths)
			if diff := cmp.Diff(test.want, names(sources)); diff != "" {
				t.Errorf("sources (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.diags, report(diags)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadLargeInput(t *testing.T) {
	for size, want := range map[int][]string{
		source.MaxSize:     nil,
		source.MaxSize + 1: {"<stdin>:0,0-0: error: File too large: A file may have at most 4 MiB."},
	} {
		_, diags := load(fstest.MapFS{}, strings.NewReader(strings.Repeat("\n", size)), []string{"-"})
		if diff := cmp.Diff(want, report(diags)); diff != "" {
			t.Errorf("diagnostics of %d bytes (-want +got):\n%s", size, diff)
		}
	}
}

// osFS gives paths to the operating system as they are, as the command does.
type osFS struct{}

func (osFS) Open(name string) (fs.File, error)          { return os.Open(name) }
func (osFS) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (osFS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (osFS) ReadLink(name string) (string, error)       { return os.Readlink(name) }
func (osFS) Resolve(name string) (string, error)        { return filepath.EvalSymlinks(name) } // of absolute names

// Whoever writes a declaration must not have another file shown by an error in it.
func TestLinksOutOfTheFolder(t *testing.T) {
	top := t.TempDir()
	folder := filepath.Join(top, "declaration")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(folder, "inner"), 0o755),
		os.WriteFile(filepath.Join(top, "token"), []byte("hunter2"), 0o600),
		os.WriteFile(filepath.Join(top, "declaration.hcl"), []byte("hunter2"), 0o600),
		os.WriteFile(filepath.Join(folder, "inner", "c.hcl"), []byte("api \"v1\" {}"), 0o600),
		os.Symlink(filepath.Join(top, "token"), filepath.Join(folder, "a.hcl")),
		os.Symlink("../declaration.hcl", filepath.Join(folder, "b.hcl")),
		os.Symlink("inner/c.hcl", filepath.Join(folder, "c.hcl")),
		os.Symlink("../../token", filepath.Join(folder, "inner", "d.hcl")),
		os.Symlink("../b.hcl", filepath.Join(folder, "inner", "e.hcl")),
		os.Symlink("../c.hcl", filepath.Join(folder, "inner", "f.hcl")),
		os.Symlink(folder, filepath.Join(top, "link")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const out = ":0,0-0: error: Link out of the folder: This is a symbolic link to a file outside of the folder that was named. Name the file itself, if it belongs to the declaration."
	for _, named := range []string{folder, filepath.Join(top, "link")} {
		sources, diags := load(osFS{}, nil, []string{named})
		if diff := cmp.Diff([]string{named + "/c.hcl"}, names(sources)); diff != "" {
			t.Errorf("sources (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{named + "/a.hcl" + out, named + "/b.hcl" + out}, report(diags)); diff != "" {
			t.Errorf("diagnostics (-want +got):\n%s", diff)
		}
		var visited []string
		diags = source.Walk(osFS{}, nil, []string{named}, true, func(s source.Source) bool {
			visited = append(visited, s.Name)
			return true
		})
		if diff := cmp.Diff([]string{named + "/c.hcl", named + "/inner/c.hcl", named + "/inner/f.hcl"}, visited); diff != "" {
			t.Errorf("visited (-want +got):\n%s", diff)
		}
		var want []string
		for _, name := range []string{"/a.hcl", "/b.hcl", "/inner/d.hcl", "/inner/e.hcl"} {
			want = append(want, named+name+out)
		}
		if diff := cmp.Diff(want, report(diags)); diff != "" {
			t.Errorf("diagnostics (-want +got):\n%s", diff)
		}
	}
	// Who names the file itself means it.
	if sources, diags := load(osFS{}, nil, []string{folder + "/b.hcl"}); len(sources) != 1 || len(diags) > 0 {
		t.Errorf("%d sources, and %v", len(sources), report(diags))
	}
}

// Case 41: the files of a mounted ConfigMap are read, once each.
func TestLoadConfigMap(t *testing.T) {
	folder := t.TempDir()
	version := filepath.Join(folder, "..2026_01_01")
	for _, err := range []error{
		os.Mkdir(version, 0o755),
		os.WriteFile(filepath.Join(version, "a.hcl"), []byte("api \"v1\" {}"), 0o644),
		os.Symlink("..2026_01_01", filepath.Join(folder, "..data")),
		os.Symlink("..data/a.hcl", filepath.Join(folder, "a.hcl")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	sources, diags := load(osFS{}, nil, []string{folder + "/./"})
	if len(diags) > 0 {
		t.Fatal(report(diags))
	}
	if diff := cmp.Diff([]string{folder + "/./a.hcl"}, names(sources)); diff != "" {
		t.Fatalf("sources (-want +got):\n%s", diff)
	}
	if got := string(sources[0].Bytes); got != "api \"v1\" {}" {
		t.Errorf("it holds %q", got)
	}
}

// Case 39: a FIFO and a device are not waited for, neither as a declaration nor
// as a variable file.
func TestLoadIrregularFiles(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "a.hcl")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip("no FIFO: ", err)
	}
	link := filepath.Join(filepath.Dir(fifo), "b.hclvars")
	if err := os.Symlink("a.hcl", link); err != nil {
		t.Fatal(err)
	}
	_, diags := load(osFS{}, nil, []string{fifo, "/dev/zero"})
	_, _, more := source.Load(osFS{}, strings.NewReader(""), []string{"-"}, []string{link})
	for i, d := range append(diags, more...) {
		if d.Summary != "Not a regular file" {
			t.Errorf("%d: %s", i, d)
		}
	}
	if got := len(diags) + len(more); got != 3 {
		t.Errorf("%d diagnostics, want 3", got)
	}
}

func TestLoadValues(t *testing.T) {
	fsys := fstest.MapFS{"a.hclvars": {Data: []byte("x = 1")}, "a.hcl": {}, "folder.hclvars": {Mode: fs.ModeDir}, "large.hclvars": {Data: make([]byte, source.MaxSize+1)}}
	tests := []struct {
		name string
		want string
		diag []string
	}{
		{"a.hclvars", "x = 1", nil},
		{"a.hcl", "", []string{"a.hcl:0,0-0: error: Not a variable file: The name of a declaration ends in .hcl or .hcl.json, and that of a variable file, for --var-file, in .hclvars or .hclvars.json. A name that ends in .test.hcl is that of a test."}},
		{"large.hclvars", "", []string{"large.hclvars:0,0-0: error: File too large: A file may have at most 4 MiB."}},
		{"b.hclvars", "", []string{"b.hclvars:0,0-0: error: File not found: There is no file or folder of this name."}},
		{"folder.hclvars", "", []string{`folder.hclvars:0,0-0: error: Not a regular file: Only regular files are read, not pipes, devices or folders. A declaration can come from standard input, as "-".`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, values, diags := source.Load(fsys, strings.NewReader(""), []string{"-"}, []string{test.name})
			for _, got := range values {
				if got.Name != test.name || string(got.Bytes) != test.want {
					t.Errorf("source %q with %q", got.Name, got.Bytes)
				}
			}
			if got := len(values); (got == 1) != (test.diag == nil) {
				t.Errorf("%d sources", got)
			}
			if diff := cmp.Diff(test.diag, report(diags)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}
