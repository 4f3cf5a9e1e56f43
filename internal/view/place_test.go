package view_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

// TestPlace tests that documents name files as the repository does, and text as the
// command line did.
func TestPlace(t *testing.T) {
	r := driftReport(t)
	file := r.Targets[0].Plan.Findings[0].Range.Filename
	diag := func(name string) *hcl.Diagnostic {
		return &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "A", Subject: &hcl.Range{
			Filename: name, Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2, Byte: 1},
		}}
	}
	r.Diagnostics = append(r.Diagnostics, diag(file), diag(config.Stdin), diag("--var"))
	r.Sources = append(r.Sources, config.Source{Name: config.Stdin, Bytes: []byte("x")})
	r.Place = func(name string) string {
		if name == config.Stdin {
			return "repository/stdin.hcl"
		}
		return "repository/" + strings.TrimPrefix(name, "./")
	}
	views := everyView()
	for _, f := range view.ReportFormats() {
		if _, ok := views[f.Name]; !ok {
			t.Errorf("%s is no view", f.Name)
		}
	}
	for name, v := range views {
		isFormat := slices.ContainsFunc(view.ReportFormats(), func(f view.Format) bool { return f.Name == name })
		switch {
		case isFormat && name != "text" && name != "openmetrics": // metrics name no files
			got := string(render(t, func(b *bytes.Buffer) error { return v.write(b, r) }))
			if n, all := strings.Count(got, "repository/"+file), strings.Count(got, file); n == 0 || n != all {
				t.Errorf("%s: %d of %d names are those of the repository in\n%s", name, n, all, got)
			}
			if !strings.Contains(got, "repository/stdin.hcl") || strings.Contains(got, config.Stdin) {
				t.Errorf("%s: standard input is not the file of the repository in\n%s", name, got)
			}
			if strings.Contains(got, "repository/--var") {
				t.Errorf("%s: a flag is taken for a file in\n%s", name, got)
			}
		case isFormat, name == "text in colour", name == "termination message":
			if got := string(render(t, func(b *bytes.Buffer) error { return v.write(b, r) })); strings.Contains(got, "repository/") {
				t.Errorf("%s names a file of the repository in\n%s", name, got)
			}
		}
	}
	// The line is still found.
	got := string(render(t, func(b *bytes.Buffer) error {
		return view.ValidateJSON(b, &report.Validation{Diagnostics: r.Diagnostics, Sources: r.Sources, Place: r.Place}, view.Options{})
	}))
	if !strings.Contains(got, "repository/"+file) || strings.Count(got, `"code": "`) < 2 {
		t.Errorf("validate writes\n%s", got)
	}
	if got := string(render(t, func(b *bytes.Buffer) error { return view.SARIF(b, r) })); !strings.Contains(got, "The root of the repository.") {
		t.Errorf("SARIF does not say what paths are relative to:\n%s", got)
	}
}

type gitlabIssue struct {
	Description, Fingerprint, Severity string
	Check                              string `json:"check_name"`
	Location                           struct {
		Path  string
		Lines struct{ Begin int }
	}
}

func readGitLab(t *testing.T, r *report.Report) []gitlabIssue {
	t.Helper()
	var issues []gitlabIssue
	if err := json.Unmarshal([]byte(written(t, "gitlab", r)), &issues); err != nil {
		t.Fatal(err)
	}
	return issues
}

// A fingerprint belongs to one problem, and stays the same if lines and folders
// change.
func TestFingerprints(t *testing.T) {
	moved := func(filename, before string) *report.Report {
		r := driftReport(t)
		sources := config.Sources{{Name: filename, Bytes: []byte(before + declaration)}}
		d, diags := config.Parse(sources, config.Inputs{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		r.Targets[0].Plan, r.Sources = apply.Diff(d, snapshot()), sources
		r.Diagnostics = hcl.Diagnostics{
			{Severity: hcl.DiagWarning, Summary: "Same", Subject: &hcl.Range{Filename: filename, Start: hcl.Pos{Line: 1 + len(before)}}},
			{Severity: hcl.DiagWarning, Summary: "Same", Subject: &hcl.Range{Filename: filename, Start: hcl.Pos{Line: 2 + len(before)}}},
			{Severity: hcl.DiagError, Summary: "Same"},
		}
		return r
	}
	fingerprints := func(r *report.Report) (gitlab, sarif []string) {
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
		r.Targets[0].Plan.Findings[0].Range.Filename = tt.filename
		r.Targets[0].Plan.Findings[0].Differences[0].Range.Filename = tt.filename
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
		// If there is no file to point at, the words name the place.
		if strings.HasPrefix(tt.uri, "%3C") && tt.filename != "" && !strings.Contains(result.Message.Text, "\nat "+tt.filename) {
			t.Errorf("%q is reported as %q", tt.filename, result.Message.Text)
		}
	}
}

// Columns count code points, even if a reader sees several as one character.
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
	// Far to the right, columns are what the parser counted.
	r = judge(t, "web.hcl", "/*"+strings.Repeat(" ", 10000)+"*/"+line[1:], apply.Policy{})
	if got := readSARIF(t, r).Runs[0].Results[0].Locations[0].Physical.Region["startColumn"]; got != 10004+12 {
		t.Errorf("it is column %d", got)
	}
}
