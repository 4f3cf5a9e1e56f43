package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
)

// TerminationLimit is how many bytes Kubernetes keeps of a container's
// termination message.
//
// Source: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
const TerminationLimit = 4096

// Termination writes the message that kubectl describe pod shows of a container
// that ended: the verdict and the worst findings first, a line each, never more
// than [TerminationLimit] bytes. What does not fit is counted.
func Termination(w io.Writer, r *Report) error {
	_, err := w.Write(fit(terminationLines(r), TerminationLimit))
	return err
}

func terminationLines(r *Report) []string {
	var lines []string
	for _, d := range r.Diagnostics {
		if d.Severity == hcl.DiagError {
			lines = append(lines, oneLineDiagnostic(d))
		}
	}
	if r.Plan == nil {
		return lines
	}
	p := printer{recorded: r.recorded()}
	lines = append(lines, verdictLine(r))
	if r.Wait != nil {
		lines = append(lines, waitLine(r.Wait))
		if len(r.Wait.Mixed) > 0 {
			lines = append(lines, mixedLine(r.Wait))
		}
	}
	for _, severity := range config.Severities() {
		lines = append(lines, p.worst(r.Plan, severity, true)...)
	}
	return lines
}

func oneLineDiagnostic(d *hcl.Diagnostic) string {
	place := ""
	if d.Subject != nil && d.Subject.Filename != "" {
		place = clean(d.Subject.Filename) + ": "
	}
	if place != "" && d.Subject.Start.Line > 0 {
		place = fmt.Sprintf("%s line %d: ", clean(d.Subject.Filename), d.Subject.Start.Line)
	}
	return "Error: " + place + clean(d.Summary) + ": " + clean(d.Detail)
}

// worst gives a line for each finding of a severity that does not hold: drift
// first, then what could not be told, with what to do about it where that is asked
// for.
func (p *printer) worst(plan *apply.Plan, severity config.Severity, remedies bool) []string {
	remedy := remedy
	if !remedies {
		remedy = func(apply.Finding) string { return "" }
	}
	var drift, unknown []string
	for _, f := range plan.Findings {
		if f.Severity != severity || f.Cause != "" {
			continue
		}
		head := clean(f.Address)
		switch {
		case f.Status == apply.Drifted && f.Differences[0].Facet == "":
			drift = append(drift, p.mark(f.Differences[0])+" "+head+" "+p.sentence(f.Differences[0])+p.severity(f)+remedy(f))
		case f.Status == apply.Drifted:
			var facets []string
			for _, d := range f.Differences {
				facets = append(facets, p.facet(d))
			}
			drift = append(drift, "~ "+head+" "+strings.Join(facets, "; ")+p.severity(f)+remedy(f))
		case f.Status == apply.StatusUndetermined:
			unknown = append(unknown, "? "+head+p.severity(f)+": "+clean(f.Undetermined.Message))
		}
	}
	return append(drift, unknown...)
}

func remedy(f apply.Finding) string {
	if strings.TrimSpace(f.Remedy) == "" {
		return ""
	}
	return ". " + clean(f.Remedy)
}

// fit joins lines up to a limit in bytes. A line that is too long by itself is
// cut between two characters.
func fit(lines []string, limit int) []byte {
	const longest = 1000
	var out []byte
	for i, line := range lines {
		line = cut(line, longest) + "\n"
		rest := fmt.Sprintf("and %d more\n", len(lines)-i)
		reserve := len(rest)
		if i == len(lines)-1 {
			reserve = 0
		}
		if len(out)+len(line)+reserve > limit {
			return append(out, rest...)
		}
		out = append(out, line...)
	}
	return out
}

// cut shortens a text to at most limit bytes, and says so with an ellipsis.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return s[:runeStart(s, limit-len(ellipsis))] + ellipsis
}
