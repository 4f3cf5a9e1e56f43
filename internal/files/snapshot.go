package files

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
)

// SnapshotError says that a snapshot cannot be read, and why.
type SnapshotError struct {
	Path string
	Err  error
}

func (e *SnapshotError) Error() string { return fmt.Sprintf("snapshot %s: %v", e.Path, e.Err) }

// Unwrap returns Err.
func (e *SnapshotError) Unwrap() error { return e.Err }

// LoadSnapshot reads the snapshot in a file. Its errors are of type *SnapshotError.
func LoadSnapshot(path string) (*discovery.Snapshot, error) {
	switch {
	case path == "-":
		return nil, &SnapshotError{path, errors.New("it is read from a file, and not from standard input")}
	case strings.HasPrefix(path, "https://"), strings.HasPrefix(path, "http://"):
		return nil, &SnapshotError{path, errors.New("it is a URL; download it, and name the file")}
	}
	file, err := openRegular(path)
	if err != nil {
		return nil, &SnapshotError{path, withoutPath(err)}
	}
	defer func() { _ = file.Close() }()
	var start [4]byte
	// A shorter or unreadable file gets its own error below.
	n, _ := file.ReadAt(start[:], 0)
	if what := otherEncoding(start[:n], "record it with kreconcile snapshot --out"); what != "" {
		return nil, &SnapshotError{path, errors.New(what)}
	}
	s, err := discovery.Load(file)
	if err != nil {
		return nil, &SnapshotError{path, err}
	}
	return s, nil
}

// otherEncoding says what is wrong with a file that begins like this. It returns ""
// if the file may be UTF-8 text. Instead says how else to write it.
func otherEncoding(start []byte, instead string) string {
	for _, encoding := range []struct{ start, problem string }{
		{"\xff\xfe", "it is UTF-16, as PowerShell's > writes it; " + instead + ", or save it as UTF-8"},
		{"\xfe\xff", "it is UTF-16; " + instead + ", or save it as UTF-8"},
		{"\xef\xbb\xbf", "it begins with a byte order mark, which some editors add; save it as UTF-8 without a byte order mark"},
		{"\x1f\x8b", "it is compressed with gzip; unpack it with gunzip"},
		{"PK\x03\x04", "it is a zip archive; unpack it"},
		{"\x28\xb5\x2f\xfd", "it is compressed with zstd; unpack it"},
		{"\xfd7zX", "it is compressed with xz; unpack it"},
	} {
		if bytes.HasPrefix(start, []byte(encoding.start)) {
			return encoding.problem
		}
	}
	return ""
}
