package view

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

// Report is everything that a run of plan or apply has to say.
type Report struct {
	// Command is "plan" or "apply".
	Command string
	// Version is kreconcile's own.
	Version string
	// Plan is nil where the run came to none. Diagnostics say why.
	Plan    *apply.Plan
	Verdict apply.Verdict
	// ExitCode is the one that the process ends with.
	ExitCode    int
	Diagnostics hcl.Diagnostics
	// Sources are shown where a finding or diagnostic points at them.
	Sources config.Sources
	// Origin is nil where nothing was asked and no snapshot was read.
	Origin *Origin
}

// Origin says where what was found comes from.
type Origin struct {
	// Endpoint is the base URL that was asked, now or when the snapshot was
	// taken. It is empty where a snapshot does not tell.
	Endpoint string
	// SnapshotFile is empty for a live cluster. SnapshotTime is when the one in
	// the file was taken.
	SnapshotFile string
	SnapshotTime time.Time
	// ServerVersion is the raw gitVersion, and empty where it was not asked for
	// or not learnt.
	ServerVersion string
	// Requests, Bytes received and Duration are zero for a snapshot.
	Requests int
	Bytes    int64
	Duration time.Duration
}

// Validation is everything that a run of validate has to say.
type Validation struct {
	Diagnostics hcl.Diagnostics
	Sources     config.Sources
	// Requirements is how many the declaration has.
	Requirements int
}

// Version is what the program knows of itself.
type Version struct {
	Version  string `json:"kreconcile_version"`
	Go       string `json:"go_version"`
	Platform string `json:"platform"`
}
