package discovery

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxMessage = 2 << 10 // bytes of a failure's message
	maxQuote   = 256     // bytes of a text that is not a message of Kubernetes
)

// failure makes a Failure whose message is one line of bounded length, whatever a
// server put into it.
func failure(code FailureCode, err error, format string, args ...any) *Failure {
	return &Failure{Code: code, Message: Cut(oneLine(fmt.Sprintf(format, args...)), maxMessage), Err: err}
}

// oneLine joins the lines of s by spaces.
func oneLine(s string) string {
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

// quote shows a text that a server supplied and that is no message to a reader.
func quote(s string) string {
	return strconv.Quote(Cut(oneLine(s), maxQuote))
}
