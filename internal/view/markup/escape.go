package markup

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// XML escapes text for an element, or an attribute in double quotes, also of HTML. XML does not
// allow U+FFFE and U+FFFF either.
func XML(text string) string {
	// Making a replacer costs far more than most texts need.
	var b strings.Builder
	done := 0
	for i, r := range text {
		var escaped string
		switch r {
		case '&':
			escaped = "&amp;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '"':
			escaped = "&quot;"
		case '\ufffe':
			escaped = `\ufffe`
		case '\uffff':
			escaped = `\uffff`
		default:
			continue
		}
		b.WriteString(text[done:i])
		b.WriteString(escaped)
		done = i + utf8.RuneLen(r)
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// CommandData escapes the data of a GitHub workflow command, which follows the second
// pair of colons.
func CommandData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// CommandProperty escapes the value of a property of such a command.
func CommandProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}

// RelativeURI returns the URI of a relative path with slashes. It escapes colons,
// because the text before a colon would be a scheme.
func RelativeURI(path string) string {
	return strings.ReplaceAll(percentEncoded(path), ":", "%3A")
}

// FileURI returns the URI of an absolute path with slashes. It puts a slash before a drive's letter.
func FileURI(path string) string {
	return "file:///" + strings.TrimPrefix(percentEncoded(path), "/")
}

// percentEncoded escapes the bytes of a path that a URI may not contain.
//
// Source: https://www.rfc-editor.org/rfc/rfc3986, 3.3.
func percentEncoded(path string) string {
	const kept = "-._~/:"
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(kept, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
