package source_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/config/internal/source"
)

// mount is a ConfigMap as the kubelet mounts it.
type mount struct {
	t       *testing.T
	folder  string
	version int
}

// replace does what AtomicWriter does (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go): files of
// the present version have its number in them.
func (m *mount) replace(names ...string) {
	m.t.Helper()
	m.version++
	must := func(err error) {
		m.t.Helper()
		if err != nil {
			m.t.Fatal(err)
		}
	}
	old, _ := os.Readlink(filepath.Join(m.folder, "..data"))
	dir := fmt.Sprintf("..2026_%d", m.version)
	present := map[string]bool{}
	for _, name := range names {
		path := filepath.Join(m.folder, dir, name)
		must(os.MkdirAll(filepath.Dir(path), 0o755))
		must(os.WriteFile(path, fmt.Appendf(nil, "%d", m.version), 0o600))
		present[strings.Split(name, "/")[0]] = true
	}
	must(os.Symlink(dir, filepath.Join(m.folder, "..data_tmp")))
	must(os.Rename(filepath.Join(m.folder, "..data_tmp"), filepath.Join(m.folder, "..data")))
	for name := range present {
		if _, err := os.Lstat(filepath.Join(m.folder, name)); err != nil {
			must(os.Symlink(filepath.Join("..data", name), filepath.Join(m.folder, name)))
		}
	}
	entries, err := os.ReadDir(m.folder)
	must(err)
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "..") && !present[entry.Name()] && entry.Type()&fs.ModeSymlink != 0 {
			must(os.Remove(filepath.Join(m.folder, entry.Name())))
		}
	}
	if old != "" {
		must(os.RemoveAll(filepath.Join(m.folder, old)))
	}
}

// hookFS calls before ahead of each access to what is in the folder below.
type hookFS struct {
	osFS
	below  []string
	before func()
}

func (f hookFS) hook(name string) {
	if slices.ContainsFunc(f.below, func(folder string) bool { return strings.HasPrefix(name, folder) }) {
		f.before()
	}
}

func (f hookFS) Open(name string) (fs.File, error)     { f.hook(name); return f.osFS.Open(name) }
func (f hookFS) Stat(name string) (fs.FileInfo, error) { f.hook(name); return f.osFS.Stat(name) }
func (f hookFS) ReadDir(name string) ([]fs.DirEntry, error) {
	f.hook(name)
	return f.osFS.ReadDir(name)
}
func (f hookFS) Resolve(name string) (string, error) { f.hook(name); return f.osFS.Resolve(name) }

// TestMountedVersions: whenever the kubelet replaces a mounted ConfigMap while it is read,
// all of one version is read.
func TestMountedVersions(t *testing.T) {
	odd, even := []string{"a.hcl", "b.hcl", "old.hcl", "sub/x.hcl", "sub/y.hcl", "v.hclvars"}, []string{"a.hcl", "b.hcl", "new.hcl", "sub/x.hcl", "sub/y.hcl", "v.hclvars"}
	tests := []struct {
		name          string
		paths, values []string
		// odd and even are what is read of the versions that have these numbers.
		odd, even []string
	}{
		{"the folder", []string{"M"}, nil, []string{"M/a.hcl", "M/b.hcl", "M/old.hcl"}, []string{"M/a.hcl", "M/b.hcl", "M/new.hcl"}},
		{"the folder with a slash", []string{"M/"}, nil, []string{"M/a.hcl", "M/b.hcl", "M/old.hcl"}, []string{"M/a.hcl", "M/b.hcl", "M/new.hcl"}},
		{"through a link", []string{"L"}, nil, []string{"L/a.hcl", "L/b.hcl", "L/old.hcl"}, []string{"L/a.hcl", "L/b.hcl", "L/new.hcl"}},
		{"two files", []string{"M/a.hcl", "M/./b.hcl"}, nil, []string{"M/a.hcl", "M/./b.hcl"}, nil},
		{"two files by two names of the folder", []string{"M/a.hcl", "L/b.hcl"}, nil, []string{"M/a.hcl", "L/b.hcl"}, nil},
		{"an inner folder", []string{"M/sub"}, nil, []string{"M/sub/x.hcl", "M/sub/y.hcl"}, nil},
		{"an inner folder and a file", []string{"M/sub/", "M/a.hcl"}, nil, []string{"M/sub/x.hcl", "M/sub/y.hcl", "M/a.hcl"}, nil},
		{"the kubelet's own link", []string{"M/..data"}, nil, []string{"M/..data/a.hcl", "M/..data/b.hcl", "M/..data/old.hcl"}, []string{"M/..data/a.hcl", "M/..data/b.hcl", "M/..data/new.hcl"}},
		{"a declaration and variables", []string{"M/a.hcl"}, []string{"M/v.hclvars"}, []string{"M/a.hcl", "M/v.hclvars"}, nil},
		{"standard input, a file and variables", []string{"-", "M/b.hcl"}, []string{"M/v.hclvars"}, []string{"<stdin>", "M/b.hcl", "M/v.hclvars"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			top := t.TempDir()
			m := &mount{t: t, folder: filepath.Join(top, "mnt")}
			if err := os.Symlink("mnt", filepath.Join(top, "link")); err != nil {
				t.Fatal(err)
			}
			for at, done := 1, false; !done; at++ {
				m.version = 0
				m.replace(odd...)
				calls := 0
				fsys := hookFS{below: []string{m.folder, filepath.Join(top, "link")}, before: func() {
					if calls++; calls == at {
						m.replace(even...)
					}
				}}
				within := strings.NewReplacer("M", m.folder, "L", filepath.Join(top, "link"))
				place := func(names []string) (placed []string) {
					for _, name := range names {
						placed = append(placed, within.Replace(name))
					}
					return placed
				}
				sources, values, diags := source.Load(fsys, strings.NewReader("in"), place(test.paths), place(test.values))
				done = calls < at
				if len(diags) > 0 {
					t.Fatalf("replaced at access %d: %v", at, report(diags))
				}
				number := ""
				for _, s := range append(sources, values...) {
					if s.Name == source.Stdin {
						continue
					}
					if number == "" {
						number = string(s.Bytes)
					}
					if string(s.Bytes) != number {
						t.Errorf("replaced at access %d: %s is of version %s, others of %s", at, s.Name, s.Bytes, number)
					}
				}
				want := test.odd
				if number == "2" && test.even != nil {
					want = test.even
				}
				if diff := cmp.Diff(place(want), names(append(sources, values...))); diff != "" {
					t.Errorf("replaced at access %d (-want +got):\n%s", at, diff)
				}
			}
		})
	}
}

// TestMountNeverAtRest: reading ends where a volume is replaced each time that it is read.
func TestMountNeverAtRest(t *testing.T) {
	m := &mount{t: t, folder: filepath.Join(t.TempDir(), "mnt")}
	m.replace("a.hcl", "b.hcl")
	fsys := hookFS{below: []string{m.folder + "/..data"}, before: func() { m.replace("a.hcl", "b.hcl") }}
	_, diags := load(fsys, nil, []string{m.folder})
	if !diags.HasErrors() {
		t.Error("it is no error")
	}
}

// TestFolderLikeAMount: a folder that only looks like a mounted one is read like any other.
func TestFolderLikeAMount(t *testing.T) {
	top := t.TempDir()
	folder := filepath.Join(top, "declaration")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(folder, "..one"), 0o755),
		os.MkdirAll(filepath.Join(folder, "..two"), 0o755),
		os.MkdirAll(filepath.Join(top, "out"), 0o755),
		os.WriteFile(filepath.Join(top, "out", "secret.hcl"), []byte("secret"), 0o600),
		os.WriteFile(filepath.Join(folder, "a.hcl"), []byte("own"), 0o600),
		os.WriteFile(filepath.Join(folder, "..one", "a.hcl"), []byte("one"), 0o600),
		os.WriteFile(filepath.Join(folder, "..one", "b.hcl"), []byte("one"), 0o600),
		os.WriteFile(filepath.Join(folder, "..two", "c.hcl"), []byte("two"), 0o600),
		os.Symlink("..one/b.hcl", filepath.Join(folder, "b.hcl")),
		os.Symlink("..two/c.hcl", filepath.Join(folder, "c.hcl")),
		os.Symlink("../../out/secret.hcl", filepath.Join(folder, "..one", "d.hcl")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	load := func() (contents, diags []string) {
		sources, found := load(osFS{}, nil, []string{folder})
		for _, s := range sources {
			contents = append(contents, strings.TrimPrefix(s.Name, folder)+" "+string(s.Bytes))
		}
		for _, line := range report(found) {
			diags = append(diags, strings.TrimPrefix(line, folder))
		}
		return contents, diags
	}
	contents, diags := load()
	if diff := cmp.Diff([]string{"/a.hcl own", "/b.hcl one", "/c.hcl two"}, contents); diff != "" || len(diags) > 0 {
		t.Errorf("without ..data: %s\n%v", diff, diags)
	}
	if err := os.Symlink("../out", filepath.Join(folder, "..data")); err != nil {
		t.Fatal(err)
	}
	contents, diags = load()
	if diff := cmp.Diff([]string{"/a.hcl own", "/b.hcl one", "/c.hcl two"}, contents); diff != "" || len(diags) > 0 {
		t.Errorf("with ..data that leads out: %s\n%v", diff, diags)
	}
	if err := os.Remove(filepath.Join(folder, "..data")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..one", filepath.Join(folder, "..data")); err != nil {
		t.Fatal(err)
	}
	// What is beside a version is read as well. A link out of a version is one out of the folder.
	contents, diags = load()
	if diff := cmp.Diff([]string{"/a.hcl own", "/b.hcl one", "/c.hcl two"}, contents); diff != "" {
		t.Errorf("with ..data that leads to a version: %s", diff)
	}
	want := []string{"/d.hcl:0,0-0: error: Link out of the folder: This is a symbolic link to a file outside of the folder that was named. Name the file itself, if it belongs to the declaration."}
	if diff := cmp.Diff(want, diags); diff != "" {
		t.Errorf("a link out of a version (-want +got):\n%s", diff)
	}
	// A link that leads nowhere is not passed over, unless it is the kubelet's.
	if err := errors.Join(
		os.Symlink("nowhere.hcl", filepath.Join(folder, "e.hcl")), os.Symlink("..data/f.hcl", filepath.Join(folder, "f.hcl")),
	); err != nil {
		t.Fatal(err)
	}
	_, diags = load()
	want = append(want, "/e.hcl:0,0-0: error: File not found: There is no file or folder of this name.")
	if diff := cmp.Diff(want, diags); diff != "" {
		t.Errorf("links that lead nowhere (-want +got):\n%s", diff)
	}
}

// TestLinksOfAMountAreLate: after the kubelet has replaced a version, and before it has updated
// its links, all of the new version is read of its folder, and nothing of the old one.
func TestLinksOfAMountAreLate(t *testing.T) {
	m := &mount{t: t, folder: filepath.Join(t.TempDir(), "mnt")}
	m.replace("a.hcl", "new.hcl")
	for _, err := range []error{
		os.Remove(filepath.Join(m.folder, "new.hcl")),
		os.Symlink("..data/old.hcl", filepath.Join(m.folder, "old.hcl")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{m.folder + "/a.hcl", m.folder + "/new.hcl"}
	sources, diags := load(osFS{}, nil, []string{m.folder})
	if diff := cmp.Diff(want, names(sources)); diff != "" || len(diags) > 0 {
		t.Errorf("(-want +got):\n%s%v", diff, report(diags))
	}
}
