package view

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/codes"
	"github.com/kreconcile/kreconcile/internal/view/markup"
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
func SARIF(w io.Writer, r *Report) error {
	root := "The folder that kreconcile ran in."
	if r.Place != nil {
		root = "The root of the repository."
	}
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{Name: "kreconcile", Version: r.Version, InformationURI: home, Rules: sarifRules()}},
		Invocations: []sarifInvocation{{
			Successful: r.successful(),
			ExitCode:   r.ExitCode,
		}},
		ColumnKind: "unicodeCodePoints",
		BaseIDs:    map[string]sarifBase{sourceRoot: {Description: sarifText{root}}},
		Properties: sarifProperties{Command: r.Command},
	}
	if len(r.Targets) == 1 {
		run.Properties.jsonOutcome = newJSONOutcome(r.Targets[0])
	} else {
		if worst, ok := r.worst(); ok {
			run.Properties.Verdict = &worst
		}
		for _, t := range r.Targets {
			target := newJSONTarget(t, r.Place)
			run.Properties.Targets = append(run.Properties.Targets, sarifTarget{target.Type, target.Name, target.jsonOutcome})
		}
	}
	all := problems(r)
	ruleOf := func(b problem) sarifRule {
		rules := run.Tool.Driver.Rules
		return sarifRule{ID: b.code, Index: slices.IndexFunc(rules, func(rule sarifDescriptor) bool { return rule.ID == b.code })}
	}
	notifications := func(yield func(any) bool) {
		for _, b := range all {
			if (b.unknown || b.isDiagnostic()) && !yield(sarifNotification{
				Rule: ruleOf(b), Level: sarifLevel(b), Message: sarifText{sarifMessage(strings.Join(b.message(), "\n"))},
				Locations: sarifLocations(b.at, r),
			}) {
				return
			}
		}
	}
	results := func(yield func(any) bool) {
		for _, b := range all {
			locations := sarifLocations(b.at, r)
			if len(locations) == 0 {
				// An error in a declaration is a result for the file; a problem
				// elsewhere is not.
				if b.isDiagnostic() {
					continue
				}
				locations = sarifLocations(r.first(), r)
			}
			rule := ruleOf(b)
			result := sarifResult{
				RuleID: rule.ID, RuleIndex: rule.Index, Kind: "fail", Level: sarifLevel(b),
				Message: sarifText{sarifMessage(strings.Join(b.message(), "\n"))}, Locations: locations,
				Fingerprints: map[string]string{"kreconcile/v1": b.key},
			}
			if b.unknown {
				result.Kind, result.Level = "open", "none"
			}
			if !yield(result) {
				return
			}
		}
	}
	return writeJSONLists(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, notifications, results)
}

// successful reports whether everything that was asked could be determined.
func (r *Report) successful() bool {
	_, judged := r.worst()
	return judged && !r.Diagnostics.HasErrors() && !slices.ContainsFunc(r.Targets, func(t *Target) bool { return t.Verdict.Undetermined })
}

func sarifLevel(b problem) string {
	if b.fails {
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
func (r *Report) first() hcl.Range {
	for _, t := range r.judged() {
		for _, f := range t.Plan.Findings {
			if hasPlace(f.Range) {
				return f.Range
			}
		}
	}
	return hcl.Range{Filename: nowhere}
}

// hasPlace reports whether SARIF can point at a range: a file, standard input, or
// nowhere.
func hasPlace(at hcl.Range) bool {
	return isFile(at.Filename) || at.Filename == config.Stdin || at.Filename == nowhere
}

// sarifLocations is empty, not nil, if there is no place.
func sarifLocations(at hcl.Range, r *Report) []sarifLocation {
	if !hasPlace(at) {
		return []sarifLocation{}
	}
	var location sarifLocation
	name := r.Place.of(at.Filename)
	location.Physical.Artifact = sarifArtifact{URI: markup.RelativeURI(slashed(name)), BaseID: sourceRoot}
	if filepath.IsAbs(name) {
		location.Physical.Artifact = sarifArtifact{URI: markup.FileURI(slashed(name))}
	}
	// GitHub rejects a place without a line, so a whole file is shown at its first
	// line.
	location.Physical.Region = sarifRegion{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 1}
	if at.Start.Line > 0 {
		location.Physical.Region = sarifRegion{
			StartLine: at.Start.Line, StartColumn: column(at.Filename, at.Start, r.Sources),
			EndLine: max(at.End.Line, at.Start.Line), EndColumn: column(at.Filename, at.End, r.Sources),
		}
	}
	return []sarifLocation{location}
}
