package view

import (
	"io"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/document"
)

// FormatVersion is the version of the JSON documents of plan and apply. The minor
// number rises if something is added, the major one if the change would mislead a
// reader.
const FormatVersion = "2.3"

// JSON writes a report as one document, which docs/json.md describes.
func JSON(w io.Writer, r *report.Report) error {
	doc := jsonReport{
		FormatVersion: FormatVersion,
		Version:       r.Version,
		Command:       r.Command,
		ExitCode:      r.ExitCode,
		Targets:       []jsonTarget{}, // must not be nil
		Diagnostics:   document.Diagnostics(r.Diagnostics, r.Sources, r.Place),
	}
	if worst, ok := r.Worst(); ok {
		doc.Verdict = &worst
	}
	for _, t := range r.Targets {
		doc.Targets = append(doc.Targets, newJSONTarget(t, r.Place))
	}
	return document.Write(w, doc)
}

type jsonReport struct {
	FormatVersion string                `json:"format_version"`
	Version       string                `json:"kreconcile_version"`
	Command       string                `json:"command"`
	Verdict       *apply.Status         `json:"verdict"`
	ExitCode      int                   `json:"exit_code"`
	Targets       []jsonTarget          `json:"targets"`
	Diagnostics   []document.Diagnostic `json:"diagnostics"`
}

// jsonTarget is a target of the run, and its verdict.
type jsonTarget struct {
	Type string `json:"type"`
	Name string `json:"name"`
	jsonOutcome
	Findings []document.Finding `json:"findings"`
}

// jsonOutcome is the outcome for a target, and how it was reached.
type jsonOutcome struct {
	Verdict             *apply.Status      `json:"verdict"`
	UndeterminedAllowed bool               `json:"undetermined_allowed"`
	Deprecated          bool               `json:"deprecated"`
	Summary             *jsonCounts        `json:"summary"`
	Connection          *jsonConnection    `json:"connection"`
	Snapshot            *document.Snapshot `json:"snapshot"`
	Release             *document.Release  `json:"release"`
	CRDs                *document.CRDs     `json:"crds"`
	Wait                *jsonWait          `json:"wait"`
}

type jsonCounts struct {
	Total        int `json:"total"`
	Satisfied    int `json:"satisfied"`
	Drifted      int `json:"drifted"`
	Undetermined int `json:"undetermined"`
	Skipped      int `json:"skipped"`
	Warnings     int `json:"warnings"`
	Deprecated   int `json:"deprecated"`
}

type jsonConnection struct {
	Server        string  `json:"server"`
	ServerVersion *string `json:"server_version"`
	Emulation     *string `json:"emulation_version"`
	Requests      int     `json:"requests"`
	NotModified   int     `json:"not_modified"`
	Bytes         int64   `json:"bytes"`
	Seconds       float64 `json:"duration_seconds"`
}

type jsonWait struct {
	Limit       float64  `json:"limit_seconds"`
	Elapsed     float64  `json:"duration_seconds"`
	Passes      int      `json:"passes"`
	Consecutive int      `json:"consecutive"`
	Streak      int      `json:"satisfied_in_a_row"`
	Mixed       []string `json:"mixed"`
	Ended       *string  `json:"ended"`
}

func newJSONTarget(t *report.Target, place report.Place) jsonTarget {
	out := jsonTarget{
		Type: "server", jsonOutcome: newJSONOutcome(t),
		Findings: []document.Finding{}, // must not be nil
	}
	if t.Origin != nil {
		out.Type, out.Name = t.Origin.Kind(), t.Origin.Name()
	}
	if t.Plan != nil {
		for _, f := range t.Plan.Findings {
			out.Findings = append(out.Findings, document.NewFinding(f, place))
		}
	}
	return out
}

func newJSONOutcome(t *report.Target) jsonOutcome {
	out := jsonOutcome{Snapshot: document.NewSnapshot(t.Origin), Release: document.NewRelease(t.Origin), CRDs: document.NewCRDs(t.Origin), Wait: newJSONWait(t.Wait)}
	if o := t.Origin; o != nil && out.Snapshot == nil && out.Release == nil {
		out.Connection = &jsonConnection{
			Server: o.Endpoint, ServerVersion: document.OrNull(o.ServerVersion), Emulation: document.OrNull(o.EmulationVersion),
			Requests: o.Requests, NotModified: o.NotModified, Bytes: o.Bytes, Seconds: o.Duration.Seconds(),
		}
	}
	if t.Plan != nil {
		out.Verdict = &t.Verdict.Status
		out.UndeterminedAllowed, out.Deprecated = t.Verdict.UndeterminedAllowed, t.Verdict.Deprecated
		out.Summary = newJSONCounts(t.Verdict.Counts)
	}
	return out
}

func newJSONCounts(c apply.Counts) *jsonCounts {
	return &jsonCounts{
		Total: c.Total, Satisfied: c.Satisfied, Drifted: c.Drifted, Undetermined: c.Undetermined, Skipped: c.Skipped,
		Warnings: c.Warnings, Deprecated: c.Deprecated,
	}
}

func newJSONWait(w *report.Wait) *jsonWait {
	if w == nil {
		return nil
	}
	return &jsonWait{
		Limit: w.Limit.Seconds(), Elapsed: w.Elapsed.Seconds(), Passes: w.Passes, Consecutive: w.Consecutive, Streak: w.Streak,
		// must not be nil
		Mixed: append([]string{}, w.Mixed...),
		Ended: document.OrNull(w.Ended),
	}
}
