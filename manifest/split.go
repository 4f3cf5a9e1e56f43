package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// splitter divides a file into documents.
type splitter struct {
	reader *bufio.Reader
	// buffer is what was read of the document, and begin is the line on which that begins.
	buffer []byte
	begin  int
	// line is that of what is read next. If within, that is not its beginning.
	line   int
	within bool
}

// part is the text of a document. In JSON, there may be several in one.
type part struct {
	text    string
	line    int
	source  string
	tooLong bool
}

// next returns the next document, and whether there is another one.
func (s *splitter) next() (p part, more bool, err error) {
	p.line = s.begin
	for notes := false; ; {
		piece, err := s.reader.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return part{}, false, err
		}
		begins, at := !s.within, s.line
		if s.within = err != nil; !s.within {
			s.line++
		}
		line := bytes.TrimRight(piece, "\r\n")
		switch {
		case !begins:
		case isMarker(line, "---"):
			p.text = s.take()
			// A value may be on the line of the marker.
			s.buffer, s.begin = append(append(s.buffer, "   "...), piece[3:]...), at
			return p, true, nil
		case isMarker(line, "..."):
			p.text, s.begin = s.take(), s.line
			return p, true, nil
		case string(line) == "NOTES:":
			notes = true
		case bytes.HasPrefix(line, []byte("%YAML")):
			piece = piece[len(line):]
		case bytes.HasPrefix(line, []byte("# Source: ")) && p.source == "":
			p.source = string(line[len("# Source: "):])
		}
		if at == 1 && begins {
			piece = bytes.TrimPrefix(piece, []byte("\xef\xbb\xbf"))
		}
		if len(s.buffer)+len(piece) > MaxDocument {
			p.tooLong, s.buffer = true, nil
		}
		if !notes && !p.tooLong {
			s.buffer = append(s.buffer, piece...)
		}
		if errors.Is(err, io.EOF) {
			p.text = s.take()
			return p, false, nil
		}
	}
}

// take returns what was read, and empties the buffer. It does not keep a large one.
func (s *splitter) take() string {
	const large = 1 << 20
	text := string(s.buffer)
	if s.buffer = s.buffer[:0]; cap(s.buffer) > large {
		s.buffer = nil
	}
	return text
}

// isMarker reports whether a line is a marker, or begins with one and a space.
func isMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t')
}
