package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Form says what a finished text is, and with that what may be in it.
type Form int

// The forms.
const (
	// Plain is text without colours, or XML.
	Plain Form = iota
	// Painted is text with the colours of a [Style].
	Painted
	// Commands are GitHub's workflow commands, one in each line.
	Commands
	// Document is JSON.
	Document
)

// Seal is the last thing that happens to a finished text before it leaves the
// program. It makes visible what no view writes, and what therefore comes from
// outside through a gap: whatever could steer a terminal, reorder a line, or be
// taken for a command by a CI system that reads the log. A text that views have
// escaped stays as it is, and a JSON document means the same as before.
func Seal(text string, form Form) string {
	// Nearly always it stays as it is, and a report may be large: nothing is copied
	// before something changes. What is before done is in b.
	var b strings.Builder
	done := 0
	starts := true
	for i := 0; i < len(text); {
		rest := text[i:]
		own := 0
		switch {
		case rest[0] == '\n' || rest[0] == '\t':
			own = 1
		case form == Painted:
			own = paintAt(rest)
		case form == Commands && (i == 0 || text[i-1] == '\n'):
			own = commandAt(rest)
		}
		if own > 0 {
			starts = rest[0] == '\n' || starts && rest[0] != ':'
			i += own
			continue
		}
		shown, size := printable(rest, starts)
		if form == Document && shown != rest[:size] {
			shown = jsonEscaped(rest)
		}
		if shown != rest[:size] {
			b.WriteString(text[done:i])
			b.WriteString(shown)
			done = i + size
		}
		starts = starts && isBlank(rest[:size])
		i += size
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// Line makes a text from outside safe to print, as one line.
func Line(s string) string {
	s = strings.TrimRight(s, "\r\n")
	var b strings.Builder
	starts := true
	for i := 0; i < len(s); {
		shown, size := printable(s[i:], starts)
		switch s[i] {
		case '\t':
			shown = "    "
		case '\n':
			shown = `\n`
		}
		b.WriteString(shown)
		starts = starts && isBlank(s[i:i+size])
		i += size
	}
	return b.String()
}

// Lines is [Line] for a text that its author may have laid out in lines.
func Lines(s string) []string {
	s = strings.ReplaceAll(strings.TrimRight(s, "\r\n"), "\r\n", "\n")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Line(line)
	}
	return lines
}

// printable gives what is shown in the place of the first character of s, and how
// many bytes that has. It starts a line where nothing but blanks is before it.
func printable(s string, starts bool) (shown string, size int) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case ' ' <= r && r <= '~' && r != '#' && r != ':': // nearly all that is written
	case r == utf8.RuneError && size == 1, r < utf8.RuneSelf && unicode.IsControl(r):
		return fmt.Sprintf(`\x%02x`, s[0]), size
	case unsafeToPrint(r):
		return fmt.Sprintf(`\u%04x`, r), size
	case r == '#' && isAgentCommand(s):
		return `\x23`, size
	case r == ':' && starts && strings.HasPrefix(s, "::"):
		return `\x3a`, size
	}
	return s[:size], size
}

// unsafeToPrint is true for runes that change how what surrounds them is shown:
// controls, line separators, and whatever only formats, such as the marks that
// switch the direction of writing.
func unsafeToPrint(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// isAgentCommand is true for what CI agents take for a command anywhere in a
// line, such as ##vso[ and ##[; the form "::name::" counts at the start of a line
// only.
func isAgentCommand(s string) bool {
	rest, ok := strings.CutPrefix(s, "##")
	return ok && strings.HasPrefix(strings.TrimLeftFunc(rest, isLetter), "[")
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// isBlank is true for what may be before a command of GitHub's.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// jsonEscaped writes the first character of s as JSON does where it must. What is
// no UTF-8 becomes the character that is for that.
func jsonEscaped(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// commandAt gives the length of the colons of a command of ours at the start of a
// line, and 0 where there is none.
func commandAt(line string) int {
	const colons = "::"
	for _, name := range []string{"error", "warning", "notice"} {
		if strings.HasPrefix(line, colons+name+" ") {
			return len(colons)
		}
	}
	return 0
}
