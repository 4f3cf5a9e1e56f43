package files

import (
	"errors"
	"fmt"
	"io"
)

// ReadResult reads a file with results of at most limit MiB, or stdin for "-".
func ReadResult(path string, stdin io.Reader, limit int) ([]byte, error) {
	if path != "-" {
		file, err := openRegular(path)
		if err != nil {
			return nil, withoutPath(err)
		}
		defer func() { _ = file.Close() }()
		stdin = file
	}
	text, err := io.ReadAll(io.LimitReader(stdin, int64(limit)<<20+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(text) > limit<<20 {
		return nil, fmt.Errorf("it has more than %d MiB", limit)
	}
	if what := otherEncoding(text, "write it with -o json=FILE"); what != "" {
		return nil, errors.New(what)
	}
	return text, nil
}
