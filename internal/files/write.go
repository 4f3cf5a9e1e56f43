package files

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Replace writes a temporary file beside path and renames it, so that path holds the
// old or the new content, never a part. An existing file keeps its mode. A symbolic
// link is followed. Anything but a regular file, such as a pipe, is written directly.
func Replace(path string, content string) error { return ReplaceBy(path, whole(content)) }

// ReplaceBy is [Replace] for a content that write writes.
func ReplaceBy(path string, write func(to func(string) error) error) error {
	mode := fs.FileMode(0o666)
	exists := false
	target := path
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		target = resolved
	} else if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		// The link points to a file that does not exist yet, or to a pipe of this
		// process.
		return overwriteBy(path, write)
	}
	if info, err := os.Stat(target); err == nil {
		if info.IsDir() {
			return fmt.Errorf("%s: it is a folder", path)
		}
		if !info.Mode().IsRegular() {
			return overwriteBy(path, write)
		}
		mode, exists = info.Mode().Perm(), true
	}
	temporary := filepath.Join(filepath.Dir(target), fmt.Sprintf(".%s.%016x", filepath.Base(target), rand.Uint64()))
	// It is left if something failed.
	defer func() { _ = os.Remove(temporary) }()
	err := writeFile(temporary, os.O_CREATE|os.O_EXCL, mode, write)
	if err == nil && exists {
		// The umask may have changed the mode.
		err = os.Chmod(temporary, mode)
	}
	if err == nil {
		err = os.Rename(temporary, target)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	return nil
}

// Overwrite writes to a file that cannot be replaced, because it is a device or a
// mount point.
func Overwrite(path string, content string) error { return overwriteBy(path, whole(content)) }

func overwriteBy(path string, write func(to func(string) error) error) error {
	if err := writeFile(path, os.O_CREATE|os.O_TRUNC, 0o666, write); err != nil {
		return fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	return nil
}

// whole writes a content that is in memory.
func whole(content string) func(func(string) error) error {
	return func(to func(string) error) error { return to(content) }
}

func writeFile(path string, flag int, mode fs.FileMode, write func(to func(string) error) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|flag, mode)
	if err != nil {
		return err
	}
	err = write(func(text string) error {
		_, err := f.WriteString(text)
		return err
	})
	return errors.Join(err, f.Close())
}
