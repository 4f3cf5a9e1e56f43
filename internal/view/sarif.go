package view

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/codes"
	"github.com/kreconcile/kreconcile/internal/view/document"
	"github.com/kreconcile/kreconcile/internal/view/markup"
	"github.com/kreconcile/kreconcile/internal/view/result"
)

const (
	home = "https://github.com/kreconcile/kreconcile"
	// codesPage has a section for each code, with the code as heading.
	codesPage = home + "/blob/main/docs/codes.md"
	// sourceRoot is the folder of relative paths. Viewers know this name.
	sourceRoot = "%SRCROOT%"
)

// SARIF writes a report as one SARIF 2.1.0 log. Drift is a result of kind fail. An
// undetermined requirement is a result of kind open, whose level the standard fixes
// to none, and a notification of the run with a visible level.
//
// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, 3.27.9
// and 3.27.10.
func SARIF(w io.Writer, r *report.Report) error {
	root := "The folder that kreconcile ran in."
	if r.Place != nil {
		root = "The root of the repository."
	}
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{Name: "kreconcile", Version: r.Version, InformationURI: home, Rules: sarifRules()}},
		Invocations: []sarifInvocation{{
			Successful: successful(r),
			ExitCode:   r.ExitCode,
		}},
		ColumnKind: "unicodeCodePoints",
		BaseIDs:    map[string]sarifBase{sourceRoot: {Description: sarifText{root}}},
		Properties: sarifProperties{Command: r.Command},
	}
	if len(r.Targets) == 1 {
		run.Properties.Outcome = result.NewOutcome(r.Targets[0])
	} else {
		if worst, ok := r.Worst(); ok {
			run.Properties.Verdict = &worst
		}
		for _, t := range r.Targets {
			kind, name := result.NameOf(t)
			run.Properties.Targets = append(run.Properties.Targets, sarifTarget{kind, name, result.NewOutcome(t)})
		}
	}
	all := report.Problems(r)
	ruleOf := func(b report.Problem) sarifRule {
		rules := run.Tool.Driver.Rules
		return sarifRule{ID: b.Code, Index: slices.IndexFunc(rules, func(rule sarifDescriptor) bool { return rule.ID == b.Code })}
	}
	notification := func(i int) any {
		b := all[i]
		if !b.Unknown && !b.IsDiagnostic() {
			return nil
		}
		return sarifNotification{
			Rule: ruleOf(b), Level: sarifLevel(b), Message: sarifText{sarifMessage(strings.Join(b.Message(), "\n"))},
			Locations: sarifLocations(b.At, r),
		}
	}
	found := func(i int) any {
		b := all[i]
		locations := sarifLocations(b.At, r)
		if len(locations) == 0 {
			// An error in a declaration is a result for the file; a problem
			// elsewhere is not.
			if b.IsDiagnostic() {
				return nil
			}
			locations = sarifLocations(first(r), r)
		}
		rule := ruleOf(b)
		kind, level := "fail", sarifLevel(b)
		if b.Unknown {
			kind, level = "open", "none"
		}
		return sarifResult{
			RuleID: rule.ID, RuleIndex: rule.Index, Kind: kind, Level: level,
			Message: sarifText{sarifMessage(strings.Join(b.Message(), "\n"))}, Locations: locations,
			Fingerprints: map[string]string{"kreconcile/v1": b.Key},
		}
	}
	return document.WriteLists(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, document.List{Key: "toolExecutionNotifications", Item: notification, Len: len(all)}, document.List{Key: "results", Item: found, Len: len(all)})
}

// successful reports whether everything that was asked could be determined.
func successful(r *report.Report) bool {
	_, judged := r.Worst()
	return judged && !r.Diagnostics.HasErrors() && !slices.ContainsFunc(r.Targets, func(t *report.Target) bool { return t.Verdict.Undetermined })
}

func sarifLevel(b report.Problem) string {
	if b.Fails {
		return "error"
	}
	return "warning"
}

// sarifRules lists every code, whatever this run found. Each result's ruleIndex
// relies on the order.
func sarifRules() []sarifDescriptor {
	var rules []sarifDescriptor
	for _, code := range codes.All() {
		rules = append(rules, sarifDescriptor{
			ID: code.Name, Short: sarifText{code.Meaning}, Full: sarifText{code.Meaning + " " + code.Follows},
			Help: sarifText{code.Advice}, HelpURI: codesPage + "#" + code.Name,
		})
	}
	return rules
}

// sarifMessage escapes text for a message: in SARIF, braces are arguments, and
// brackets before parentheses are a link.
//
// Source: SARIF 2.1.0, 3.11.5 and 3.11.6.
func sarifMessage(text string) string {
	return strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(text)
}

// first is the place of the first requirement, for problems that concern all of them:
// GitHub rejects a log if one result has no place.
func first(r *report.Report) hcl.Range {
	for _, t := range r.Judged() {
		for _, f := range t.Plan.Findings {
			if hasPlace(f.Range) {
				return f.Range
			}
		}
	}
	return hcl.Range{Filename: report.Nowhere}
}

// hasPlace reports whether SARIF can point at a range: a file, standard input, or
// nowhere.
func hasPlace(at hcl.Range) bool {
	return report.IsFile(at.Filename) || at.Filename == config.Stdin || at.Filename == report.Nowhere
}

// sarifLocations is empty, not nil, if there is no place.
func sarifLocations(at hcl.Range, r *report.Report) []sarifLocation {
	if !hasPlace(at) {
		return []sarifLocation{}
	}
	var location sarifLocation
	name := r.Place.Of(at.Filename)
	location.Physical.Artifact = sarifArtifact{URI: markup.RelativeURI(report.Slashed(name)), BaseID: sourceRoot}
	if filepath.IsAbs(name) {
		location.Physical.Artifact = sarifArtifact{URI: markup.FileURI(report.Slashed(name))}
	}
	// GitHub rejects a place without a line, so a whole file is shown at its first
	// line.
	location.Physical.Region = sarifRegion{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 1}
	if at.Start.Line > 0 {
		location.Physical.Region = sarifRegion{
			StartLine: at.Start.Line, StartColumn: report.Column(at.Filename, at.Start, r.Sources),
			EndLine: max(at.End.Line, at.Start.Line), EndColumn: report.Column(at.Filename, at.End, r.Sources),
		}
	}
	return []sarifLocation{location}
}
