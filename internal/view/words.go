package view

import (
	"fmt"

	"github.com/kreconcile/kreconcile/apply"
)

func counts(c apply.Counts) string {
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

func requirements(n int) string { return plural(n, "requirement") }

func ofRequirements(n, total int) string {
	return fmt.Sprintf("%d of %s", n, requirements(total))
}

func isOrAre(n, total int) string {
	if n == 1 {
		return ofRequirements(n, total) + " is"
	}
	return ofRequirements(n, total) + " are"
}

func doOrDoes(n, total int) string {
	if n == 1 {
		return ofRequirements(n, total) + " does"
	}
	return ofRequirements(n, total) + " do"
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
