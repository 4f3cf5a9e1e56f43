package view

import (
	"strconv"
)

// TektonResult is a result of a step of a Tekton Task.
type TektonResult struct{ Name, Value string }

// TektonResultNames lists the names of all results.
func TektonResultNames() []string {
	return []string{"verdict", "satisfied", "drifted", "undetermined", "skipped"}
}

// TektonResults gives the worst verdict and how many findings of all targets have each
// status, and no more: all results of a Task, and its termination message, share 4096 bytes.
// Where there is no verdict, it is "error", and there are no counts.
//
// Source: https://tekton.dev/docs/pipelines/tasks/#emitting-results
func TektonResults(r *Report) []TektonResult {
	// A run that failed behind its verdict, such as to write a result, has none
	// either.
	worst, ok := r.worst()
	if !ok || r.Diagnostics.HasErrors() {
		return []TektonResult{{"verdict", "error"}}
	}
	var satisfied, drifted, undetermined, skipped int
	for _, t := range r.Targets {
		c := t.Verdict.Counts
		satisfied, drifted = satisfied+c.Satisfied, drifted+c.Drifted
		undetermined, skipped = undetermined+c.Undetermined, skipped+c.Skipped
	}
	return []TektonResult{
		{"verdict", string(worst)},
		{"satisfied", strconv.Itoa(satisfied)},
		{"drifted", strconv.Itoa(drifted)},
		{"undetermined", strconv.Itoa(undetermined)},
		{"skipped", strconv.Itoa(skipped)},
	}
}
