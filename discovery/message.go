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

// failure makes a Failure of a request, which is empty where none was sent. Its message is
// one line of bounded length, whatever a server put into it.
func failure(request string, code FailureCode, err error, format string, args ...any) *Failure {
	message := fmt.Sprintf(format, args...)
	if request != "" {
		message = request + ": " + message
	}
	return &Failure{Code: code, Request: request, Message: Cut(oneLine(message), maxMessage), Err: err}
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
