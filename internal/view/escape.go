package view

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes a text from outside safe to print: what could steer a terminal,
// reorder a line, or be taken for a command by a CI system that reads the log
// becomes visible instead. The result is one line.
func clean(s string) string {
	s = strings.TrimRight(s, "\r\n")
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\t':
			b.WriteString("    ")
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x80 && unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case unsafeToPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == '#' && isAgentCommand(s[i:]):
			b.WriteString(`\x23`)
		case r == ':' && strings.HasPrefix(s[i:], "::") && strings.TrimSpace(s[:i]) == "":
			b.WriteString(`\x3a`)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// cleanLines is clean for a text that its author may have laid out in lines.
func cleanLines(s string) []string {
	s = strings.ReplaceAll(strings.TrimRight(s, "\r\n"), "\r\n", "\n")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = clean(line)
	}
	return lines
}

// unsafeToPrint tells the runes that change how what surrounds them is shown:
// controls, line separators, and whatever only formats, such as the marks that
// switch the direction of writing.
func unsafeToPrint(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// isAgentCommand tells what CI agents take for a command wherever it stands in a
// line; the form "::name::" counts at the start of a line only.
func isAgentCommand(s string) bool {
	return strings.HasPrefix(s, "##[") || strings.HasPrefix(s, "##vso[")
}

// CleanJSON replaces, in an encoded JSON document, what JSON leaves as it is and
// clean would not print by the escape sequence of the same meaning.
func CleanJSON(document []byte) []byte {
	var out []byte
	for i := 0; i < len(document); {
		r, size := utf8.DecodeRune(document[i:])
		switch {
		case r == '#' && isAgentCommand(string(document[i:min(len(document), i+len("##vso["))])):
			out = append(out, `\u0023`...)
		case r > 0xffff && unsafeToPrint(r):
			high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		case r >= 0x7f && unsafeToPrint(r):
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = append(out, document[i:i+size]...)
		}
		i += size
	}
	return out
}

// CleanWriter gives a writer that makes what is logged through it, one line a
// write, safe to print.
func CleanWriter(w io.Writer) io.Writer { return cleanWriter{w} }

type cleanWriter struct{ w io.Writer }

func (c cleanWriter) Write(line []byte) (int, error) {
	if _, err := io.WriteString(c.w, clean(string(line))+"\n"); err != nil {
		return 0, err
	}
	return len(line), nil
}
