package result

import (
	"io"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/document"
)

// FormatVersion is the version of the JSON documents of plan and apply. The minor
// number rises if something is added, the major one if the change would mislead a
// reader.
const FormatVersion = "2.4"

// Write writes a report as one document.
func Write(w io.Writer, r *report.Report) error {
	doc := root{
		FormatVersion: FormatVersion,
		Version:       r.Version,
		Command:       r.Command,
		ExitCode:      r.ExitCode,
		Shard:         r.Shard,
		Targets:       []target{}, // must not be nil
		Diagnostics:   document.Diagnostics(r.Diagnostics, r.Sources, r.Place),
	}
	if worst, ok := r.Worst(); ok {
		doc.Verdict = &worst
	}
	var findings []document.List
	for _, t := range r.Targets {
		doc.Targets = append(doc.Targets, newTarget(t))
		list := document.List{Key: "findings"}
		if t.Plan != nil {
			excerpts := r.Excerpts(t)
			list.Len = len(t.Plan.Findings)
			list.Item = func(i int) any { return document.NewFinding(t.Plan.Findings[i], r.Place, excerpts) }
		}
		findings = append(findings, list)
	}
	return document.WriteLists(w, doc, findings...)
}

type root struct {
	FormatVersion string                `json:"format_version"`
	Version       string                `json:"kreconcile_version"`
	Command       string                `json:"command"`
	Verdict       *apply.Status         `json:"verdict"`
	ExitCode      int                   `json:"exit_code"`
	Shard         *report.Shard         `json:"shard"`
	Targets       []target              `json:"targets"`
	Diagnostics   []document.Diagnostic `json:"diagnostics"`
}

// target is a target of the run, and its verdict.
type target struct {
	Type string `json:"type"`
	Name string `json:"name"`
	// Result is the file that the target was read from, if several were merged.
	Result *string `json:"result"`
	Outcome
	Findings []document.Finding `json:"findings"`
}

// Outcome is the outcome for a target, and how it was reached.
type Outcome struct {
	Verdict             *apply.Status      `json:"verdict"`
	UndeterminedAllowed bool               `json:"undetermined_allowed"`
	Deprecated          bool               `json:"deprecated"`
	Policy              *policy            `json:"policy"`
	Unanswered          bool               `json:"unanswered"`
	Summary             *counts            `json:"summary"`
	Connection          *connection        `json:"connection"`
	Snapshot            *document.Snapshot `json:"snapshot"`
	Release             *document.Release  `json:"release"`
	CRDs                *document.CRDs     `json:"crds"`
	Wait                *wait              `json:"wait"`
}

// policy is what decides the verdict.
type policy struct {
	FailOnWarning     bool    `json:"fail_on_warning"`
	WarnOnly          bool    `json:"warn_only"`
	AllowUndetermined bool    `json:"allow_undetermined"`
	FailOnDeprecated  bool    `json:"fail_on_deprecated"`
	RemovedBy         *string `json:"removed_by"`
}

type counts struct {
	Total        int `json:"total"`
	Satisfied    int `json:"satisfied"`
	Drifted      int `json:"drifted"`
	Undetermined int `json:"undetermined"`
	Skipped      int `json:"skipped"`
	Warnings     int `json:"warnings"`
	Deprecated   int `json:"deprecated"`
}

type connection struct {
	Server        string  `json:"server"`
	Context       *string `json:"context"`
	Insecure      bool    `json:"insecure"`
	ServerVersion *string `json:"server_version"`
	Emulation     *string `json:"emulation_version"`
	Requests      int     `json:"requests"`
	NotModified   int     `json:"not_modified"`
	Bytes         int64   `json:"bytes"`
	Seconds       float64 `json:"duration_seconds"`
}

type wait struct {
	Limit       float64  `json:"limit_seconds"`
	Elapsed     float64  `json:"duration_seconds"`
	Passes      int      `json:"passes"`
	Consecutive int      `json:"consecutive"`
	Streak      int      `json:"satisfied_in_a_row"`
	Mixed       []string `json:"mixed"`
	Ended       *string  `json:"ended"`
}

// newTarget returns a target without its findings.
func newTarget(t *report.Target) target {
	out := target{Result: document.OrNull(t.Result), Outcome: NewOutcome(t)}
	out.Type, out.Name = NameOf(t)
	return out
}

// NameOf returns the type of a target and its name.
func NameOf(t *report.Target) (kind, name string) {
	switch {
	case t.Origin != nil:
		return t.Origin.Kind(), t.Origin.Name()
	case t.Result != "":
		return onlyResult, t.Result
	}
	return "server", ""
}

// onlyResult is the type of a target of which only the result is known, which has no verdict.
const onlyResult = "result"

// NewOutcome returns the outcome for a target.
func NewOutcome(t *report.Target) Outcome {
	out := Outcome{Snapshot: document.NewSnapshot(t.Origin), Release: document.NewRelease(t.Origin), CRDs: document.NewCRDs(t.Origin), Wait: newWait(t.Wait)}
	if o := t.Origin; o != nil {
		if out.Snapshot == nil && out.Release == nil {
			out.Connection = &connection{
				Server: o.Endpoint, Context: document.OrNull(o.Context), Insecure: o.Insecure, ServerVersion: document.OrNull(o.ServerVersion), Emulation: document.OrNull(o.EmulationVersion),
				Requests: o.Requests, NotModified: o.NotModified, Bytes: o.Bytes, Seconds: o.Duration.Seconds(),
			}
		}
	}
	if t.Plan != nil {
		v := &t.Verdict
		out.Verdict, out.UndeterminedAllowed, out.Deprecated = &v.Status, v.UndeterminedAllowed, v.Deprecated
		out.Policy, out.Unanswered, out.Summary = newPolicy(v.Policy), t.Plan.Unanswered, newCounts(v.Counts)
	}
	return out
}

func newPolicy(p apply.Policy) *policy {
	return &policy{p.FailOnWarning, p.WarnOnly, p.AllowUndetermined, p.FailOnDeprecated, document.Minor(p.RemovedBy)}
}

func newCounts(c apply.Counts) *counts {
	return &counts{
		Total: c.Total, Satisfied: c.Satisfied, Drifted: c.Drifted, Undetermined: c.Undetermined, Skipped: c.Skipped,
		Warnings: c.Warnings, Deprecated: c.Deprecated,
	}
}

func newWait(w *report.Wait) *wait {
	if w == nil {
		return nil
	}
	return &wait{
		Limit: w.Limit.Seconds(), Elapsed: w.Elapsed.Seconds(), Passes: w.Passes, Consecutive: w.Consecutive, Streak: w.Streak,
		// must not be nil
		Mixed: append([]string{}, w.Mixed...),
		Ended: document.OrNull(w.Ended),
	}
}
