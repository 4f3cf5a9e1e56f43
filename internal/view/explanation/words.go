package explanation

import (
	"strings"

	"github.com/kreconcile/kreconcile/internal/explain"
)

func changed(changes []explain.Change) [][]string {
	var rows [][]string
	name := "changed"
	for _, c := range changes {
		rows = append(rows, []string{name, changeText(c)})
		name = ""
	}
	return rows
}

// changeText says what a release changed.
func changeText(c explain.Change) string {
	switch {
	case c.Facet == "required" && c.After == "true":
		return "required from " + c.Release.String()
	case c.Facet == "required":
		return "optional from " + c.Release.String()
	}
	return c.Facet + " from " + c.Release.String() + ": " + c.After + " (was " + c.Before + ")"
}

func since(s explain.Span) string {
	switch {
	case s.Since.Major == 0:
		return ""
	case s.OrEarlier:
		return s.Since.String() + " or earlier"
	}
	return s.Since.String()
}

func (t *text) until(s explain.Span) string {
	if s.Until.Major == 0 {
		return "still in " + t.Newest.String()
	}
	return s.Until.String()
}

// byDefault says in a few words when something is served by default.
func byDefault(periods []explain.Period) string {
	var parts []string
	for i, p := range periods {
		if i > 0 && p.Default == periods[i-1].Default {
			continue
		}
		word := "off"
		if p.Default {
			word = "on"
		}
		if i > 0 {
			word += " from " + p.From.String()
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, ", ")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
