package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/kreconcile/kreconcile/config/internal/diag"
)

// CheckEncoding refuses bytes that are not plain UTF-8 before a parser sees them. It reports the first
// place only: the whole file is in another encoding then, or is no text.
func CheckEncoding(s Source, m *diag.List) bool {
	at := WholeFile(s.Name)
	var detail string
	switch {
	case s.isTooLarge(m):
		return false
	case bytes.HasPrefix(s.Bytes, []byte("\xff\xfe")), bytes.HasPrefix(s.Bytes, []byte("\xfe\xff")):
		detail = "The file is UTF-16. Save it as UTF-8 without a byte order mark."
	case bytes.HasPrefix(s.Bytes, []byte("\xef\xbb\xbf")):
		at, detail = s.Start(), "The file begins with a byte order mark, which some editors add. Save it as UTF-8 without a byte order mark."
	case utf8.Valid(s.Bytes) && bytes.IndexByte(s.Bytes, 0) < 0:
		return true
	default:
		i := bytes.IndexByte(bytes.ToValidUTF8(s.Bytes, []byte{0}), 0)
		at, detail = s.Span(i, i+1), "The file is not valid UTF-8 from here on. Save it as UTF-8."
		if bytes.ContainsFunc(s.Bytes, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f }) {
			// Its lines are not for a person.
			detail = fmt.Sprintf("The file is no text in UTF-8, as line %d shows: it has control characters, as a program, an archive or UTF-16 has.", at.Start.Line)
			at = WholeFile(s.Name)
		}
	}
	m.Error(at, "Unsupported encoding", "%s", detail)
	return false
}

func (s Source) isTooLarge(m *diag.List) bool {
	if len(s.Bytes) > MaxSize {
		m.Error(WholeFile(s.Name), "File too large", "A file may have at most %d MiB.", MaxSize>>20)
	}
	return len(s.Bytes) > MaxSize
}
