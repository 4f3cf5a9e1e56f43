package source_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// TestEncodings is case 39.
func TestEncodings(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a byte order mark", "\xef\xbb\xbfapi \"v1\" {}", "main.hcl:1,1-1: error: Unsupported encoding: The file begins with a byte order mark, which some editors add. Save it as UTF-8 without a byte order mark."},
		{"UTF-16", "\xff\xfea\x00p\x00", "main.hcl:0,0-0: error: Unsupported encoding: The file is UTF-16. Save it as UTF-8 without a byte order mark."},
		{"NUL", "api \"v1\" {}\n# \x00", "main.hcl:0,0-0: error: Unsupported encoding: The file is no text in UTF-8, as line 2 shows: it has control characters, as a program, an archive or UTF-16 has."},
		{"UTF-16 without a mark", "a\x00p\x00i\x00", "main.hcl:0,0-0: error: Unsupported encoding: The file is no text in UTF-8, as line 1 shows: it has control characters, as a program, an archive or UTF-16 has."},
		{"gzip", "\x1f\x8b\x08\x08\x00\xff", "main.hcl:0,0-0: error: Unsupported encoding: The file is no text in UTF-8, as line 1 shows: it has control characters, as a program, an archive or UTF-16 has."},
		{"a program", "\x7fELF\x02\x01\xd0\xff", "main.hcl:0,0-0: error: Unsupported encoding: The file is no text in UTF-8, as line 1 shows: it has control characters, as a program, an archive or UTF-16 has."},
		{"bad UTF-8", "api \"v1\" {\n  reason = \"\xe9\"\n}", "main.hcl:2,13-14: error: Unsupported encoding: The file is not valid UTF-8 from here on. Save it as UTF-8."},
		{"bad UTF-8 in JSON", "{\"api\": \"\xe9\"}", "main.hcl.json:1,10-11: error: Unsupported encoding: The file is not valid UTF-8 from here on. Save it as UTF-8."},
		{"a file that is too large", strings.Repeat("\n", source.MaxSize+1), "main.hcl:0,0-0: error: File too large: A file may have at most 4 MiB."},
		{"CRLF", "api \"v1\" {\r\n  reason = \"a\"\r\n}\r\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := "main.hcl"
			if strings.HasPrefix(test.text, "{") {
				name += ".json"
			}
			var list diag.List
			ok := source.CheckEncoding(source.Source{Name: name, Bytes: []byte(test.text)}, &list)
			if got := strings.Join(report(list.Diags), "\n"); got != test.want || ok != (test.want == "") {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}
