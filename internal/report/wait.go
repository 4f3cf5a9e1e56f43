package report

import (
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// WaitLine says how long a plan was waited for.
func WaitLine(w *Wait) string {
	line := fmt.Sprintf("Waited %s of %s: %s", Span(w.Elapsed), Span(w.Limit), passes(w.Passes))
	if w.Consecutive > 1 {
		line += "; " + lastWere(w.Streak) + " satisfied"
	}
	if w.Ended != "" {
		line += ", " + w.Ended
	}
	return line + "."
}

// lastWere says how many of the last passes were satisfied.
func lastWere(streak int) string {
	switch streak {
	case 0:
		return "the last was not"
	case 1:
		return "the last was"
	}
	return fmt.Sprintf("the last %d were", streak)
}

// MixedLine names the requirements that held in one pass and drifted in a later one.
func MixedLine(w *Wait) string {
	const shown = 3
	addresses := strings.Join(w.Mixed[:min(len(w.Mixed), shown)], ", ")
	if more := len(w.Mixed) - shown; more > 0 {
		addresses += fmt.Sprintf(" and %d more", more)
	}
	return "Mixed answers: " + safe.Line(addresses) +
		" held in one pass and drifted in a later one. The API servers behind the address may differ, as in the middle of an upgrade."
}
