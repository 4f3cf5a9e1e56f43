package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// MaxMessage is how many bytes of a message are kept.
	MaxMessage = 2 << 10
	// MaxQuote is how many bytes are kept of a text that is no message of Kubernetes.
	MaxQuote = 256
)

// Message gives a text as one line of at most MaxMessage bytes.
func Message(s string) string { return Cut(line(s), MaxMessage) }

// Quote shows a text that a server supplied and that is no message to a reader.
func Quote(s string) string { return strconv.Quote(Cut(line(s), MaxQuote)) }

// Size gives a number of bytes in KiB, or in MiB where it is one or more.
func Size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

// line joins the lines of s by spaces.
func line(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

// Cut shortens a text to at most limit bytes, with its mark, and shows that it did. It cuts
// no character, and keeps nothing of a text that it cuts alive.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const mark = "…"
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
