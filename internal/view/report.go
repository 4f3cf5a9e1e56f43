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
	// Place gives the name that a file, or standard input, has in the formats that
	// programs read. It is nil where the names stay as they are. Text keeps them: it is
	// for those who ran the command.
	Place Place
	// Origin is nil where nothing was asked and no snapshot was read.
	Origin *Origin
	// Wait is nil where nothing was waited for.
	Wait *Wait
}

// Place gives the name of a source in a repository, and the name itself where that is
// not known.
type Place func(name string) string

// of gives the name that a source has in a document.
func (p Place) of(name string) string {
	if p == nil || !isFile(name) && name != config.Stdin {
		return name
	}
	return p(name)
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
	// or not learnt. EmulationVersion is the release whose API the server serves, and
	// Emulates is that release where it is another than the server's own.
	ServerVersion    string
	EmulationVersion string
	Emulates         string
	// Requests, those of them that were answered by 304, Bytes received and
	// Duration are zero for a snapshot.
	Requests    int
	NotModified int
	Bytes       int64
	Duration    time.Duration
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
