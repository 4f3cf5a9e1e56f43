package merge

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Join joins results to one report, in their order. One result stays as it is. The report of several names
// the result of each target. Joining the report of some results with others is the same as joining all at
// once. The version is that of kreconcile, for results of different ones. The exit code is not set.
func Join(results []Result, version string) *report.Report {
	all := &report.Report{Command: "merge"}
	known := map[diagnostic]bool{}
	for i, r := range results {
		one := strict(r)
		switch {
		case i == 0 && one.Version != "":
			all.Version = one.Version
		case one.Version != all.Version:
			all.Version = version
		}
		switch {
		case one.Command == "apply", one.Command == "plan" && all.Command != "apply":
			all.Command = one.Command
		}
		targets := one.Targets
		if len(results) > 1 {
			if len(targets) == 0 {
				targets = []*report.Target{{}}
			}
			for _, t := range targets {
				if t.Result == "" {
					t.Result = r.Name
				}
			}
		}
		all.Targets = append(all.Targets, targets...)
		// Runs of one declaration give the same warnings.
		for _, d := range one.Diagnostics {
			if !known[keyOf(d)] {
				all.Diagnostics = append(all.Diagnostics, d)
			}
		}
		for _, d := range one.Diagnostics {
			known[keyOf(d)] = true
		}
	}
	all.Version = cmp.Or(all.Version, version)
	distinguish(all.Targets)
	return all
}

// strict returns the report of a result, in which nothing passes without a verdict.
func strict(r Result) *report.Report {
	one := *r.Report
	at := &hcl.Range{Filename: r.Name}
	if Interrupted(one.ExitCode) {
		for _, t := range one.Targets {
			if t.Plan != nil && t.Verdict.Status == apply.Satisfied {
				t.Plan = nil
			}
		}
		one.Diagnostics = append(slices.Clone(one.Diagnostics), &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Interrupted run", Subject: at,
			Detail: fmt.Sprintf("The run exited with %d, as after a signal. It does not count as satisfied.", one.ExitCode),
		})
	}
	without := func(t *report.Target) bool { return t.Plan == nil }
	if (len(one.Targets) == 0 || slices.ContainsFunc(one.Targets, without)) && !one.Diagnostics.HasErrors() {
		one.Diagnostics = append(slices.Clone(one.Diagnostics), &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "No verdict", Detail: "The run ended before it came to a verdict.", Subject: at,
		})
	}
	return &one
}

// Interrupted reports whether a run ended otherwise than by itself, by its exit code.
func Interrupted(exitCode int) bool { return exitCode < 0 || exitCode > 3 }

// diagnostic is what a reader sees of one.
type diagnostic struct {
	severity        hcl.DiagnosticSeverity
	summary, detail string
	at              hcl.Range
}

func keyOf(d *hcl.Diagnostic) diagnostic {
	key := diagnostic{severity: d.Severity, summary: d.Summary, detail: d.Detail}
	if d.Subject != nil {
		key.at = *d.Subject
	}
	return key
}

// distinguish marks targets of one name by their results. The pods of a fleet may all know their API server
// by the same address.
func distinguish(targets []*report.Target) {
	name := func(t *report.Target) string {
		if t.Origin == nil {
			return ""
		}
		return t.Origin.Kind() + " " + t.Origin.Name()
	}
	named, marked := map[string]int{}, map[string]int{}
	for _, t := range targets {
		named[name(t)]++
	}
	for _, t := range targets {
		if of := name(t); of != "" && named[of] > 1 {
			t.Among = t.Result
			key := of + "\x00" + t.Result
			if marked[key]++; marked[key] > 1 {
				t.Among += "#" + strconv.Itoa(marked[key])
			}
		}
	}
}
