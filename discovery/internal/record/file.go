package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

const (
	maxValue = 16 << 20 // bytes of one value: what GET /apis may have in all
	maxSpace = 64 << 10 // bytes of white space that are kept
)

// savedFile is a saved snapshot. A file is read twice, so that it need not be kept.
type savedFile struct {
	from  io.ReadSeeker
	start int64
}

func newSavedFile(r io.Reader) (savedFile, error) {
	if file, ok := r.(io.ReadSeeker); ok {
		if start, err := file.Seek(0, io.SeekCurrent); err == nil {
			return savedFile{file, start}, nil
		}
	}
	src, err := io.ReadAll(io.LimitReader(r, maxSnapshot+1))
	return savedFile{bytes.NewReader(src), 0}, err
}

// walk reads the file from its start. The walk's error is what is wrong with the file
// where that is its size.
func (f savedFile) walk(l jsonwalk.Limits, do func(*jsonwalk.Walker)) error {
	if _, err := f.from.Seek(f.start, io.SeekStart); err != nil {
		return err
	}
	r := &savedReader{from: f.from, left: maxSnapshot}
	w := jsonwalk.New(r, l)
	do(w)
	err := w.End()
	if r.err != nil {
		return r.err
	}
	return err
}

// errSaved is in the errors about the size of a file.
var errSaved = errors.New("it")

// savedReader ends with an error where there is too much of the file, or of one value
// in it: the decoder keeps a value until it is whole. It would keep white space, too,
// of which the rest is passed over.
type savedReader struct {
	from          io.Reader
	left          int64
	text, escaped bool
	space         bool
	// run is how long the value or the space is that it reads.
	run int
	err error
}

func (s *savedReader) Read(p []byte) (int, error) {
	for {
		n, err := s.from.Read(p)
		if s.left -= int64(n); s.left < 0 {
			s.err = fmt.Errorf("%w is larger than %s", errSaved, text.Size(maxSnapshot))
			return 0, s.err
		}
		kept := p[:0]
		for _, c := range p[:n] {
			if s.passes(c) {
				continue
			}
			if s.run > maxValue {
				s.err = fmt.Errorf("a value of %w is larger than %s", errSaved, text.Size(maxValue))
				return 0, s.err
			}
			kept = append(kept, c)
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

// passes tells whether a byte is white space of which there is more than enough.
func (s *savedReader) passes(c byte) bool {
	space := s.space
	s.space = false
	switch {
	case s.text:
		switch {
		case s.escaped:
			s.escaped = false
		case c == '\\':
			s.escaped = true
		case c == '"':
			s.text = false
		}
		s.run++
	case c == ' ', c == '\t', c == '\r', c == '\n':
		if !space {
			s.run = 0
		}
		s.space = true
		s.run++
		return s.run > maxSpace
	case c == '"':
		s.text, s.run = true, 1
	case c == '{', c == '}', c == '[', c == ']', c == ',', c == ':':
		s.run = 0
	case space:
		s.run = 1
	default:
		s.run++
	}
	return false
}
