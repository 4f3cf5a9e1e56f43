package source

import (
	"bytes"
	"unicode/utf8"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// CheckEncoding refuses bytes that are not plain UTF-8 text, before any parser
// sees them. It reports the first place only: where one byte is wrong, the whole
// file is in another encoding, or is no text.
func CheckEncoding(s Source, m *diag.List) bool {
	switch {
	case s.isTooLarge(m):
		return false
	case bytes.HasPrefix(s.Bytes, []byte("\xff\xfe")), bytes.HasPrefix(s.Bytes, []byte("\xfe\xff")):
		m.Error(WholeFile(s.Name), "Unsupported encoding", "The file is UTF-16. Save it as UTF-8 without a byte order mark.")
		return false
	case bytes.HasPrefix(s.Bytes, []byte("\xef\xbb\xbf")):
		m.Error(s.Start(), "Unsupported encoding",
			"The file begins with a byte order mark, which some editors add. Save it as UTF-8 without a byte order mark.")
		return false
	}
	switch i := bytes.IndexByte(s.Bytes, 0); {
	case i == 0 || i == 1 && len(s.Bytes)%2 == 0 && bytes.Count(s.Bytes, []byte{0}) >= len(s.Bytes)/3:
		m.Error(WholeFile(s.Name), "Unsupported encoding", "The file seems to be UTF-16. Save it as UTF-8.")
		return false
	case bytes.HasPrefix(s.Bytes, []byte("\x1f\x8b")):
		m.Error(WholeFile(s.Name), "Unsupported encoding", "The file is compressed with gzip. Unpack it first.")
		return false
	case i >= 0:
		m.Error(WholeFile(s.Name), "Unsupported encoding", "The file holds a NUL character in line %d, so it is not text.", s.Position(i).Line)
		return false
	}
	switch i := invalidUTF8(s.Bytes); {
	case i < 0:
	case !looksLikeText(s.Bytes):
		m.Error(WholeFile(s.Name), "Unsupported encoding", "The file is not text: it has bytes that are not UTF-8, and control characters.")
		return false
	default:
		m.Error(s.Span(i, i+1), "Unsupported encoding", "The file is not valid UTF-8 from here on. Save it as UTF-8.")
		return false
	}
	return true
}

// looksLikeText tells whether a source in an unknown encoding has no control characters
// that texts do not have, so that its lines can be shown.
func looksLikeText(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f })
}

// invalidUTF8 gives the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// isTooLarge reports a source that has more than MaxSize.
func (s Source) isTooLarge(m *diag.List) bool {
	if len(s.Bytes) > MaxSize {
		m.Error(WholeFile(s.Name), "File too large", "A file may have at most %d MiB.", MaxSize>>20)
	}
	return len(s.Bytes) > MaxSize
}
