package report

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

// Report is everything that a run of plan or apply reports.
type Report struct {
	// Command is "plan" or "apply".
	Command string
	// Version is the version of kreconcile.
	Version string
	// Targets are what the declaration was compared with, in the order of the command
	// line. There is none if the run ended before that; Diagnostics say why.
	Targets []*Target
	// ExitCode is the exit code of the process.
	ExitCode int
	// Shard is the part of the targets that was judged, and nil for all of them.
	Shard       *Shard
	Diagnostics hcl.Diagnostics
	// Sources are shown with findings and diagnostics.
	Sources config.Sources
	// Place returns the name of a file, or of standard input, in the formats that
	// programs read. Nil keeps the names. Text always keeps them, because its readers
	// ran the command.
	Place Place
}

// Shard is one of several parts. Index is less than Of.
type Shard struct {
	Index int `json:"index"`
	Of    int `json:"of"`
}

// Target is one thing that the declaration was compared with, and the result.
type Target struct {
	// Plan is nil if there is none; the report's diagnostics say why.
	Plan *apply.Plan
	// Verdict is the verdict on Plan.
	Verdict apply.Verdict
	// Origin is nil if nothing was asked and no snapshot was read.
	Origin *Origin
	// Wait is nil without --wait.
	Wait *Wait
	// Result is the file that the target was read from, if several were merged. Among is what tells it
	// from other targets of its name, and empty if there is none.
	Result, Among string
	// Lines are those of the declaration that are shown, by the ranges of differences, of a
	// target that was read from a result. Otherwise it is nil, and Sources have them.
	Lines map[hcl.Range]string
}

// Wait says how long the run waited.
type Wait struct {
	// Limit is the longest wait allowed, and Elapsed the actual one.
	Limit, Elapsed time.Duration
	// Passes counts the passes. Consecutive is how many in a row must be satisfied,
	// and Streak how many of the last ones were.
	Passes, Consecutive, Streak int
	// Mixed are the addresses of the requirements that held in one pass and
	// drifted in a later one.
	Mixed []string
	// Ended says what ended the wait early, such as "ended by SIGTERM". It is empty
	// otherwise.
	Ended string
}

// Validation is everything that a run of validate reports.
type Validation struct {
	Diagnostics hcl.Diagnostics
	Sources     config.Sources
	// Place is as in [Report].
	Place Place
	// Requirements is the number of requirements in the declaration.
	Requirements int
}

// Version is what the program knows about itself.
type Version struct {
	Version  string `json:"kreconcile_version"`
	Go       string `json:"go_version"`
	Platform string `json:"platform"`
}
