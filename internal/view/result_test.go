package view_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/result"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// shown is everything that is written about a report, by format.
func shown(t *testing.T, r *report.Report) map[string]string {
	t.Helper()
	all := map[string]string{
		"diagnostics": string(render(t, func(b *bytes.Buffer) error { return console.Diagnostics(b, r.Diagnostics, r.Sources, false) })),
		"termination": string(render(t, func(b *bytes.Buffer) error { return view.Termination(b, r) })),
	}
	for _, f := range view.ReportFormats() {
		for name, o := range map[string]view.Options{"": {}, " -v": {Verbose: true}, " in colors": {Color: true}} {
			all[f.Name+name] = string(render(t, func(b *bytes.Buffer) error { return f.Report(b, r, o) }))
		}
	}
	return all
}

// TestResultIsReadAsItWasWritten tests that the JSON of a run has all that any format shows.
func TestResultIsReadAsItWasWritten(t *testing.T) {
	all := reports(t)
	all["targets"], all["releases"] = twoTargets(t), severalReleases(t)
	all["waited"] = driftReport(t)
	all["waited"].Targets[0].Wait = &report.Wait{
		Limit: 5 * time.Minute, Elapsed: 299_512_345_678, Passes: 61, Consecutive: 3, Mixed: []string{"a", "b"}, Ended: "ended by SIGTERM",
	}
	all["emulating"] = twoTargets(t)
	all["emulating"].Targets[0].Origin.EmulationVersion, all["emulating"].Targets[0].Origin.Emulates = "1.30", "1.30"
	all["emulating"].Targets[1].Origin.CRDs = 3
	all["no verdict"] = twoTargets(t)
	all["no verdict"].Targets[1].Plan = nil
	all["no verdict"].Diagnostics = hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Operation failed"}}
	all["every code"] = judged(everything(config.SeverityWarning), apply.Policy{FailOnWarning: true})
	all["every code"].Command = "apply"
	all["nothing answered"] = judge(t, "web.hcl", "api \"metrics.k8s.io/v1beta1\" {\n  resource \"pods\" {}\n}\n", apply.Policy{AllowUndetermined: true})
	all["nothing answered"].Targets[0].Plan.Unanswered = true
	all["nothing answered"].Targets[0].Verdict = all["nothing answered"].Targets[0].Plan.Verdict(apply.Policy{AllowUndetermined: true})
	all["holds"] = judge(t, "web.hcl", `check "all" {
  assert {
    condition     = served("v1")
    error_message = "no"
  }
  assert {
    condition = (
      served("v1")
    )
    error_message = "no"
  }
  assert {
    condition = !served("v2") && anytrue([served("v1"),
    served("v1")])
    error_message = "no"
  }
}
api "v1" {
  resource "pods" {
    kind  = "Pod"
    scope = "Namespaced"
  }
}
api "absent.example.com/v1" { served = false }
`, apply.Policy{})
	for policy, p := range map[string]apply.Policy{
		"deprecated": {}, "deprecated, and counts": {FailOnDeprecated: true},
		"deprecated, and counts from a release on": {FailOnDeprecated: true, RemovedBy: kubeapi.Version{Major: 1, Minor: 25, PatchUnknown: true}},
	} {
		all[policy] = deprecated(t, p)
	}
	long := strings.Repeat("x", 300)
	all["a long line"] = judge(t, "web.hcl", `api "example.com/v1" { reason = "`+long+`" }`+"\n", apply.Policy{})
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			if worst, ok := r.Worst(); ok && worst == apply.Drifted {
				r.ExitCode = 2
			}
			want := shown(t, r)
			text := render(t, func(b *bytes.Buffer) error { return result.Write(b, r) })
			again, err := result.Read(text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			if diff := cmp.Diff(want, shown(t, again)); diff != "" {
				t.Errorf("(-run +read)\n%s", diff)
			}
		})
	}
}

// FuzzResult tests that each format can write whatever can be read.
func FuzzResult(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := result.Read(text)
		if err != nil {
			return
		}
		first := render(t, func(b *bytes.Buffer) error { return result.Write(b, r) })
		again, err := result.Read(first)
		if err != nil {
			t.Fatalf("%v in\n%s", err, first)
		}
		if diff := cmp.Diff(shown(t, r), shown(t, again)); diff != "" {
			t.Errorf("(-first +second)\n%s", diff)
		}
	})
}
