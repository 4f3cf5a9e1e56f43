package markup

import (
	"strings"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// longestCode is how many bytes of one text are shown.
const longestCode = 600

// Prose puts text in code spans as [Code] does, and web addresses between them as
// links.
func Prose(text string) string {
	var b strings.Builder
	// The spaces around an address stay outside the code spans.
	add := func(text string) {
		words := strings.Trim(text, " ")
		if strings.HasPrefix(text, " ") && b.Len() > 0 {
			b.WriteByte(' ')
		}
		if words == "" {
			return
		}
		b.WriteString(Code(words))
		if strings.HasSuffix(text, " ") {
			b.WriteByte(' ')
		}
	}
	text = safe.Cut(text, longestCode)
	for i, part := range Addresses(text) {
		if i%2 == 1 {
			b.WriteString("<" + part + ">")
		} else {
			add(part)
		}
	}
	return b.String()
}

// Addresses splits a text at the web addresses in it. The parts with an odd index are addresses.
func Addresses(text string) []string {
	var parts []string
	for {
		start, end := webAddress(text)
		if start < 0 {
			return append(parts, text)
		}
		parts = append(parts, text[:start], text[start:end])
		text = text[end:]
	}
}

// webAddress finds the first web address in a text, and returns -1 if there is none.
// It skips an address that continues with a character it may not contain: a link to a
// part of it would lead elsewhere.
func webAddress(text string) (start, end int) {
	const (
		// Between angle brackets, none of these has a meaning in Markdown.
		allowed = "-._~/:?#@!&=+,%()"
		// These end a sentence, or a text in brackets or quotes.
		closing = ".,:;!?)]}>\"'"
	)
	letter := func(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' }
	for from := 0; ; from = end {
		i := strings.Index(text[from:], "http")
		if i < 0 {
			return -1, -1
		}
		start = from + i
		scheme, _, ok := strings.Cut(text[start:], "://")
		if !ok || scheme != "http" && scheme != "https" || start > 0 && letter(text[start-1]) {
			end = start + len("http")
			continue
		}
		host := start + len(scheme) + len("://")
		end = host
		for end < len(text) && (letter(text[end]) || strings.IndexByte(allowed, text[end]) >= 0) {
			end++
		}
		rest := strings.TrimLeft(text[end:], closing)
		whole := rest == "" || rest[0] == ' '
		for end > host {
			address := text[start:end]
			last := address[len(address)-1]
			if strings.IndexByte(closing, last) < 0 ||
				last == ')' && strings.Count(address, ")") <= strings.Count(address, "(") {
				break
			}
			end--
		}
		if whole && end > host && letter(text[host]) {
			return start, end
		}
	}
}

// Code puts text in a code span, inside more backticks than the text has in a row. A
// pipe would end the cell of a table even in code, so it goes between two spans, as
// an entity.
func Code(text string) string {
	parts := strings.Split(safe.Cut(text, longestCode), "|")
	for i, part := range parts {
		if part != "" {
			parts[i] = codeSpan(part)
		}
	}
	return strings.Join(parts, "&#124;")
}

func codeSpan(text string) string {
	longest, run := 0, 0
	for i := range len(text) {
		run++
		if text[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	// CommonMark removes one space at each end.
	if text[0] == '`' || text[len(text)-1] == '`' || text[0] == ' ' && text[len(text)-1] == ' ' {
		text = " " + text + " "
	}
	return fence + text + fence
}
