package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Form is the kind of a finished text, which decides what it may contain.
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

// Seal is the last step before a finished text leaves the program. It makes visible
// what no view writes, and so must come from outside: whatever could control a
// terminal, reorder a line, or look like a command to a CI system that reads the log.
// A text that views have escaped does not change, and a JSON document keeps its
// meaning.
func Seal(text string, form Form) string {
	// Usually nothing changes, and a report may be large, so nothing is copied before
	// the first change. b has everything before done.
	var b strings.Builder
	done := 0
	starts := true
	for i := 0; i < len(text); {
		rest := text[i:]
		if n := ordinary(rest); n > 0 {
			starts = starts && isBlank(rest[:n])
			i += n
			continue
		}
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

// Ordinary reports whether a JSON document is all of characters that [Seal] leaves as they are, as most are.
func Ordinary(document []byte) bool {
	for _, c := range document {
		if c != '\n' && (c < ' ' || c > '~' || c == '#') {
			return false
		}
	}
	return true
}

// ordinary returns how many bytes at the start of s are shown as they are, wherever they are in a line.
func ordinary(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '#' || c == ':' {
			return i
		}
	}
	return len(s)
}

// Line makes a text from outside safe to print, as one line.
func Line(s string) string {
	s = strings.TrimRight(s, "\r\n")
	if ordinary(s) == len(s) {
		return s
	}
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

// Lines is [Line] for a text that its author may have written in several lines.
func Lines(s string) []string {
	s = strings.ReplaceAll(strings.TrimRight(s, "\r\n"), "\r\n", "\n")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Line(line)
	}
	return lines
}

// printable returns what replaces the first character of s, and the length of that
// character in bytes. starts is true if only blanks come before it in the line.
func printable(s string, starts bool) (shown string, size int) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
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

// unsafeToPrint reports whether a rune changes how the text around it is shown:
// control characters, line separators, and invisible formatting such as marks that
// switch the direction of writing.
func unsafeToPrint(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// isAgentCommand reports whether CI agents take the text for a command anywhere in a
// line, such as ##vso[ and ##[. The form "::name::" counts only at the start of a
// line.
func isAgentCommand(s string) bool {
	rest, ok := strings.CutPrefix(s, "##")
	return ok && strings.HasPrefix(strings.TrimLeftFunc(rest, isLetter), "[")
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// isBlank reports whether s may come before a GitHub command in its line.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// jsonEscaped escapes the first character of s as JSON requires. Invalid UTF-8
// becomes the replacement character.
func jsonEscaped(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// commandAt returns the length of the colons of a command that we wrote at the start
// of a line, and 0 if there is none.
func commandAt(line string) int {
	const colons = "::"
	for _, name := range []string{"error", "warning", "notice"} {
		if strings.HasPrefix(line, colons+name+" ") {
			return len(colons)
		}
	}
	return 0
}
