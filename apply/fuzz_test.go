package apply_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// FuzzDiff tests that each requirement gets one complete finding, in declaration
// order, whatever a cluster answers, and that the verdict follows from the findings.
func FuzzDiff(f *testing.F) {
	declarations := read(f, "../testdata/valid/*.hcl", "../testdata/valid/*.hcl.json", "../examples/*.hcl")
	snapshots := read(f, "../testdata/snapshots/*.json")
	saved := func(s *discovery.Snapshot) []byte {
		var b bytes.Buffer
		if err := discovery.Save(&b, s); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	// The recorded snapshots are too large to mutate quickly.
	unconfirmed := snapshot()
	unconfirmed.Confirmed = discovery.Fact[struct{}]{}
	snapshots = append(snapshots, saved(snapshot()), saved(unconfirmed), saved(&discovery.Snapshot{}))
	for i, d := range declarations {
		f.Add(d, snapshots[i%len(snapshots)])
		f.Add(d, saved(snapshot()))
	}
	f.Fuzz(func(t *testing.T, text, recorded []byte) {
		s, err := discovery.Load(bytes.NewReader(recorded))
		if err != nil {
			return
		}
		name := "main.hcl"
		if bytes.HasPrefix(text, []byte("{")) {
			name = "main.hcl.json"
		}
		d, _ := config.Parse([]config.Source{{Name: name, Bytes: text}}, config.Inputs{AllowEmpty: true, PodNamespace: "shop"})
		if d == nil {
			return
		}
		findings := apply.Diff(d, s).Findings
		if len(findings) != d.Requirements {
			t.Fatalf("%d findings for %d requirements", len(findings), d.Requirements)
		}
		required := requirements(d)
		seen := map[string]bool{}
		for i, finding := range findings {
			if finding.Requirement != required[i] {
				t.Errorf("finding %d is of\n%+v, and requirement %d is\n%+v", i, finding.Requirement, i, required[i])
			}
			whole(t, finding, seen)
			if seen[finding.Address] {
				t.Errorf("%s is judged twice", finding.Address)
			}
			seen[finding.Address] = true
		}
		for _, policy := range policies() {
			follows(t, findings, (&apply.Plan{Findings: findings}).Verdict(policy))
		}
	})
}

// read returns the content of files.
func read(f *testing.F, patterns ...string) [][]byte {
	f.Helper()
	var contents [][]byte
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatal("no seed: ", pattern, err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			contents = append(contents, content)
		}
	}
	return contents
}

// requirements lists the requirements of a declaration as written, each before those
// nested in it.
func requirements(d *config.Declaration) []config.Requirement {
	list := make([]config.Requirement, d.Requirements)
	put := func(r config.Requirement) { list[r.Index] = r }
	for _, e := range d.Endpoints {
		put(e.Requirement)
	}
	for _, a := range d.ServerAddresses {
		put(a.Requirement)
	}
	for _, k := range d.Kubernetes {
		put(k.Requirement)
	}
	for _, a := range d.APIs {
		put(a.Requirement)
		for _, r := range a.Resources {
			put(r.Requirement)
			for _, s := range r.Subresources {
				put(s.Requirement)
			}
			for _, field := range r.Fields {
				put(field.Requirement)
			}
		}
	}
	for _, p := range d.Permissions {
		for _, r := range p.Reviews {
			put(r.Requirement)
		}
	}
	for _, c := range d.Checks {
		for _, a := range c.Asserts {
			put(a.Requirement)
		}
	}
	return list
}

// whole checks one finding, and that its cause came before it.
func whole(t *testing.T, f apply.Finding, before map[string]bool) {
	t.Helper()
	drifts, open := f.Status == apply.Drifted && f.Cause == "", f.Status == apply.StatusUndetermined && f.Cause == ""
	switch {
	case !slices.Contains(apply.Statuses(), f.Status):
		t.Errorf("%s is %q", f.Address, f.Status)
	case f.Enabled == (f.Status == apply.Skipped):
		t.Errorf("%s is %s, and enabled: %t", f.Address, f.Status, f.Enabled)
	case drifts != (len(f.Differences) > 0):
		t.Errorf("%s is %s, with the differences %+v", f.Address, f.Status, f.Differences)
	case open != (f.Undetermined != nil):
		t.Errorf("%s is %s, because of %+v", f.Address, f.Status, f.Undetermined)
	case open && (f.Undetermined.Code == "" || f.Undetermined.Message == ""):
		t.Errorf("%s is undetermined for no reason: %+v", f.Address, f.Undetermined)
	case f.Cause != "" && !before[f.Cause]:
		t.Errorf("%s is as %s, which did not come before", f.Address, f.Cause)
	}
	for _, d := range f.Differences {
		if !slices.Contains(apply.Codes(), d.Code) || d.Range.Filename == "" {
			t.Errorf("%s differs by %+v", f.Address, d)
		}
	}
}

func policies() []apply.Policy {
	return []apply.Policy{
		{}, {FailOnWarning: true}, {WarnOnly: true}, {AllowUndetermined: true}, {FailOnWarning: true, AllowUndetermined: true},
	}
}

// follows checks a verdict against the findings.
func follows(t *testing.T, findings []apply.Finding, v apply.Verdict) {
	t.Helper()
	drifted, undetermined, told := false, false, false
	count := map[apply.Status]int{}
	for _, f := range findings {
		count[f.Status]++
		gates := !v.Policy.WarnOnly && (f.Severity == config.SeverityError || v.Policy.FailOnWarning)
		drifted = drifted || gates && f.Status == apply.Drifted
		undetermined = undetermined || gates && f.Status == apply.StatusUndetermined
		told = told || f.Type != config.TypeEndpoint && (f.Status == apply.Satisfied || f.Status == apply.Drifted)
	}
	undetermined = undetermined && (!v.Policy.AllowUndetermined || !told)
	want := apply.Satisfied
	switch {
	case drifted:
		want = apply.Drifted
	case undetermined:
		want = apply.StatusUndetermined
	}
	if v.Status != want || v.Undetermined != undetermined {
		t.Errorf("the verdict is %+v, want %s, undetermined: %t", v, want, undetermined)
	}
	c := v.Counts
	if c.Total != len(findings) || c.Satisfied != count[apply.Satisfied] || c.Drifted != count[apply.Drifted] ||
		c.Undetermined != count[apply.StatusUndetermined] || c.Skipped != count[apply.Skipped] {
		t.Errorf("the counts are %+v of %v", c, count)
	}
}
