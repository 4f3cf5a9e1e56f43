package view

import (
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// FleetCounts says how far a run over several clusters is.
type FleetCounts struct{ All, Satisfied, Drifted, Undetermined int }

// Add counts a cluster with a verdict.
func (c *FleetCounts) Add(status apply.Status) {
	switch status {
	case apply.Satisfied, apply.Skipped:
		c.Satisfied++
	case apply.Drifted:
		c.Drifted++
	case apply.StatusUndetermined:
		c.Undetermined++
	}
}

func (c *FleetCounts) done() int { return c.Satisfied + c.Drifted + c.Undetermined }

// Fleet returns a line about a run over several clusters. asking are those that have not answered yet, the first one for longest.
func Fleet(c *FleetCounts, asking []string) string {
	parts := []string{fmt.Sprintf("%d of %d clusters done", c.done(), c.All)}
	if c.Drifted > 0 {
		parts = append(parts, fmt.Sprintf("%d with drift", c.Drifted))
	}
	if c.Undetermined > 0 {
		parts = append(parts, fmt.Sprintf("%d undetermined", c.Undetermined))
	}
	line := strings.Join(parts, ", ")
	if len(asking) == 0 {
		return line
	}
	// The first one has been asked for longest.
	line += "; waiting for " + safe.Line(asking[0])
	if more := len(asking) - 1; more > 0 {
		line += fmt.Sprintf(" and %d more", more)
	}
	return line
}

// FleetMember returns the line about a cluster that is done.
func FleetMember(c *FleetCounts, name string, status apply.Status) string {
	return fmt.Sprintf("%s: %s (%d of %d)", safe.Line(name), status, c.done(), c.All)
}
