package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Report is everything that a run of plan or apply has to say.
type Report struct {
	// Command is "plan" or "apply".
	Command string
	// Version is kreconcile's own.
	Version string
	// Targets are what the declaration was compared with, in the order of the command
	// line. There is none where the run ended before that; Diagnostics say why.
	Targets []*Target
	// ExitCode is the one that the process ends with.
	ExitCode    int
	Diagnostics hcl.Diagnostics
	// Sources are shown where a finding or diagnostic points at them.
	Sources config.Sources
	// Place gives the name that a file, or standard input, has in the formats that
	// programs read. It is nil where the names stay as they are. Text keeps them: it is
	// for those who ran the command.
	Place Place
}

// Target is what a declaration was compared with, and what came of it.
type Target struct {
	// Plan is nil where there is none. The report's diagnostics say why.
	Plan *apply.Plan
	// Verdict is that of Plan.
	Verdict apply.Verdict
	// Origin is nil where nothing was asked and no snapshot was read.
	Origin *Origin
	// Wait is nil where nothing was waited for.
	Wait *Wait
}

// judged gives the targets that there is a verdict on.
func (r *Report) judged() []*Target {
	var list []*Target
	for _, t := range r.Targets {
		if t.Plan != nil {
			list = append(list, t)
		}
	}
	return list
}

// worst gives the worst verdict of all targets. It is false where there is none on one of
// them.
func (r *Report) worst() (apply.Status, bool) {
	judged := r.judged()
	worst := apply.Satisfied
	for _, t := range judged {
		if t.Verdict.Status == apply.Drifted || worst == apply.Satisfied {
			worst = t.Verdict.Status
		}
	}
	return worst, len(judged) > 0 && len(judged) == len(r.Targets)
}

// title names a target. It is empty where there is no other.
func (r *Report) title(t *Target) string {
	if len(r.Targets) < 2 {
		return ""
	}
	if t.Origin == nil {
		return fmt.Sprintf("target %d", 1+slices.Index(r.Targets, t))
	}
	return t.Origin.kind() + " " + safe.Line(t.Origin.name())
}

// Wait says how the plan was waited for.
type Wait struct {
	// Limit is for how long it might have been, and Elapsed how long it was.
	Limit, Elapsed time.Duration
	// Passes is how many there were, Consecutive how many in a row must be
	// satisfied, and Streak how many of the last ones were.
	Passes, Consecutive, Streak int
	// Mixed are the addresses of the requirements that held in one pass and
	// drifted in a later one.
	Mixed []string
	// Ended says what ended it before its time, such as "ended by SIGTERM", and is
	// empty otherwise.
	Ended string
}

// Validation is everything that a run of validate has to say.
type Validation struct {
	Diagnostics hcl.Diagnostics
	Sources     config.Sources
	// Place is that of [Report].
	Place Place
	// Requirements is how many the declaration has.
	Requirements int
}

// Version is what the program knows of itself.
type Version struct {
	Version  string `json:"kreconcile_version"`
	Go       string `json:"go_version"`
	Platform string `json:"platform"`
}
