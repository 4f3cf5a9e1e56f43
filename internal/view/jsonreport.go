package view

import (
	"io"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// FormatVersion is the version of the JSON documents of plan and apply. The minor
// number rises if something is added, the major one if the change would mislead a
// reader.
const FormatVersion = "2.2"

// JSON writes a report as one document, which docs/json.md describes.
func JSON(w io.Writer, r *report.Report) error {
	doc := jsonReport{
		FormatVersion: FormatVersion,
		Version:       r.Version,
		Command:       r.Command,
		ExitCode:      r.ExitCode,
		Targets:       []jsonTarget{}, // must not be nil
		Diagnostics:   jsonDiagnostics(r.Diagnostics, r.Sources, r.Place),
	}
	if worst, ok := r.Worst(); ok {
		doc.Verdict = &worst
	}
	for _, t := range r.Targets {
		doc.Targets = append(doc.Targets, newJSONTarget(t, r.Place))
	}
	return writeJSON(w, doc)
}

type jsonReport struct {
	FormatVersion string           `json:"format_version"`
	Version       string           `json:"kreconcile_version"`
	Command       string           `json:"command"`
	Verdict       *apply.Status    `json:"verdict"`
	ExitCode      int              `json:"exit_code"`
	Targets       []jsonTarget     `json:"targets"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

// jsonTarget is a target of the run, and its verdict.
type jsonTarget struct {
	Type string `json:"type"`
	Name string `json:"name"`
	jsonOutcome
	Findings []jsonFinding `json:"findings"`
}

// jsonOutcome is the outcome for a target, and how it was reached.
type jsonOutcome struct {
	Verdict             *apply.Status   `json:"verdict"`
	UndeterminedAllowed bool            `json:"undetermined_allowed"`
	Deprecated          bool            `json:"deprecated"`
	Summary             *jsonCounts     `json:"summary"`
	Connection          *jsonConnection `json:"connection"`
	Snapshot            *jsonSnapshot   `json:"snapshot"`
	Release             *jsonRelease    `json:"release"`
	Wait                *jsonWait       `json:"wait"`
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

type jsonSnapshot struct {
	File          string  `json:"file"`
	Server        *string `json:"server"`
	ServerVersion *string `json:"server_version"`
	Emulation     *string `json:"emulation_version"`
	Time          *string `json:"time"`
}

type jsonRelease struct {
	Version string `json:"version"`
	Source  string `json:"source"`
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

type jsonFinding struct {
	Address      string            `json:"address"`
	Type         config.Type       `json:"type"`
	Status       apply.Status      `json:"status"`
	Severity     config.Severity   `json:"severity"`
	Cause        *string           `json:"cause"`
	Differences  []jsonDifference  `json:"differences"`
	Undetermined *jsonUndetermined `json:"undetermined"`
	Deprecation  *jsonDeprecation  `json:"deprecation"`
	Reason       *string           `json:"reason"`
	Remedy       *string           `json:"remedy"`
	Range        jsonRange         `json:"range"`
}

type jsonDifference struct {
	Code     apply.Code `json:"code"`
	Facet    *string    `json:"facet"`
	Declared *string    `json:"declared"`
	Found    *string    `json:"found"`
	Hint     *string    `json:"hint"`
	Range    jsonRange  `json:"range"`
}

type jsonUndetermined struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
}

// jsonDeprecation has releases such as "1.25".
type jsonDeprecation struct {
	APIVersion      string  `json:"api_version"`
	Kind            *string `json:"kind"`
	Deprecated      *string `json:"deprecated"`
	Removed         *string `json:"removed"`
	Replacement     *string `json:"replacement"`
	ReplacementKind *string `json:"replacement_kind"`
}

func newJSONTarget(t *report.Target, place report.Place) jsonTarget {
	out := jsonTarget{
		Type: "server", jsonOutcome: newJSONOutcome(t),
		Findings: []jsonFinding{}, // must not be nil
	}
	if t.Origin != nil {
		out.Type, out.Name = t.Origin.Kind(), t.Origin.Name()
	}
	if t.Plan != nil {
		for _, f := range t.Plan.Findings {
			out.Findings = append(out.Findings, newJSONFinding(f, place))
		}
	}
	return out
}

func newJSONOutcome(t *report.Target) jsonOutcome {
	out := jsonOutcome{Wait: newJSONWait(t.Wait)}
	switch o := t.Origin; {
	case o == nil:
	case o.Released():
		out.Release = &jsonRelease{o.Release.Version, o.Release.Source}
	case o.Recorded():
		out.Snapshot = newJSONSnapshot(o)
	default:
		out.Connection = &jsonConnection{
			Server: o.Endpoint, ServerVersion: orNull(o.ServerVersion), Emulation: orNull(o.EmulationVersion),
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

func newJSONFinding(f apply.Finding, place report.Place) jsonFinding {
	out := jsonFinding{
		Address: f.Address, Type: f.Type, Status: f.Status, Severity: f.Severity, Cause: orNull(f.Cause),
		Reason: orNull(f.Reason), Remedy: orNull(f.Remedy), Range: newJSONRange(f.Range, place),
		Differences: []jsonDifference{},
	}
	for _, d := range f.Differences {
		out.Differences = append(out.Differences, jsonDifference{
			Code: d.Code, Facet: orNull(d.Facet), Declared: orNull(d.Declared), Found: orNull(d.Found), Hint: orNull(d.Hint),
			Range: newJSONRange(d.Range, place),
		})
	}
	if u := f.Undetermined; u != nil {
		out.Undetermined = &jsonUndetermined{Code: string(u.Code), Message: u.Message, Hint: orNull(u.Hint)}
	}
	if d := f.Deprecation; d != nil {
		out.Deprecation = &jsonDeprecation{
			APIVersion: d.GroupVersion.String(), Kind: orNull(d.Kind), Deprecated: release(d.Deprecated), Removed: release(d.Removed),
			Replacement: orNull(d.Replacement.String()), ReplacementKind: orNull(d.ReplacementKind),
		}
	}
	return out
}

// release returns a minor version, and null for none.
func release(v kubeapi.Version) *string {
	if v.Major == 0 {
		return nil
	}
	return orNull(v.String())
}

func newJSONWait(w *report.Wait) *jsonWait {
	if w == nil {
		return nil
	}
	return &jsonWait{
		Limit: w.Limit.Seconds(), Elapsed: w.Elapsed.Seconds(), Passes: w.Passes, Consecutive: w.Consecutive, Streak: w.Streak,
		// must not be nil
		Mixed: append([]string{}, w.Mixed...),
		Ended: orNull(w.Ended),
	}
}

func newJSONSnapshot(o *report.Origin) *jsonSnapshot {
	s := &jsonSnapshot{
		File: o.Snapshot.Path, Server: orNull(o.Endpoint), ServerVersion: orNull(o.ServerVersion), Emulation: orNull(o.EmulationVersion),
	}
	if !o.Snapshot.Time.IsZero() {
		s.Time = orNull(o.Snapshot.Time.UTC().Format(time.RFC3339))
	}
	return s
}
