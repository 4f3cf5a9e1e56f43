package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
)

// run judges the declaration as a run block says.
func (s *suite) run(sources config.Sources, t *test) report.TestRun {
	r := report.TestRun{Name: t.name, Range: t.at}
	parsed, diags := config.Parse(sources, t.inputs(s.version))
	invalid := t.placed(diags, &r)
	switch {
	case len(r.Errors) > 0:
	case parsed != nil:
		t.judge(parsed, &r)
	case t.expect != report.DeclarationInvalid:
		r.Failures = append(r.Failures, report.TestFailure{
			Range: t.expectAt, Expected: cmp.Or(t.expect, report.DeclarationValid), Found: report.DeclarationInvalid, Because: bounded(invalid),
		})
	}
	switch {
	case len(r.Errors) > 0:
		r.Status = report.TestError
	case len(r.Failures) > 0:
		r.Status = report.TestFail
	default:
		r.Status = report.TestPass
	}
	return r
}

func (t *test) inputs(version string) config.Inputs {
	in := config.Inputs{PodNamespace: t.namespace, Version: version}
	for i := range t.variables {
		in.Variables = append(in.Variables, config.Assignment{Source: &t.variables[i].source})
	}
	return in
}

// placed returns the errors of the declaration, as lines. A value that the declaration ignores, such
// as one for an undeclared variable, is an error of the test.
func (t *test) placed(diags hcl.Diagnostics, r *report.TestRun) []string {
	var lines []string
	for _, d := range diags {
		i := slices.IndexFunc(t.variables, func(v variable) bool { return v.source.Name == d.Subject.Filename })
		if i >= 0 {
			d.Subject = &t.variables[i].at
		}
		if what, _, missing := strings.Cut(d.Detail, " Set it with --var"); missing {
			d.Detail = what + " Set it in variables."
		}
		switch {
		case d.Severity == hcl.DiagError:
			lines = append(lines, report.DiagnosticLine(d))
		case i >= 0:
			d.Severity = hcl.DiagError
			r.Errors = append(r.Errors, d)
		}
	}
	return lines
}

// judge compares the declaration with each target, and what was found with what is expected.
func (t *test) judge(d *config.Declaration, r *report.TestRun) {
	if t.expect == report.DeclarationInvalid {
		r.Failures = append(r.Failures, report.TestFailure{Range: t.expectAt, Expected: report.DeclarationInvalid, Found: report.DeclarationValid})
		return
	}
	targets, err := t.targets(d)
	if err != nil {
		r.Errors = append(r.Errors, newError(t.targetAt, "Cannot read the snapshot", "%s", report.Sentence(err.Error())))
		return
	}
	if exceeded := d.Exceeded(); exceeded != nil {
		r.Errors = append(r.Errors, exceeded)
		return
	}
	for i, target := range targets {
		target.Verdict = target.Plan.Verdict(apply.Policy{})
		c := comparison{target: target, all: &report.Report{Targets: targets}, run: r}
		c.verdict(t)
		for _, e := range t.findings {
			// All targets have the same addresses.
			c.finding(e, i == 0)
		}
	}
}

// targets judges the declaration by each target.
func (t *test) targets(d *config.Declaration) ([]*report.Target, error) {
	if t.snapshot != "" {
		snapshot, err := files.LoadSnapshot(t.snapshot)
		if err != nil {
			return nil, err
		}
		origin := &report.Origin{Endpoint: snapshot.Endpoint, Snapshot: &report.SnapshotFile{Path: t.snapshot, Time: snapshot.Time}, CRDs: t.changes.CRDs.Len()}
		return []*report.Target{{Origin: origin, Plan: run.Snapshot(snapshot, t.changes, d)}}, nil
	}
	var list []*report.Target
	for _, selected := range t.releases {
		origin := &report.Origin{Release: &report.Release{Version: selected.Version, Source: selected.Release.Source().String()}, CRDs: t.changes.CRDs.Len()}
		list = append(list, &report.Target{Origin: origin, Plan: run.Release(selected.Release, selected.Patch, t.changes, d)})
	}
	return list, nil
}

// comparison compares a target with what is expected of it.
type comparison struct {
	target *report.Target
	all    *report.Report
	run    *report.TestRun
}

func (c comparison) verdict(t *test) {
	found := string(c.target.Verdict.Status)
	if t.expect == "" || t.expect == found {
		return
	}
	var because []string
	for _, f := range c.target.Plan.Findings {
		if c.target.Verdict.Fails(f) {
			because = append(because, c.why(f)...)
		}
	}
	c.fails(report.TestFailure{Range: t.expectAt, Expected: t.expect, Found: found, Because: bounded(because)})
}

func (c comparison) finding(e expectation, isFirst bool) {
	findings := c.target.Plan.Findings
	i := slices.IndexFunc(findings, func(f apply.Finding) bool { return f.Address == e.address })
	switch {
	case i < 0 && isFirst:
		var known []string
		for _, f := range findings {
			known = append(known, f.Address)
		}
		c.run.Errors = append(c.run.Errors, newError(e.at, "Unknown address", "No requirement of the declaration has this address.%s", suggested(e.address, known)))
	case i >= 0 && string(findings[i].Status) != e.status:
		f := findings[i]
		because := c.why(f)
		if f.Cause != "" {
			cause := slices.IndexFunc(findings, func(other apply.Finding) bool { return other.Address == f.Cause })
			because = c.why(findings[cause])
		}
		c.fails(report.TestFailure{Range: e.at, Address: e.address, Expected: e.status, Found: string(f.Status), Because: bounded(because)})
	}
}

func (c comparison) fails(f report.TestFailure) {
	f.Target = c.all.Title(c.target)
	c.run.Failures = append(c.run.Failures, f)
}

// why says why a finding has its status. There is nothing to say if another one is the cause.
func (c comparison) why(f apply.Finding) []string {
	if f.Cause != "" {
		return nil
	}
	var lines []string
	for _, p := range report.FindingProblems(f, c.target, c.all, 0) {
		lines = append(lines, p.Text)
	}
	return lines
}

// suggested suggests an address as HCL writes it.
func suggested(given string, known []string) string {
	if like := didYouMean(given, known); like != "" {
		return like
	}
	return " kreconcile plan -v lists all addresses."
}

// bounded keeps the first lines.
func bounded(lines []string) []string {
	const most = 5
	if n := len(lines) - most; n > 1 {
		return append(slices.Clone(lines[:most]), fmt.Sprintf("and %d more", n))
	}
	return lines
}
