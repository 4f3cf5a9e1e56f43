package files_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/internal/files"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestReplace tests that a file has the old or the new content, keeps its kind, and
// has no leftovers beside it.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "result.json"), filepath.Join(dir, "link.json")
	write(t, path, "old", 0o640)
	if err := os.Symlink("result.json", link); err != nil {
		t.Fatal(err)
	}
	open, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if err := files.Replace(link, "new"); err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(open); err != nil || string(content) != "old" {
		t.Errorf("who had it open reads %q, %v", content, err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "new" {
		t.Errorf("it has %q, %v", content, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

// TestReplaceByAFailure tests that a content which could not be written as a whole replaces nothing.
func TestReplaceByAFailure(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "result.json")
	write(t, path, "old", 0o640)
	failure := errors.New("no content")
	for name, fail := range map[string]func() error{"an error": func() error { return failure }, "a panic": func() error { panic(failure) }} {
		err := func() (err error) {
			defer func() {
				if v := recover(); v != nil {
					err, _ = v.(error)
				}
			}()
			return files.ReplaceBy(path, func(to func(string) error) error { return errors.Join(to("a part"), fail()) })
		}()
		if !errors.Is(err, failure) {
			t.Errorf("%s: %v", name, err)
		}
		if content, err := os.ReadFile(path); err != nil || string(content) != "old" {
			t.Errorf("%s: it has %q, %v", name, content, err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%s: the folder has %v, %v", name, entries, err)
		}
	}
}

func TestReplaceRefused(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		dir:                              dir + ": it is a folder",
		filepath.Join(dir, "a", "b.txt"): filepath.Join(dir, "a", "b.txt") + ": no such file or directory",
	} {
		if err := files.Replace(path, "new"); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestLoadSnapshotRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "cluster.json")
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ path, content, want string }{
		"standard input": {path: "-", want: "it is read from a file, and not from standard input"},
		"a URL":          {path: "https://a/b", want: "it is a URL; download it, and name the file"},
		"missing":        {path: filepath.Join(dir, "none"), want: "no such file or directory"},
		"a folder":       {path: dir, want: "it is not a regular file"},
		"a pipe":         {path: fifo, want: "it is not a regular file"},
		"UTF-16":         {path, "\xff\xfe{\x00", "it is UTF-16, as PowerShell's > writes it; record it with kreconcile snapshot --out, or save it as UTF-8"},
		"a byte order mark": {
			path, "\xef\xbb\xbf{}", "it begins with a byte order mark, which some editors add; save it as UTF-8 without a byte order mark",
		},
		"gzip": {path, "\x1f\x8b\x08", "it is compressed with gzip; unpack it with gunzip"},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.path == path {
				write(t, path, tt.content, 0o600)
			}
			_, err := files.LoadSnapshot(tt.path)
			typed, ok := errors.AsType[*files.SnapshotError](err)
			if !ok || typed.Path != tt.path || err.Error() != "snapshot "+tt.path+": "+tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	_, err := files.LoadSnapshot(filepath.Join(dir, "none"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v hides what is behind it", err)
	}
}

func TestLoadSnapshot(t *testing.T) {
	s, err := files.LoadSnapshot("../../testdata/snapshots/kubernetes.json")
	if err != nil || len(s.Named.Value) == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestReaderEndsWithTheRun tests that a read from an idle terminal ends with the run.
func TestReaderEndsWithTheRun(t *testing.T) {
	silent, writer := io.Pipe()
	done, ended := make(chan struct{}), errors.New("ended")
	close(done)
	r := files.Reader{Done: done, Cause: func() error { return ended }, From: silent}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, ended) {
		t.Errorf("%d, %v", n, err)
	}
	writer.Close()
	r = files.Reader{From: strings.NewReader("text")}
	if content, err := io.ReadAll(r); string(content) != "text" || err != nil || r.Info() != nil {
		t.Errorf("%q, %v", content, err)
	}
}
