package report

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/support"
)

// Range is everything that a run of range reports.
type Range struct {
	// Version is the version of kreconcile.
	Version string
	// Support is nil if nothing was judged; Diagnostics say why.
	Support *support.Support
	// Chart is nil without --check.
	Chart *Chart
	// ExitCode is the exit code of the process.
	ExitCode    int
	Diagnostics hcl.Diagnostics
	Sources     config.Sources
	// Place is as in [Report].
	Place Place
}

// Chart is the Chart.yaml that --check compares.
type Chart struct {
	Path string
	// LineNumber is that of kubeVersion, and 0 if there is none.
	LineNumber int
	support.Check
}
