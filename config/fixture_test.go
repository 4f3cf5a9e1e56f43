package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
)

// expectation is a marker in a fixture: a comment on the line of the mistake.
// JSON has no comments; there, a file beside the fixture has a line for each
// mistake that begins with the number of the line.
var (
	expectation = regexp.MustCompile(`# (ERROR|WARNING): (.*)`)
	sidecar     = regexp.MustCompile(`(?m)^(\d+) (ERROR|WARNING): (.*)$`)
)

func expected(t *testing.T, s config.Source) []string {
	var want []string
	if strings.HasSuffix(s.Name, ".json") {
		beside, err := os.ReadFile("../testdata/invalid/" + s.Name + ".want")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sidecar.FindAllStringSubmatch(string(beside), -1) {
			want = append(want, fmt.Sprintf("%4s %s: %s", m[1], m[2], m[3]))
		}
	} else {
		for i, line := range strings.Split(string(s.Bytes), "\n") {
			for _, m := range expectation.FindAllStringSubmatch(line, -1) {
				want = append(want, fmt.Sprintf("%4d %s: %s", i+1, m[1], m[2]))
			}
		}
	}
	slices.Sort(want)
	return want
}

// Every declaration of testdata/invalid causes exactly the diagnostics that it
// marks, and no others. The golden file holds their words.
func TestInvalidDeclarations(t *testing.T) {
	var words strings.Builder
	for _, s := range fixtures(t, "../testdata/invalid") {
		t.Run(s.Name, func(t *testing.T) {
			want, got := expected(t, s), []string(nil)
			_, diags := config.Parse([]config.Source{s}, config.Inputs{Version: "0.5.0"})
			for _, d := range diags {
				kind := "ERROR"
				if d.Severity == hcl.DiagWarning {
					kind = "WARNING"
				}
				if d.Subject == nil {
					t.Fatalf("no subject: %s", d)
				}
				got = append(got, fmt.Sprintf("%4d %s: %s", d.Subject.Start.Line, kind, d.Summary))
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("diagnostics (-marked +reported):\n%s\n%s", diff, strings.Join(report(diags), "\n"))
			}
			for _, line := range report(diags) {
				fmt.Fprintln(&words, line)
			}
		})
	}
	golden(t, "invalid.golden", words.String())
}

// What the declarations of testdata/valid mean is held by golden files.
func TestValidDeclarations(t *testing.T) {
	for _, s := range fixtures(t, "../testdata/valid") {
		t.Run(s.Name, func(t *testing.T) {
			declaration, diags := config.Parse([]config.Source{s}, config.Inputs{PodNamespace: "shop", Version: "0.5.0"})
			if len(diags) > 0 {
				t.Fatalf("diagnostics:\n%s", strings.Join(report(diags), "\n"))
			}
			encoded, err := json.MarshalIndent(plain(declaration), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "valid/"+s.Name+".golden.json", string(encoded)+"\n")
		})
	}
}

// The examples are declarations without a warning.
func TestExamples(t *testing.T) {
	for _, s := range fixtures(t, "../examples") {
		t.Run(s.Name, func(t *testing.T) {
			declaration, diags := config.Parse([]config.Source{s}, config.Inputs{})
			if len(diags) > 0 {
				t.Fatalf("diagnostics:\n%s", strings.Join(report(diags), "\n"))
			}
			if declaration.Requirements == 0 {
				t.Error("nothing is required")
			}
		})
	}
}

// plain lists what a declaration requires, in an order and a spelling that a
// person can read in a golden file.
func plain(d *config.Declaration) []map[string]any {
	list := make([]map[string]any, d.Requirements)
	put := func(r config.Requirement, facets map[string]any) {
		facets["address"], facets["type"], facets["at"] = r.Address, r.Type, r.Range.String()
		facets["enabled"], facets["severity"] = r.Enabled, r.Severity
		for name, text := range map[string]string{"reason": r.Reason, "remedy": r.Remedy} {
			if text != "" {
				facets[name] = text
			}
		}
		if list[r.Index] != nil {
			panic("two requirements have one index")
		}
		list[r.Index] = facets
	}
	if d.Endpoint != nil {
		put(d.Endpoint.Requirement, map[string]any{"url": d.Endpoint.URL})
	}
	if d.ServerAddress != nil {
		put(d.ServerAddress.Requirement, map[string]any{"addresses": d.ServerAddress.Addresses})
	}
	if d.Kubernetes != nil {
		put(d.Kubernetes.Requirement, map[string]any{"constraint": d.Kubernetes.Constraint.String()})
	}
	for _, a := range d.APIs {
		facets := map[string]any{"groupVersion": a.GroupVersion.String(), "served": a.Served}
		if a.Preferred != nil {
			facets["preferred"] = fmt.Sprintf("%t at %s", a.Preferred.Value, a.Preferred.Range)
		}
		put(a.Requirement, facets)
		for _, r := range a.Resources {
			facets := map[string]any{"served": r.Served}
			if r.Name != "" {
				facets["name"] = r.Name
			}
			if r.Kind != nil {
				facets["kind"] = fmt.Sprintf("%s at %s", r.Kind.Value, r.Kind.Range)
			}
			if r.Scope != nil {
				facets["scope"] = fmt.Sprintf("%s at %s", r.Scope.Value, r.Scope.Range)
			}
			if r.Verbs != nil {
				facets["verbs"] = verbs(r.Verbs)
			}
			put(r.Requirement, facets)
			for _, s := range r.Subresources {
				facets := map[string]any{"name": s.Name, "served": s.Served}
				if s.Kind != nil {
					facets["kind"] = fmt.Sprintf("%s at %s", s.Kind.Value, s.Kind.Range)
				}
				if s.Verbs != nil {
					facets["verbs"] = verbs(s.Verbs)
				}
				put(s.Requirement, facets)
			}
		}
	}
	return list
}

func verbs(list []config.Value[string]) []string {
	var out []string
	for _, v := range list {
		out = append(out, fmt.Sprintf("%s at %s", v.Value, v.Range))
	}
	return out
}
