package view_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view"
)

// format is an output that CI systems read.
type format struct {
	ending string
	write  func(io.Writer, *view.Report) error
}

func formats() map[string]format {
	return map[string]format{
		"junit": {"junit.xml", view.JUnit}, "sarif": {"sarif", view.SARIF}, "github": {"github.txt", view.GitHub},
		"gitlab": {"gitlab.json", view.GitLab}, "markdown": {"md", view.Markdown},
	}
}

func written(t *testing.T, name string, r *view.Report) string {
	t.Helper()
	return string(render(t, func(b *bytes.Buffer) error { return formats()[name].write(b, r) }))
}

// judge is a run over a declaration and the snapshot of all these tests.
func judge(t *testing.T, filename, source string, policy apply.Policy) *view.Report {
	t.Helper()
	sources := config.Sources{{Name: filename, Bytes: []byte(source)}}
	d, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plan := apply.Diff(d, snapshot())
	r := &view.Report{Command: "apply", Version: "v0.1.0", Plan: plan, Verdict: plan.Verdict(policy), Diagnostics: diags, Sources: sources}
	r.ExitCode = map[apply.Status]int{apply.Satisfied: 0, apply.Drifted: 2, apply.StatusUndetermined: 3}[r.Verdict.Status]
	return r
}

// mistaken is a run that came to no plan.
func mistaken() *view.Report {
	source := "api \"v1\" {\n  servd = false\n}\n"
	return &view.Report{
		Command: "apply", Version: "v0.1.0", ExitCode: 1, Sources: config.Sources{{Name: "web.hcl", Bytes: []byte(source)}},
		Diagnostics: hcl.Diagnostics{
			{
				Severity: hcl.DiagError, Summary: "Unsupported argument", Detail: "An argument named \"servd\" is not expected here.\nDid you mean \"served\"?",
				Subject: &hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: 2, Column: 3, Byte: 13}, End: hcl.Pos{Line: 2, Column: 8, Byte: 18}},
			},
			{Severity: hcl.DiagWarning, Summary: "Version not compared", Detail: "This is a development build."},
			{Severity: hcl.DiagError, Summary: "Undeclared variable", Detail: "There is no variable \"a\".", Subject: &hcl.Range{Filename: "--var"}},
			{Severity: hcl.DiagError, Summary: "Undeclared variable", Detail: "There is no variable \"b\".", Subject: &hcl.Range{Filename: "--var"}},
			{Severity: hcl.DiagError, Summary: "Operation failed", Detail: "\x1b[2J::error::gone"},
			{Severity: hcl.DiagError, Summary: "File not found", Detail: "There is no file or folder of this name.", Subject: &hcl.Range{Filename: "other folder/b%.hcl"}},
		},
	}
}

// unsettled is a run whose last pass is satisfied, and no verdict all the same.
func unsettled(t *testing.T) *view.Report {
	t.Helper()
	r := judge(t, "web.hcl", "api \"v1\" {}\n", apply.Policy{})
	var passes apply.Series
	passes.Add(r.Plan, apply.Policy{})
	r.Verdict, r.ExitCode = passes.Verdict(apply.Policy{}, 3), 3
	r.Wait = &view.Wait{
		Limit: time.Minute, Elapsed: 58 * time.Second, Passes: 12, Consecutive: 3, Streak: 1,
		Mixed: []string{"api[\"v1\"]", "api[\"`\u202e|\"]"},
	}
	return r
}

func TestGoldenFormats(t *testing.T) {
	const holds = "api \"v1\" {\n  resource \"pods\" { verbs = [\"get\"] }\n}\napi \"batch/v1\" { enabled = false }\n"
	const warns = "api \"policy/v1beta1\" {\n  served   = false\n  severity = \"warning\"\n}\n" +
		"api \"metrics.k8s.io/v1beta1\" {\n  severity = \"warning\"\n  resource \"pods\" {}\n}\napi \"v1\" {}\n"
	reports := map[string]*view.Report{
		"drift":     report(t),
		"satisfied": judge(t, "web.hcl", holds, apply.Policy{}),
		"error":     mistaken(),
		"stdin":     judge(t, config.Stdin, "api \"example.com/v1\" {}\napi \"metrics.k8s.io/v1beta1\" {\n  resource \"pods\" {}\n}\n", apply.Policy{}),
		"warnings":  judge(t, "/srv/web app/web.hcl", warns, apply.Policy{}),
		"allowed":   judge(t, "./deploy/web.hcl", "api \"metrics.k8s.io/v1beta1\" {\n  resource \"pods\" {}\n}\napi \"v1\" {}\n", apply.Policy{AllowUndetermined: true}),
	}
	reports["warn-only"] = judge(t, "web.hcl", "api \"example.com/v1\" {}\napi \"metrics.k8s.io/v1beta1\" {}\napi \"v1\" {}\n", apply.Policy{WarnOnly: true})
	reports["unsettled"] = unsettled(t)
	for name, r := range reports {
		for f := range formats() {
			t.Run(name+" as "+f, func(t *testing.T) {
				golden(t, name+"."+formats()[f].ending, []byte(written(t, f, r)))
			})
		}
	}
}

// Every format gives the same bytes each time, and says what a writer says.
func TestFormatsAreDeterministicAndReturnErrors(t *testing.T) {
	for name, f := range formats() {
		if first, second := written(t, name, report(t)), written(t, name, report(t)); first != second {
			t.Errorf("%s differs from run to run", name)
		}
		if err := f.write(failingWriter{}, report(t)); !errors.Is(err, errFull) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

type sarifLog struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID    string
					Short struct{ Text string } `json:"shortDescription"`
					Full  struct{ Text string } `json:"fullDescription"`
					Help  struct{ Text string }
					URI   string `json:"helpUri"`
				}
			}
		}
		Invocations []struct {
			Successful    bool `json:"executionSuccessful"`
			Notifications []struct {
				Level string
				Rule  struct{ ID string } `json:"associatedRule"`
			} `json:"toolExecutionNotifications"`
		}
		Results []struct {
			RuleID       string
			RuleIndex    int
			Kind, Level  string
			Message      struct{ Text string }
			Fingerprints map[string]string `json:"partialFingerprints"`
			Locations    []struct {
				Physical struct {
					Artifact struct{ URI, URIBaseID string } `json:"artifactLocation"`
					Region   map[string]int
				} `json:"physicalLocation"`
			}
		}
	}
}

func readSARIF(t *testing.T, r *view.Report) sarifLog {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal([]byte(written(t, "sarif", r)), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

type gitlabIssue struct {
	Description, Fingerprint, Severity string
	Check                              string `json:"check_name"`
	Location                           struct {
		Path  string
		Lines struct{ Begin int }
	}
}

func readGitLab(t *testing.T, r *view.Report) []gitlabIssue {
	t.Helper()
	var issues []gitlabIssue
	if err := json.Unmarshal([]byte(written(t, "gitlab", r)), &issues); err != nil {
		t.Fatal(err)
	}
	return issues
}

// facets are the attributes of the codes that are about one.
func facets() map[apply.Code]string {
	return map[apply.Code]string{
		apply.PreferredMismatch: "preferred", apply.KindMismatch: "kind", apply.ScopeMismatch: "scope", apply.VerbNotServed: "verbs",
		apply.FieldTypeMismatch: "type", apply.FieldEnumMismatch: "enum", apply.FieldRequiredMismatch: "required",
	}
}

// everything is a plan with one finding for each code that there is.
func everything(severity config.Severity) *apply.Plan {
	plan := &apply.Plan{}
	add := func(f apply.Finding) {
		f.Requirement = config.Requirement{
			Address: fmt.Sprintf("a[%d]", len(plan.Findings)), Severity: severity, Type: config.TypeAPI,
			Range: hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}},
		}
		plan.Findings = append(plan.Findings, f)
	}
	for _, code := range apply.Codes() {
		add(apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{{Code: code, Facet: facets()[code], Declared: "x", Found: "y"}}})
	}
	for _, code := range discovery.FailureCodes() {
		add(apply.Finding{Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{Code: code, Message: "it is so"}})
	}
	return plan
}

// Each code has a rule with a description, and each result points at its own.
func TestEveryCodeHasARule(t *testing.T) {
	plan := everything(config.SeverityError)
	run := readSARIF(t, &view.Report{Plan: plan, Verdict: plan.Verdict(apply.Policy{})}).Runs[0]
	rules := run.Tool.Driver.Rules
	seen := map[string]bool{}
	for _, rule := range rules {
		if seen[rule.ID] || !strings.HasSuffix(rule.Short.Text, ".") {
			t.Errorf("rule %q is described by %q", rule.ID, rule.Short.Text)
		}
		seen[rule.ID] = true
	}
	if want := len(apply.Codes()) + len(discovery.FailureCodes()) + len("mn"); len(rules) != want {
		t.Errorf("there are %d rules, want %d", len(rules), want)
	}
	var got, want []string
	for _, result := range run.Results {
		if rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("%s points at the rule %s", result.RuleID, rules[result.RuleIndex].ID)
		}
		got = append(got, result.RuleID+" "+result.Kind+" "+result.Level)
	}
	for _, code := range apply.Codes() {
		want = append(want, string(code)+" fail error")
	}
	for _, code := range discovery.FailureCodes() {
		want = append(want, string(code)+" open none")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got)\n%s", diff)
	}
	if n := len(run.Invocations[0].Notifications); n != len(discovery.FailureCodes()) {
		t.Errorf("there are %d notifications", n)
	}
}

// What counts is an error, and what is allowed or a warning only is a warning, in
// each format and by the same rule.
func TestWhatGates(t *testing.T) {
	tests := []struct {
		name           string
		severity       config.Severity
		policy         apply.Policy
		drift, unknown bool
	}{
		{"errors", config.SeverityError, apply.Policy{}, true, true},
		{"errors, and unknown ones allowed", config.SeverityError, apply.Policy{AllowUndetermined: true}, true, false},
		{"warnings", config.SeverityWarning, apply.Policy{}, false, false},
		{"warnings that fail", config.SeverityWarning, apply.Policy{FailOnWarning: true}, true, true},
		{"warnings that fail, and unknown ones allowed", config.SeverityWarning, apply.Policy{FailOnWarning: true, AllowUndetermined: true}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := everything(tt.severity)
			// The connection's endpoint tells nothing of a cluster; any other does.
			r := &view.Report{Plan: plan, Verdict: plan.Verdict(tt.policy)}
			drifts, unknowns := len(apply.Codes()), len(discovery.FailureCodes())
			run := readSARIF(t, r).Runs[0]
			if run.Invocations[0].Successful != !tt.unknown {
				t.Errorf("executionSuccessful is %t", run.Invocations[0].Successful)
			}
			level := map[bool]string{true: "error", false: "warning"}
			if got := run.Results[0].Level; got != level[tt.drift] {
				t.Errorf("SARIF's level of drift is %s", got)
			}
			if got := run.Invocations[0].Notifications[0].Level; got != level[tt.unknown] {
				t.Errorf("SARIF's level of what could not be determined is %s", got)
			}
			gitlab := map[string]int{}
			for _, issue := range readGitLab(t, r) {
				gitlab[issue.Severity]++
			}
			want := map[string]int{}
			want[map[bool]string{true: "critical", false: "minor"}[tt.drift]] += drifts
			want[map[bool]string{true: "major", false: "minor"}[tt.unknown]] += unknowns
			if diff := cmp.Diff(want, gitlab); diff != "" {
				t.Errorf("GitLab's severities (-want +got)\n%s", diff)
			}
			wantJUnit := junitCounts{Tests: drifts + unknowns}
			if tt.drift {
				wantJUnit.Failures = drifts
			}
			if tt.unknown {
				wantJUnit.Errors = unknowns
			} else {
				wantJUnit.Skipped = unknowns
			}
			if diff := cmp.Diff(wantJUnit, readJUnit(t, written(t, "junit", r))); diff != "" {
				t.Errorf("JUnit's counts (-want +got)\n%s", diff)
			}
			github := written(t, "github", r)
			if got := strings.Contains(github, "::error "); got != (tt.drift || tt.unknown) {
				t.Errorf("GitHub's errors are\n%s", github)
			}
			if got := strings.Contains(github, "::warning "); got != (!tt.drift || !tt.unknown) {
				t.Errorf("GitHub's warnings are\n%s", github)
			}
		})
	}
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitDocument struct {
	junitCounts
	Suites []struct {
		junitCounts
		Cases []struct {
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// readJUnit counts what a document holds, and fails where its attributes say
// otherwise or a name is there twice.
func readJUnit(t *testing.T, text string) junitCounts {
	t.Helper()
	var doc junitDocument
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var all junitCounts
	names := map[string]bool{}
	for _, s := range doc.Suites {
		var n junitCounts
		for _, c := range s.Cases {
			n.Tests++
			if c.Failure != nil {
				n.Failures++
			}
			if c.Error != nil {
				n.Errors++
			}
			if c.Skipped != nil {
				n.Skipped++
			}
			if names[c.Name] {
				t.Errorf("two cases are named %q", c.Name)
			}
			names[c.Name] = true
		}
		if n != s.junitCounts {
			t.Errorf("a suite says %+v and holds %+v", s.junitCounts, n)
		}
		all = junitCounts{all.Tests + n.Tests, all.Failures + n.Failures, all.Errors + n.Errors, all.Skipped + n.Skipped}
	}
	// The schema knows no attribute for what is skipped of all suites.
	if said := (junitCounts{all.Tests, all.Failures, all.Errors, 0}); said != doc.junitCounts {
		t.Errorf("the suites hold %+v, and the document says %+v", all, doc.junitCounts)
	}
	return all
}

// JUnit has a case for each requirement, those under another included.
func TestJUnitCountsRequirements(t *testing.T) {
	r := report(t)
	c := r.Verdict.Counts
	// Two of the drifted ones are warnings, and there are two diagnostics.
	want := junitCounts{Tests: c.Total + 2, Failures: c.Drifted - 2, Errors: c.Undetermined, Skipped: c.Skipped}
	if diff := cmp.Diff(want, readJUnit(t, written(t, "junit", r))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := readJUnit(t, written(t, "junit", mistaken())); got != (junitCounts{Tests: 6, Errors: 5}) {
		t.Errorf("of errors, there are %+v", got)
	}
	if got := readJUnit(t, written(t, "junit", &view.Report{ExitCode: 1})); got != (junitCounts{Tests: 1, Errors: 1}) {
		t.Errorf("of a run that came to nothing, there are %+v", got)
	}
}

// drifted is a run with as many findings of each severity.
func drifted(errors, warnings int) *view.Report {
	plan := &apply.Plan{}
	for i := range errors + warnings {
		f := apply.Finding{Status: apply.Drifted, Differences: []apply.Difference{{
			Code: apply.GroupVersionNotServed, Declared: "x/v1", Range: hcl.Range{Filename: "web.hcl", Start: hcl.Pos{Line: i + 1}, End: hcl.Pos{Line: i + 1}},
		}}}
		f.Requirement = config.Requirement{Address: fmt.Sprintf("a[%d]", i), Severity: config.SeverityWarning}
		// The worst do not come first in the declaration.
		if i >= warnings {
			f.Severity = config.SeverityError
		}
		plan.Findings = append(plan.Findings, f)
	}
	return &view.Report{Plan: plan, Verdict: plan.Verdict(apply.Policy{})}
}

func TestGitHubShowsTenOfAKind(t *testing.T) {
	tests := []struct {
		errors, warnings   int
		errLines, wrnLines int
		more               []string
	}{
		{0, 1, 0, 1, nil},
		{10, 10, 10, 10, nil},
		{11, 9, 10, 9, []string{"::error title=kreconcile::2 more are not annotated"}},
		{9, 30, 9, 10, []string{"::warning title=kreconcile::21 more are not annotated"}},
		{5000, 11, 10, 10, []string{"::error title=kreconcile::4991 more are not annotated", "::warning title=kreconcile::2 more are not annotated"}},
	}
	for _, tt := range tests {
		got := written(t, "github", drifted(tt.errors, tt.warnings))
		if n, m := strings.Count(got, "::error "), strings.Count(got, "::warning "); n != tt.errLines || m != tt.wrnLines {
			t.Errorf("%d errors and %d warnings give %d and %d commands", tt.errors, tt.warnings, n, m)
		}
		for _, more := range tt.more {
			if !strings.Contains(got, more) {
				t.Errorf("%d errors and %d warnings do not say %q:\n%s", tt.errors, tt.warnings, more, got)
			}
		}
		if len(tt.more) != strings.Count(got, "more are") {
			t.Errorf("%d errors and %d warnings give\n%s", tt.errors, tt.warnings, got)
		}
		if tt.errors > 0 && !strings.HasPrefix(got, "::error ") {
			t.Errorf("the worst does not come first:\n%s", got)
		}
	}
	r := drifted(20, 0)
	r.Diagnostics = hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Operation failed"}}
	if got := written(t, "github", r); !strings.HasPrefix(got, "::error title=Operation failed::") {
		t.Errorf("an error does not come first:\n%s", got)
	}
}

func TestGitHubEscapes(t *testing.T) {
	plan := &apply.Plan{Findings: []apply.Finding{{
		Requirement: config.Requirement{Address: "a,b:c%"}, Status: apply.Drifted,
		Differences: []apply.Difference{{
			Code: apply.KubernetesMismatch, Declared: "100%0A", Found: "x,y::z",
			Range: hcl.Range{Filename: "a,b:c%.hcl", Start: hcl.Pos{Line: 3, Column: 4}, End: hcl.Pos{Line: 5, Column: 2}},
		}},
	}}}
	want := "::error file=a%2Cb%3Ac%25.hcl,line=3,endLine=5,title=Drift%3A a%2Cb%3Ac%25::" +
		"a,b:c%25 is 100%250A, but the server is x,y::z\n"
	if got := written(t, "github", &view.Report{Plan: plan, Verdict: plan.Verdict(apply.Policy{})}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A fingerprint is one problem's only, and stays where lines and folders change.
func TestFingerprints(t *testing.T) {
	moved := func(filename, before string) *view.Report {
		r := report(t)
		sources := config.Sources{{Name: filename, Bytes: []byte(before + declaration)}}
		d, diags := config.Parse(sources, config.Inputs{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		r.Plan, r.Sources = apply.Diff(d, snapshot()), sources
		r.Diagnostics = hcl.Diagnostics{
			{Severity: hcl.DiagWarning, Summary: "Same", Subject: &hcl.Range{Filename: filename, Start: hcl.Pos{Line: 1 + len(before)}}},
			{Severity: hcl.DiagWarning, Summary: "Same", Subject: &hcl.Range{Filename: filename, Start: hcl.Pos{Line: 2 + len(before)}}},
			{Severity: hcl.DiagError, Summary: "Same"},
		}
		return r
	}
	fingerprints := func(r *view.Report) (gitlab, sarif []string) {
		seen := map[string]string{}
		for _, issue := range readGitLab(t, r) {
			if other, ok := seen[issue.Fingerprint]; ok || issue.Fingerprint == "" {
				t.Errorf("%q has the fingerprint of %q", issue.Description, other)
			}
			seen[issue.Fingerprint] = issue.Description
			gitlab = append(gitlab, issue.Fingerprint)
		}
		for _, result := range readSARIF(t, r).Runs[0].Results {
			sarif = append(sarif, result.Fingerprints["kreconcile/v1"])
		}
		return gitlab, sarif
	}
	gitlab, sarif := fingerprints(moved("web.hcl", ""))
	otherGitLab, otherSARIF := fingerprints(moved("/srv/deploy/web.hcl", "\n\n\n# moved\n"))
	if diff := cmp.Diff(gitlab, otherGitLab); diff != "" || len(gitlab) < 10 {
		t.Errorf("GitLab's fingerprints change (-before +after)\n%s", diff)
	}
	if diff := cmp.Diff(sarif, otherSARIF); diff != "" || len(sarif) < 10 {
		t.Errorf("SARIF's fingerprints change (-before +after)\n%s", diff)
	}
}

func TestPlacesOfSARIFAndGitLab(t *testing.T) {
	tests := []struct{ filename, uri, base, path string }{
		{"web.hcl", "web.hcl", "%SRCROOT%", "web.hcl"},
		{"./deploy/../a b%/wéb.hcl", "a%20b%25/w%C3%A9b.hcl", "%SRCROOT%", "a b%/wéb.hcl"},
		{"a:b.hcl.json", "a%3Ab.hcl.json", "%SRCROOT%", "a:b.hcl.json"},
		{"?#\xff.hcl", "%3F%23%FF.hcl", "%SRCROOT%", `?#\xff.hcl`},
		{"/srv/a b/c:d.hcl", "file:///srv/a%20b/c:d.hcl", "", "/srv/a b/c:d.hcl"},
		{"values.hclvars", "values.hclvars", "%SRCROOT%", "values.hclvars"},
		{config.Stdin, "%3Cstdin%3E", "%SRCROOT%", "<stdin>"},
		{"--var", "%3Ckreconcile%3E", "%SRCROOT%", "<--var>"},
		{"environment variable KRECONCILE_VAR_a", "%3Ckreconcile%3E", "%SRCROOT%", "<environment variable KRECONCILE_VAR_a>"},
		{"", "%3Ckreconcile%3E", "%SRCROOT%", "<kreconcile>"},
	}
	for _, tt := range tests {
		r := drifted(1, 0)
		r.Plan.Findings[0].Range.Filename = tt.filename
		r.Plan.Findings[0].Differences[0].Range.Filename = tt.filename
		result := readSARIF(t, r).Runs[0].Results[0]
		var uri, base string
		if len(result.Locations) > 0 {
			uri, base = result.Locations[0].Physical.Artifact.URI, result.Locations[0].Physical.Artifact.URIBaseID
		}
		if uri != tt.uri || base != tt.base {
			t.Errorf("%q is %q of %q in SARIF", tt.filename, uri, base)
		}
		if got := readGitLab(t, r)[0].Location; got.Path != tt.path || got.Lines.Begin < 1 {
			t.Errorf("%q is %+v in GitLab", tt.filename, got)
		}
		// Where there is no file to point at, the words name the place.
		if strings.HasPrefix(tt.uri, "%3C") && tt.filename != "" && !strings.Contains(result.Message.Text, "\nat "+tt.filename) {
			t.Errorf("%q is told of as %q", tt.filename, result.Message.Text)
		}
	}
}

// Columns count code points, also where a reader sees one character in several.
func TestColumnsCountCodePoints(t *testing.T) {
	const line = "\n/* e\u0301 日本 */ api \"example.com/v1\" {}\n"
	r := judge(t, "web.hcl", line, apply.Policy{})
	want := map[string]int{"startLine": 2, "endLine": 2, "startColumn": 13, "endColumn": 33}
	if diff := cmp.Diff(want, readSARIF(t, r).Runs[0].Results[0].Locations[0].Physical.Region); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := written(t, "github", r); !strings.Contains(got, ",col=13,endColumn=33,") {
		t.Errorf("got %s", got)
	}
	// Far to the right, they are what the parser counted.
	r = judge(t, "web.hcl", "/*"+strings.Repeat(" ", 10000)+"*/"+line[1:], apply.Policy{})
	if got := readSARIF(t, r).Runs[0].Results[0].Locations[0].Physical.Region["startColumn"]; got != 10004+12 {
		t.Errorf("it is column %d", got)
	}
}

func TestSARIFMessagesAreText(t *testing.T) {
	r := drifted(1, 0)
	r.Plan.Findings[0].Reason = "{0} [here](https://example.com)"
	if got := readSARIF(t, r).Runs[0].Results[0].Message.Text; !strings.HasSuffix(got, "reason: {{0}} [here] (https://example.com)") {
		t.Errorf("got %q", got)
	}
}

func TestMarkdownFitsItsLimit(t *testing.T) {
	long := strings.Repeat("a|`` `@b ", 100)
	for _, n := range []int{1, 50, 200, 1000} {
		r := drifted(n, n)
		for i := range r.Plan.Findings {
			f := &r.Plan.Findings[i]
			switch i % 4 {
			case 1:
				f.Reason, f.Remedy = strings.Repeat(long+"\n", 12), long
			case 2:
				f.Differences[0].Found, f.Differences[0].Hint = long, long
			case 3:
				f.Status, f.Differences = apply.StatusUndetermined, nil
				f.Undetermined = &apply.Undetermined{Code: discovery.Timeout, Message: "too late", Hint: "wait"}
			}
			r.Diagnostics = append(r.Diagnostics, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Wrong", Detail: "It is wrong."})
		}
		r.Verdict = r.Plan.Verdict(apply.Policy{})
		r.Origin = &view.Origin{SnapshotFile: strings.Repeat("`|", 1000)}
		got := written(t, "markdown", r)
		if len(got) > 60000 {
			t.Errorf("%d findings give %d bytes", 2*n, len(got))
		}
		if !utf8.ValidString(got) {
			t.Errorf("%d findings give invalid UTF-8", 2*n)
		}
		// What is left out is counted.
		rows := strings.Count(got, "\n| error |") + strings.Count(got, "\n| warning |")
		for _, m := range regexp.MustCompile(`(?m)^and (\d+) more: `).FindAllStringSubmatch(got, -1) {
			more, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			rows += more
		}
		if rows != 4*n {
			t.Errorf("of %d problems, %d are shown or counted", 4*n, rows)
		}
		if !strings.Contains(got, "satisfied, ") {
			t.Errorf("%d findings leave no room for the counts", 2*n)
		}
		markdownIsOurs(t, got, 0)
	}
}

// No text is so long that it keeps a finding from being shown.
func TestMarkdownCutsTexts(t *testing.T) {
	long := strings.Repeat("ä", 100000)
	r := hostile(long)
	r.Plan.Findings[0].Remedy = strings.Repeat("line\n", 30000)
	got := written(t, "markdown", r)
	markdownIsOurs(t, got, 6)
	if !strings.Contains(got, "<br>and 29994 more lines |") {
		t.Errorf("lines are not counted:\n%s", got)
	}
	if strings.Contains(got, "and 1 more") || !strings.Contains(got, "ä…`") || len(got) > 30000 {
		t.Errorf("there are %d bytes:\n%s", len(got), got)
	}
}

// A run that panicked behind its plan came to no verdict, and none is shown.
func TestNoVerdictIsNone(t *testing.T) {
	r := report(t)
	r.Verdict = apply.Verdict{}
	r.Diagnostics = hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Internal error"}}
	r.ExitCode = 1
	for name := range formats() {
		got := written(t, name, r)
		if strings.Contains(got, "api[") || strings.Contains(got, "No drift") || !strings.Contains(got, "Internal error") {
			t.Errorf("%s says\n%s", name, got)
		}
	}
}

// hostile is a report that holds a text wherever one from outside may stand.
func hostile(text string) *view.Report {
	at := hcl.Range{Filename: text + ".hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2, Byte: 1}}
	requirement := func(address string) config.Requirement {
		return config.Requirement{
			Address: address + text, Type: config.TypeAPI, Severity: config.SeverityError, Reason: text, Remedy: "a\n" + text + "\nb", Range: at,
		}
	}
	plan := &apply.Plan{Findings: []apply.Finding{
		{Requirement: requirement("a"), Status: apply.Drifted, Differences: []apply.Difference{
			{Code: apply.KubernetesMismatch, Declared: text, Found: text, Hint: text, Range: at},
		}},
		{Requirement: requirement("b"), Status: apply.Drifted, Differences: []apply.Difference{
			{Code: apply.ScopeMismatch, Facet: "scope", Declared: text, Found: text, Hint: text, Range: at},
			{Code: apply.VerbNotServed, Facet: "verbs", Declared: text, Hint: text, Range: at},
			{Code: apply.VerbNotServed, Facet: "verbs", Declared: "x", Range: hcl.Range{Filename: text}},
		}},
		{Requirement: requirement("c"), Status: apply.StatusUndetermined, Undetermined: &apply.Undetermined{Code: discovery.Stale, Message: text, Hint: text}},
		{Requirement: requirement("d"), Status: apply.StatusUndetermined, Cause: "c" + text},
		{Requirement: requirement("e"), Status: apply.Satisfied},
		{Requirement: requirement("f"), Status: apply.Skipped},
	}}
	return &view.Report{
		Command: "apply", Version: text, Plan: plan, Verdict: plan.Verdict(apply.Policy{}), ExitCode: 2,
		Diagnostics: hcl.Diagnostics{
			{Severity: hcl.DiagError, Summary: text, Detail: text + "\n" + text, Subject: &at},
			{Severity: hcl.DiagWarning, Summary: text, Detail: text, Subject: &hcl.Range{Filename: text}},
		},
		Sources: config.Sources{{Name: at.Filename, Bytes: []byte(text)}},
		Origin:  &view.Origin{Endpoint: text, SnapshotFile: text, ServerVersion: text},
	}
}

// FuzzFormats holds that no text from outside breaks a format, steers a terminal
// or becomes a command or markup.
func FuzzFormats(f *testing.F) {
	for _, seed := range []string{
		"", "plain", "\x1b[31mred\x07", "\u202eabc\u2066", "\xff\xfe\x00", "\ufffe\uffff\ufeff", "a\r\n::error::x", "::error file=a::x",
		"##vso[task.complete]", "##[error]x", "</failure>]]><script>alert(1)</script><!-- x -->", "&amp;&#10;\"'", "a | b || c", "`", "``` ` ``",
		"` `", " a ", "\\|", "@everyone #1 [x](http://evil) ![y](http://evil/z.png)", "<img src=x onerror=y>", "%0A::error::%25,:", "{0} {{ }}", "a\tb\nc",
		"/close", "$`x`$", hostileText, "\u0085\u2028\u2029", "\U000e0041", "|", "`|`", "*a* _b_ ~c~",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := hostile(text)
		for name := range formats() {
			got := written(t, name, r)
			if !utf8.ValidString(got) {
				t.Errorf("%s of %q is no UTF-8", name, text)
			}
			if i := strings.IndexFunc(got, func(r rune) bool {
				return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
			}); i >= 0 {
				t.Errorf("%s of %q holds what must not be printed: %q", name, text, got[i:])
			}
			if strings.Contains(got, "##[") || strings.Contains(got, "##vso[") {
				t.Errorf("%s of %q holds a command:\n%s", name, text, got)
			}
			ours := 0
			for line := range strings.Lines(got) {
				if strings.HasPrefix(strings.TrimSpace(line), "::") {
					ours++
				}
			}
			if want := map[bool]int{true: 6}[name == "github"]; ours != want {
				t.Errorf("%s of %q has %d commands:\n%s", name, text, ours, got)
			}
		}
		readSARIF(t, r)
		if issues := readGitLab(t, r); len(issues) != 6 {
			t.Errorf("%q gives %d issues", text, len(issues))
		}
		if got := written(t, "junit", r); strings.Count(got, "<testcase") != 8 || wellFormed(got) != nil {
			t.Errorf("JUnit of %q is (%v)\n%s", text, wellFormed(got), got)
		}
		markdownIsOurs(t, written(t, "markdown", r), 6)
	})
}

// wellFormed reads a document of XML to its end.
func wellFormed(text string) error {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// markdownIsOurs fails where Markdown holds anything outside of code spans that
// is not one of our own words, or a row that is not what its table has.
func markdownIsOurs(t *testing.T, text string, rows int) {
	t.Helper()
	ours := regexp.MustCompile(`^[a-zA-Z0-9 |.,:#*()<>&;-]*$`)
	tags := regexp.MustCompile(`<br>|&#124;|<https?://[a-zA-Z0-9][a-zA-Z0-9._~/:?#@!&=+,%()-]*>`)
	seen, columns := 0, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		rest := tags.ReplaceAllString(withoutCode(line), "")
		if !ours.MatchString(rest) || strings.ContainsAny(rest, "<>&;") {
			t.Errorf("%q stands outside of code, in\n%s", rest, line)
		}
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		// A table ends its cells at every pipe, in code as well.
		switch n := strings.Count(line, "|"); {
		case columns == 0:
			columns = n
		case columns != n:
			t.Errorf("a row has %d pipes and not %d:\n%s", n, columns, line)
		case !strings.HasPrefix(line, "| ---"):
			seen++
		}
	}
	if rows > 0 && seen != rows {
		t.Errorf("there are %d rows:\n%s", seen, text)
	}
}

// withoutCode takes code spans out, as CommonMark reads them: a run of backticks
// up to the next run of as many.
func withoutCode(line string) string {
	var out strings.Builder
	for i := 0; i < len(line); {
		if line[i] != '`' {
			out.WriteByte(line[i])
			i++
			continue
		}
		n := run(line[i:])
		end := -1
		for j := i + n; j < len(line); {
			if line[j] != '`' {
				j++
				continue
			}
			m := run(line[j:])
			if m == n {
				end = j + m
				break
			}
			j += m
		}
		if end < 0 {
			out.WriteString(line[i : i+n])
			i += n
			continue
		}
		i = end
	}
	return out.String()
}

func run(s string) int { return len(s) - len(strings.TrimLeft(s, "`")) }
