package view_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/result"
)

// twoTargets is a run over a server that drifts and a snapshot with an undetermined
// requirement.
func twoTargets(t *testing.T) *report.Report {
	t.Helper()
	const declared = "api \"example.com/v1\" {\n  resource \"things\" {}\n}\napi \"metrics.k8s.io/v1beta1\" { severity = \"warning\" }\napi \"v1\" {}\n"
	r := judge(t, "web.hcl", declared, apply.Policy{})
	r.ExitCode = 2
	r.Targets[0].Origin = &report.Origin{
		Endpoint: "https://10.0.0.1:443", ServerVersion: "v1.31.4", EmulationVersion: "1.31", Requests: 2, Bytes: 5000, Duration: time.Second,
	}
	recorded := judge(t, "web.hcl", declared, apply.Policy{}).Targets[0]
	for i := range recorded.Plan.Findings {
		f := &recorded.Plan.Findings[i]
		if f.Status == apply.Drifted {
			f.Status, f.Differences = apply.StatusUndetermined, nil
			if f.Cause == "" {
				f.Undetermined = &apply.Undetermined{Code: "not-recorded", Message: "it was not asked for", Hint: "record it again"}
			}
		}
	}
	recorded.Verdict = recorded.Plan.Verdict(apply.Policy{})
	recorded.Origin = &report.Origin{Snapshot: &report.SnapshotFile{Path: "prod|1.json", Time: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}}
	r.Targets = append(r.Targets, recorded)
	return r
}

// TestGoldenTargets tests every format on a run over two targets.
func TestGoldenTargets(t *testing.T) {
	for _, f := range view.ReportFormats() {
		t.Run(f.Name, func(t *testing.T) {
			got := render(t, func(b *bytes.Buffer) error { return f.Report(b, twoTargets(t), view.Options{}) })
			golden(t, "targets."+goldenEnding(f), got)
		})
	}
	golden(t, "targets-termination.txt", render(t, func(b *bytes.Buffer) error { return view.Termination(b, twoTargets(t)) }))
}

// TestInsecureAmongTargets tests that the text of several targets names those whose certificate was not verified.
func TestInsecureAmongTargets(t *testing.T) {
	r := twoTargets(t)
	for i, insecure := range []bool{true, false} {
		r.Targets[i].Origin = &report.Origin{
			Context: []string{"lab", "prod"}[i], Endpoint: "https://10.0.0.1:443", Insecure: insecure, Requests: 2, Duration: time.Second,
		}
	}
	text := func() string {
		return string(render(t, func(b *bytes.Buffer) error { return view.Text(b, r, view.Options{}) }))
	}
	const line = "\nAsked without verifying the certificate: context lab.\n"
	if got := text(); strings.Count(got, line) != 1 {
		t.Errorf("the text lacks %q:\n%s", line, got)
	}
	// Nothing was sent.
	r.Targets[0].Origin.Requests = 0
	if got := text(); strings.Contains(got, "without verifying") {
		t.Errorf("nothing was asked, and the text says\n%s", got)
	}
}

// severalReleases is a run over releases. The first two are too old, and one serves everything.
func severalReleases(t *testing.T) *report.Report {
	t.Helper()
	const declared = "cluster {\n  kubernetes = \">= 1.30\"\n}\napi \"example.com/v1\" {\n  resource \"things\" {}\n}\napi \"v1\" {}\n"
	r := &report.Report{Command: "plan"}
	for i, release := range []string{"1.28", "1.29", "1.30", "1.31", "1.32"} {
		one := judge(t, "web.hcl", declared, apply.Policy{})
		r.Sources = one.Sources
		target := one.Targets[0]
		target.Origin = &report.Origin{Release: &report.Release{Version: release, Source: release + ".9"}}
		if i == 3 {
			// Its neighbours are no range then.
			target.Plan.Findings = slices.Clone(target.Plan.Findings)
			for k := range target.Plan.Findings {
				target.Plan.Findings[k].Status, target.Plan.Findings[k].Differences = apply.Satisfied, nil
			}
		} else if i < 2 {
			version := &target.Plan.Findings[0]
			version.Status = apply.Drifted
			version.Differences = []apply.Difference{{
				Code: apply.KubernetesMismatch, Declared: ">= 1.30", Found: "v" + release, Range: version.Range,
			}}
		}
		target.Verdict = target.Plan.Verdict(apply.Policy{})
		r.Targets = append(r.Targets, target)
	}
	return r
}

// TestReleases tests the formats on several releases. What people read has each problem once,
// with the releases that have it.
func TestReleases(t *testing.T) {
	r := severalReleases(t)
	for _, f := range view.ReportFormats() {
		if f.Name != "sarif" { // its long table of rules is in targets.sarif
			golden(t, "releases."+goldenEnding(f), render(t, func(b *bytes.Buffer) error { return f.Report(b, r, view.Options{}) }))
		}
	}
	golden(t, "releases-termination.txt", render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
	verbose := string(render(t, func(b *bytes.Buffer) error { return view.Text(b, r, view.Options{Verbose: true}) }))
	for _, want := range []string{"Target: release 1.28\n", "Judged by what Kubernetes 1.32 serves by default (as published with 1.32.9).\n"} {
		if !strings.Contains(verbose, want) {
			t.Errorf("-v lacks %q:\n%s", want, verbose)
		}
	}
}

// TestFindingsNameTheirTarget tests that each finding names its target if there are
// several, and none does if there is one.
func TestFindingsNameTheirTarget(t *testing.T) {
	const server, file = "server https://10.0.0.1:443", "snapshot prod|1.json"
	texts := func(r *report.Report) map[string][]string {
		list := map[string][]string{}
		for _, result := range readSARIF(t, r).Runs[0].Results {
			list["sarif"] = append(list["sarif"], result.Message.Text)
		}
		for _, issue := range readGitLab(t, r) {
			list["gitlab"] = append(list["gitlab"], issue.Description)
		}
		for line := range strings.Lines(written(t, "github", r)) {
			list["github"] = append(list["github"], line)
		}
		_, rows, _ := strings.Cut(written(t, "markdown", r), "#### Not as declared")
		for line := range strings.Lines(rows) {
			if strings.HasPrefix(line, "| error") || strings.HasPrefix(line, "| warning") {
				list["markdown"] = append(list["markdown"], strings.ReplaceAll(line, "`&#124;`", "|"))
			}
		}
		return list
	}
	for format, findings := range texts(twoTargets(t)) {
		// One of them is the same on both.
		if len(findings) != 3 {
			t.Errorf("%s has %d findings: %q", format, len(findings), findings)
		}
		ofServer, ofFile := 0, 0
		for _, text := range findings {
			if strings.Contains(text, server) {
				ofServer++
			}
			if strings.Contains(text, file) {
				ofFile++
			}
		}
		if ofServer != 2 || ofFile != 2 {
			t.Errorf("%s has %d findings of the server and %d of the snapshot: %q", format, ofServer, ofFile, findings)
		}
	}
	one := twoTargets(t)
	one.Targets = one.Targets[:1]
	for format, findings := range texts(one) {
		if all := strings.Join(findings, ""); strings.Contains(all, "on server") || len(findings) != 2 {
			t.Errorf("%s names the only target: %q", format, all)
		}
	}
}

// TestOneReleaseIsNamed tests that whoever reads a problem alone knows the release.
func TestOneReleaseIsNamed(t *testing.T) {
	r := severalReleases(t)
	r.Targets = r.Targets[:1]
	for _, format := range []string{"github", "gitlab", "sarif", "markdown"} {
		if got := written(t, format, r); !strings.Contains(got, "on release 1.28") && !strings.Contains(got, "on `release 1.28`") {
			t.Errorf("%s does not name the release:\n%s", format, got)
		}
	}
}

// TestFingerprintsOfTargets tests that fingerprints are unique, and that those of one target
// stay the same beside others that have the same problems.
func TestFingerprintsOfTargets(t *testing.T) {
	r := severalReleases(t)
	// A requirement that reads differently on another target.
	other := &r.Targets[1].Plan.Findings[0].Differences[0]
	other.Hint = "upgrade it"
	fingerprints := func(r *report.Report) []string {
		var list []string
		for _, issue := range readGitLab(t, r) {
			if slices.Contains(list, issue.Fingerprint) {
				t.Errorf("two issues have the fingerprint of %q", issue.Description)
			}
			list = append(list, issue.Fingerprint)
		}
		return list
	}
	all := fingerprints(r)
	r.Targets = r.Targets[:1]
	for _, one := range fingerprints(r) {
		if !slices.Contains(all, one) {
			t.Errorf("%s of one target is not in those of all, %q", one, all)
		}
	}
	if len(all) != 3 {
		t.Errorf("the fingerprints are %q", all)
	}
}

// TestJUnitOfTargets tests that each target is a suite, and each case has a unique
// name.
func TestJUnitOfTargets(t *testing.T) {
	got := written(t, "junit", twoTargets(t))
	want := junitCounts{Tests: 8, Failures: 2, Errors: 2, Skipped: 2}
	if diff := cmp.Diff(want, readJUnit(t, got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, name := range []string{"kreconcile.requirements: server https://10.0.0.1:443", "kreconcile.requirements: snapshot prod|1.json"} {
		if !strings.Contains(got, `<testsuite name="`+name+`"`) {
			t.Errorf("there is no suite %s in\n%s", name, got)
		}
	}
}

// TestWorstOfTargets tests that the verdict of a run is the worst of its targets in
// any order, and that there is none if one target has none.
func TestWorstOfTargets(t *testing.T) {
	target := func(status apply.Status) *report.Target {
		return &report.Target{Plan: &apply.Plan{}, Verdict: apply.Verdict{Status: status, Counts: apply.Counts{Total: 3, Satisfied: 1, Drifted: 2}}}
	}
	satisfied, drifted, undetermined := target(apply.Satisfied), target(apply.Drifted), target(apply.StatusUndetermined)
	for _, test := range []struct {
		targets []*report.Target
		want    string
	}{
		{[]*report.Target{satisfied, satisfied}, "satisfied"},
		{[]*report.Target{satisfied, undetermined}, "undetermined"},
		{[]*report.Target{undetermined, satisfied}, "undetermined"},
		{[]*report.Target{undetermined, drifted}, "drifted"},
		{[]*report.Target{drifted, undetermined, satisfied}, "drifted"},
		{[]*report.Target{satisfied, {}}, "error"},
		{nil, "error"},
	} {
		r := &report.Report{Targets: test.targets}
		results := view.TektonResults(r)
		if results[0].Value != test.want {
			t.Errorf("the worst of %d targets is %s, want %s", len(test.targets), results[0].Value, test.want)
		}
		if len(test.targets) == 2 && test.want != "error" && (results[1].Value != "2" || results[2].Value != "4") {
			t.Errorf("the counts of two targets are %v", results)
		}
		verdict := `"verdict": "` + test.want + `"`
		if test.want == "error" {
			verdict = `"verdict": null`
		}
		head, _, _ := strings.Cut(string(render(t, func(b *bytes.Buffer) error { return result.Write(b, r) })), "targets")
		if !strings.Contains(head, verdict) {
			t.Errorf("JSON has no %s in\n%s", verdict, head)
		}
	}
}

// TestTargetWithoutAPlan: no format leaves out one of several targets because it has no
// plan. The formats of problems say by a diagnostic what is wrong with it.
func TestTargetWithoutAPlan(t *testing.T) {
	const file = "snapshot prod|1.json"
	text := func(r *report.Report) string {
		return string(render(t, func(b *bytes.Buffer) error { return view.Text(b, r, view.Options{}) }))
	}
	r := twoTargets(t)
	r.Targets[1].Plan = nil
	if got := text(r); !strings.Contains(got, "\n"+file+"         No verdict.\n") {
		t.Errorf("text is\n%s", got)
	}
	if got := string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) })); !strings.Contains(got, file+": No verdict.\n") {
		t.Errorf("the termination message is\n%s", got)
	}
	if got := written(t, "markdown", r); !strings.Contains(got, "| **No verdict.** |") {
		t.Errorf("Markdown is\n%s", got)
	}
	if got := written(t, "sarif", r); !strings.Contains(got, `"name": "prod|1.json"`) {
		t.Errorf("SARIF has no target %s:\n%s", file, got[strings.LastIndex(got, `"properties"`):])
	}
	r.Targets = r.Targets[1:]
	if got := text(r) + string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) })); got != "" {
		t.Errorf("of the only target it says %q", got)
	}
}

// TestManyTargetsFit tests that formats with a limit keep it, and name every target
// that fits.
func TestManyTargetsFit(t *testing.T) {
	r := twoTargets(t)
	for range 9 {
		r.Targets = append(r.Targets, r.Targets...)
	}
	if got := written(t, "markdown", r); len(got) > 60000 || !strings.Contains(got, "more: the outputs") {
		t.Errorf("%d targets give %d bytes of Markdown", len(r.Targets), len(got))
	}
	got := string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) }))
	if len(got) > view.TerminationLimit || !strings.Contains(got, "more\n") {
		t.Errorf("%d targets give the termination message\n%s", len(r.Targets), got)
	}
}
