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
	at := WholeFile(s.Name)
	var detail string
	switch nul := bytes.IndexByte(s.Bytes, 0); {
	case s.isTooLarge(m):
		return false
	case bytes.HasPrefix(s.Bytes, []byte("\xef\xbb\xbf")):
		at, detail = s.Start(), "The file begins with a byte order mark, which some editors add. Save it as UTF-8 without a byte order mark."
	case bytes.HasPrefix(s.Bytes, []byte("\xff\xfe")), bytes.HasPrefix(s.Bytes, []byte("\xfe\xff")), nul == 0, nul == 1:
		detail = "The file seems to be UTF-16. Save it as UTF-8 without a byte order mark."
	case nul > 0:
		m.Error(at, "Unsupported encoding", "The file holds a NUL character in line %d, so it is not text.", s.Position(nul).Line)
		return false
	case !utf8.Valid(s.Bytes):
		bad := 0
		for i, r := range string(s.Bytes) {
			if bad = i; r == utf8.RuneError && !bytes.HasPrefix(s.Bytes[i:], []byte("\uFFFD")) {
				break
			}
		}
		at, detail = s.Span(bad, bad+1), "The file is not valid UTF-8 from here on. Save it as UTF-8."
	default:
		return true
	}
	m.Error(at, "Unsupported encoding", "%s", detail)
	return false
}

// isTooLarge reports a source that has more than MaxSize.
func (s Source) isTooLarge(m *diag.List) bool {
	if len(s.Bytes) > MaxSize {
		m.Error(WholeFile(s.Name), "File too large", "A file may have at most %d MiB.", MaxSize>>20)
	}
	return len(s.Bytes) > MaxSize
}
