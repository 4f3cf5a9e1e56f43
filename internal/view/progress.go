package view

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Progress returns the result of the last pass in one line: what is wrong, the worst
// first.
func Progress(passes *apply.Series, consecutive int) string {
	if passes.Streak > 0 {
		return fmt.Sprintf("no drift in %d of %d passes in a row", passes.Streak, consecutive)
	}
	c := passes.Plan.Verdict(apply.Policy{}).Counts
	judged := c.Total - c.Skipped
	line := report.OfRequirements(c.Undetermined, judged) + " could not be determined"
	if c.Drifted > 0 {
		line = report.IsOrAre(c.Drifted, judged) + " not as declared"
		if c.Undetermined > 0 {
			line += fmt.Sprintf(", and %d could not be determined", c.Undetermined)
		}
	}
	p := words{}
	for _, severity := range config.Severities() {
		if drifted := p.drifted(passes.Plan, severity, func(apply.Finding) string { return "" }); len(drifted) > 0 {
			return line + ": " + drifted[0].text
		}
		for _, f := range passes.Plan.Findings {
			if f.Severity == severity && f.Cause == "" && f.Status == apply.StatusUndetermined {
				return line + ": " + p.unknown(f, "")
			}
		}
	}
	return line
}

// Summary returns the result of a run in one line: that the gate fails because of
// deprecated APIs, or else what [Progress] says.
func Summary(passes *apply.Series, verdict apply.Verdict, consecutive int) string {
	if !verdict.Deprecated {
		return Progress(passes, consecutive)
	}
	i := slices.IndexFunc(passes.Plan.Findings, func(f apply.Finding) bool { return f.Deprecation != nil && verdict.Fails(f) })
	f := passes.Plan.Findings[i]
	return report.Rejected(passes.Plan, verdict) + ": " + report.Deprecated(f)
}

// Retrying returns the line about a request that is tried again after a failure.
func Retrying(failure string) string { return "Trying again: " + safe.Line(failure) }

// Fit cuts a line to the columns of a terminal. A character that may be two columns
// wide counts as two.
func Fit(line string, columns int) string {
	used, end := 0, 0
	for i, r := range line {
		width := 1
		if r >= firstWide {
			width = 2
		}
		if used += width; used >= columns {
			return line[:end] + safe.Ellipsis
		}
		// At least up to here, there is room for the ellipsis.
		if used < columns-1 {
			end = i + utf8.RuneLen(r)
		}
	}
	return line
}

// firstWide is the first letter of Hangul. No character before it is wide.
const firstWide = 0x1100
