package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/apply"
)

// Counts says how many findings have each status.
func Counts(c apply.Counts) string {
	return fmt.Sprintf("%d satisfied, %d drifted, %d undetermined, %d skipped.",
		c.Satisfied, c.Drifted, c.Undetermined, c.Skipped)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func passes(n int) string {
	if n == 1 {
		return "1 pass"
	}
	return fmt.Sprintf("%d passes", n)
}

// Requirements counts requirements, such as "1 requirement".
func Requirements(n int) string { return plural(n, "requirement") }

// OfRequirements says how many of all requirements, such as "1 of 2 requirements".
func OfRequirements(n, total int) string {
	return fmt.Sprintf("%d of %s", n, Requirements(total))
}

// IsOrAre begins a sentence about n of all requirements.
func IsOrAre(n, total int) string {
	if n == 1 {
		return OfRequirements(n, total) + " is"
	}
	return OfRequirements(n, total) + " are"
}

func doOrDoes(n, total int) string {
	if n == 1 {
		return OfRequirements(n, total) + " does"
	}
	return OfRequirements(n, total) + " do"
}

func holds(n int) string {
	if n == 1 {
		return "its 1 requirement holds"
	}
	return fmt.Sprintf("all %d requirements hold", n)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// byteCount formats bytes in units of 1000, as network tools do.
func byteCount(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// Span formats a duration for people.
func Span(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// Sentence makes a full sentence of an error's text.
func Sentence(text string) string {
	text = strings.TrimRight(text, ". ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
