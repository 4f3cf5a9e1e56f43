package view

import (
	"strconv"

	"github.com/kreconcile/kreconcile/internal/report"
)

// TektonResult is a result of a step in a Tekton Task.
type TektonResult struct{ Name, Value string }

// TektonResultNames lists the names of all results.
func TektonResultNames() []string {
	return []string{"verdict", "satisfied", "drifted", "undetermined", "skipped", "deprecated"}
}

// TektonResults returns the worst verdict, and the number of findings with each
// status over all targets. It returns no more, because all results of a Task and its
// termination message share 4096 bytes. Without a verdict, the status is "error" and
// there are no counts.
//
// Source: https://tekton.dev/docs/pipelines/tasks/#emitting-results
func TektonResults(r *report.Report) []TektonResult {
	// A run that failed after its verdict, for example to write a result, has none
	// either.
	worst, ok := r.Worst()
	if !ok || r.Diagnostics.HasErrors() {
		return []TektonResult{{"verdict", "error"}}
	}
	var satisfied, drifted, undetermined, skipped, deprecated int
	for _, t := range r.Targets {
		c := t.Verdict.Counts
		satisfied, drifted = satisfied+c.Satisfied, drifted+c.Drifted
		undetermined, skipped = undetermined+c.Undetermined, skipped+c.Skipped
		deprecated += c.Deprecated
	}
	return []TektonResult{
		{"verdict", string(worst)},
		{"satisfied", strconv.Itoa(satisfied)},
		{"drifted", strconv.Itoa(drifted)},
		{"undetermined", strconv.Itoa(undetermined)},
		{"skipped", strconv.Itoa(skipped)},
		{"deprecated", strconv.Itoa(deprecated)},
	}
}
