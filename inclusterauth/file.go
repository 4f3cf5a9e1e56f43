package inclusterauth

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

const (
	maxTokenBytes     = 64 << 10
	maxCABytes        = 1 << 20
	maxNamespaceBytes = 4 << 10
)

// readFile reads a regular file of at most limit bytes. The problem is empty if the
// error is nil.
func readFile(path string, limit int64) ([]byte, FileProblem, error) {
	return untilThere(func() ([]byte, FileProblem, error) { return readFileOnce(path, limit) })
}

// untilThere reads again if there is no file. The kubelet updates a volume by renaming a symlink and then
// removing the old folder: if the old folder was resolved just before, the open fails once.
func untilThere(read func() ([]byte, FileProblem, error)) ([]byte, FileProblem, error) {
	content, problem, err := read()
	for range 9 {
		if problem != FileMissing {
			break
		}
		content, problem, err = read()
	}
	return content, problem, err
}

func readFileOnce(path string, limit int64) ([]byte, FileProblem, error) {
	// Opening a named pipe would wait for a writer, and opening a device can have
	// effects, so the kind is checked first.
	info, err := os.Stat(path)
	if err != nil {
		return nil, problemOf(err), err
	}
	if info.Mode()&fs.ModeNamedPipe != 0 {
		return nil, FileIrregular, errors.New("it is a pipe, which can be read only once; write its content to a file")
	}
	if !info.Mode().IsRegular() {
		return nil, FileIrregular, fmt.Errorf("it is %s, not a file", kindOf(info.Mode()))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, problemOf(err), err
	}
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, FileUnreadable, err
	}
	if int64(len(content)) > limit {
		return nil, FileTooLarge, fmt.Errorf("it is larger than %s", size(limit))
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, FileEmpty, errors.New("it is empty")
	}
	return content, "", nil
}

// size formats a limit, which is a whole number of KiB.
func size(limit int64) string {
	if limit >= 1<<20 {
		return fmt.Sprintf("%d MiB", limit>>20)
	}
	return fmt.Sprintf("%d KiB", limit>>10)
}

func problemOf(err error) FileProblem {
	if errors.Is(err, fs.ErrNotExist) {
		return FileMissing
	}
	return FileUnreadable
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
