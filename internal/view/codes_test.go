package view_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
)

const codesIntroduction = `# Codes

Each code says what is wrong. [All formats](formats.md) use the same codes.
`

// The first code of each kind begins a part of the page. That part says once what all
// its codes have in common.
func codesHeading(code string) string {
	switch code {
	case string(apply.Codes()[0]):
		return "\n## Drift\n\nWhat was found differs from the declaration: [exit code](exit-codes.md) 2.\n"
	case string(discovery.FailureCodes()[0]):
		return "\n## Undetermined\n\nThe requirement is neither met nor missed: exit code 3.\n"
	case "deprecated":
		return "\n## Deprecated APIs\n\nThe requirement is met: exit code 2 only with `--fail-on-deprecated`.\n"
	case "error":
		return "\n## Diagnostics\n"
	}
	return ""
}

// TestCodesPage tests that docs/codes.md describes each rule as SARIF does, under the
// heading that the rule's helpUri links to.
func TestCodesPage(t *testing.T) {
	plan := &apply.Plan{}
	rules := readSARIF(t, judged(plan, apply.Policy{})).Runs[0].Tool.Driver.Rules
	want := codesIntroduction
	for _, rule := range rules {
		meaning := strings.TrimPrefix(rule.Short.Text, "It could not be determined whether the requirement is met: ")
		text := strings.ToUpper(meaning[:1]) + meaning[1:] + " " + rule.Help.Text
		if strings.HasSuffix(rule.ID, "-served") || strings.HasSuffix(rule.ID, "-mismatch") {
			text = rule.Help.Text // The name says what it means.
		}
		want += codesHeading(rule.ID) + "\n### " + rule.ID + "\n\n" + text + "\n"
	}
	const path = "../../docs/codes.md"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("%s (-rules +page; go test ./internal/view -update rewrites it)\n%s", path, diff)
	}
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		anchors[strings.ToLower(strings.ReplaceAll(heading[1], " ", "-"))] = true
	}
	for _, rule := range rules {
		anchor, ok := strings.CutPrefix(rule.URI, "https://github.com/kreconcile/kreconcile/blob/main/docs/codes.md#")
		if !ok || !anchors[anchor] {
			t.Errorf("%s: the page has no heading for %s", rule.ID, rule.URI)
		}
		// Readers may show only one of the texts, so the texts differ.
		if len(map[string]bool{rule.Short.Text: true, rule.Full.Text: true, rule.Help.Text: true}) < 3 {
			t.Errorf("%s: two of its texts are the same", rule.ID)
		}
		for _, text := range []string{rule.Short.Text, rule.Full.Text, rule.Help.Text} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q is no sentence", rule.ID, text)
			}
		}
	}
}

// TestEveryResultHasAPlace tests it because GitHub rejects a whole log if one result
// has none.
func TestEveryResultHasAPlace(t *testing.T) {
	reports := map[string]*report.Report{"an error": declarationError(), "unsettled": unsettled(t), "drift": driftReport(t)}
	stdin := declarationError()
	for _, d := range stdin.Diagnostics {
		if d.Subject != nil {
			d.Subject.Filename = "<stdin>"
		}
	}
	reports["an error in standard input"] = stdin
	empty := unsettled(t)
	empty.Targets[0].Plan = &apply.Plan{}
	reports["nothing is required"] = empty
	for name, r := range reports {
		results := readSARIF(t, r).Runs[0].Results
		if len(results) == 0 {
			t.Errorf("%s: no results", name)
		}
		for _, result := range results {
			if len(result.Locations) != 1 || result.Locations[0].Physical.Artifact.URI == "" || result.Locations[0].Physical.Region["startLine"] == 0 {
				t.Errorf("%s: %s is at %+v", name, result.RuleID, result.Locations)
			}
		}
	}
}
