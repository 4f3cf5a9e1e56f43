package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kreconcile/kreconcile/config"
)

// FS is the system's files under the names that the user gives, absolute or relative.
type FS struct{}

var (
	_ fs.StatFS     = FS{}
	_ fs.ReadDirFS  = FS{}
	_ config.LinkFS = FS{}
)

// Open is [os.Open].
func (FS) Open(name string) (fs.File, error) { return os.Open(name) }

// Stat is [os.Stat].
func (FS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// ReadLink is [os.Readlink].
func (FS) ReadLink(name string) (string, error) { return os.Readlink(name) }

// ReadDir is [os.ReadDir].
func (FS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// Resolve returns the absolute path of a name, without links and with slashes. It
// follows each link before a ".." after it, and the links in the current folder's own
// path.
func (FS) Resolve(name string) (string, error) {
	resolved, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(resolved) {
		current, err := os.Getwd()
		if err == nil {
			current, err = filepath.EvalSymlinks(current)
		}
		if err != nil {
			return "", err
		}
		resolved = filepath.Join(current, resolved)
	}
	return filepath.ToSlash(resolved), nil
}

// openRegular refuses a file whose open may block for ever, such as a pipe without a
// writer.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	return os.Open(path)
}

// withoutPath returns the cause of an error of package os, for a message that has the
// path as the user wrote it.
func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}
