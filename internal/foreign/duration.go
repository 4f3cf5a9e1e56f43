package foreign

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/internal/pattern"
)

// loose is a duration in words, which Go's parser does not accept.
var loose = pattern.New(`^([0-9]+(?:\.[0-9]+)?) *([a-zA-Z]*)$`)

var days = pattern.New(`^([0-9]{1,4}) *(?i:d|days?)$`)

// Duration says how to write a duration that Go cannot parse.
func Duration(text string) string {
	if m := loose.Get().FindStringSubmatch(text); m != nil {
		number, unit := m[1], strings.ToLower(m[2])
		if unit == "" {
			return fmt.Sprintf("%q has no unit; write %ss", text, number)
		}
		for short, words := range map[string][]string{
			"ms": {"ms", "msec", "millis", "millisecond", "milliseconds"}, "s": {"s", "sec", "secs", "second", "seconds"},
			"m": {"m", "min", "mins", "minute", "minutes"}, "h": {"h", "hr", "hrs", "hour", "hours"},
		} {
			if slices.Contains(words, unit) {
				return fmt.Sprintf("%q is not a duration; write %s%s", text, number, short)
			}
		}
	}
	if m := days.Get().FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return fmt.Sprintf("%q is not a duration; write %dh", text, 24*n)
		}
	}
	if joined := strings.ToLower(strings.ReplaceAll(text, " ", "")); joined != text {
		if _, err := time.ParseDuration(joined); err == nil {
			return fmt.Sprintf("%q is not a duration; write %s", text, joined)
		}
	}
	return fmt.Sprintf("%q is not a duration; write a number with a unit, such as 30s, 5m or 1h30m", text)
}
