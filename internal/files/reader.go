package files

import (
	"io"
	"io/fs"
	"os"
)

// Reader reads standard input. A read that may wait for ever, as from a terminal,
// ends when the run ends.
type Reader struct {
	// Done is closed when the run ends. Cause then says why.
	Done  <-chan struct{}
	Cause func() error
	From  io.Reader
}

// Read returns the error of Cause if the run ends first.
func (r Reader) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	// Late data must not arrive in memory that belongs to the caller again.
	buffer := make([]byte, len(p))
	done := make(chan result, 1)
	go func() {
		n, err := r.From.Read(buffer)
		done <- result{n, err}
	}()
	select {
	case read := <-done:
		return copy(p, buffer[:read.n]), read.err
	case <-r.Done:
		return 0, r.Cause()
	}
}

// Info describes the file that is read. It is nil if the input is no file.
func (r Reader) Info() fs.FileInfo {
	if f, ok := r.From.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			return info
		}
	}
	return nil
}
