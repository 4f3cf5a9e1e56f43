package view

import "strconv"

// TektonResult is a result of a step of a Tekton Task.
type TektonResult struct{ Name, Value string }

// TektonResultNames lists the names of all results.
func TektonResultNames() []string {
	return []string{"verdict", "satisfied", "drifted", "undetermined", "skipped"}
}

// TektonResults gives the verdict and how many findings have each status, and no
// more: all results of a Task, and its termination message, share 4096 bytes.
// Where there is no verdict, it is "error", and there are no counts.
//
// Source: https://tekton.dev/docs/pipelines/tasks/#emitting-results
func TektonResults(r *Report) []TektonResult {
	// A run that failed behind its verdict, such as to write a result, has none
	// either.
	if r.Plan == nil || r.Diagnostics.HasErrors() {
		return []TektonResult{{"verdict", "error"}}
	}
	c := r.Verdict.Counts
	return []TektonResult{
		{"verdict", string(r.Verdict.Status)},
		{"satisfied", strconv.Itoa(c.Satisfied)},
		{"drifted", strconv.Itoa(c.Drifted)},
		{"undetermined", strconv.Itoa(c.Undetermined)},
		{"skipped", strconv.Itoa(c.Skipped)},
	}
}
