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
	"github.com/kreconcile/kreconcile/kubeapi"
)

// expectation is a marker in a fixture: a comment on the line of the error.
// JSON has no comments; there, a file beside the fixture has a line for each
// error that begins with the number of the line.
var (
	expectation = regexp.MustCompile(`# (ERROR|WARNING): ([^#\n]*[^#\s])`)
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

// The examples are declarations without a warning, and tests.
func TestExamples(t *testing.T) {
	for _, s := range fixtures(t, "../examples") {
		if !config.IsDeclaration(s.Name) {
			continue
		}
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
	for _, e := range d.Endpoints {
		put(e.Requirement, map[string]any{"url": e.URL})
	}
	for _, a := range d.ServerAddresses {
		put(a.Requirement, map[string]any{"addresses": a.Addresses})
	}
	for _, k := range d.Kubernetes {
		put(k.Requirement, map[string]any{"constraint": k.Constraint.String()})
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
			for _, f := range r.Fields {
				facets := map[string]any{"path": f.Path.String(), "served": f.Served}
				if f.Type != nil {
					facets["fieldType"] = fmt.Sprintf("%s at %s", f.Type.Value, f.Type.Range)
				}
				if f.Enum != nil {
					facets["enum"] = verbs(f.Enum)
				}
				if f.Required != nil {
					facets["required"] = fmt.Sprintf("%t at %s", f.Required.Value, f.Required.Range)
				}
				put(f.Requirement, facets)
			}
		}
	}
	for _, p := range d.Permissions {
		for _, r := range p.Reviews {
			facets := map[string]any{"permission": p.Name, "verb": r.Verb}
			if r.Path != "" {
				facets["path"] = r.Path
			}
			if r.Resource != nil {
				facets["resource"] = fmt.Sprintf("%+v", *r.Resource)
			}
			put(r.Requirement, facets)
		}
	}
	for _, c := range d.Checks {
		for _, a := range c.Asserts {
			condition, diags := a.Evaluate(config.Environment{})
			put(a.Requirement, map[string]any{
				"check": c.Name, "unasked": fmt.Sprint(condition.Holds, " ", condition.Message, diags),
				"asks": asks(a), "unless": unless(a),
			})
		}
	}
	return list
}

// asks lists what an assert asks of a cluster as long as nothing is known of it.
func asks(a *config.Assert) []string {
	list := []string{}
	ask := func(format string, args ...any) config.Truth {
		list = append(list, fmt.Sprintf(format, args...))
		return config.Unknown
	}
	if _, diags := a.Evaluate(environment(ask)); len(diags) > 0 {
		list = append(list, diags.Error())
	}
	return list
}

// unless gives the message where nothing is served or allowed.
func unless(a *config.Assert) string {
	condition, diags := a.Evaluate(environment(func(string, ...any) config.Truth { return config.False }))
	return fmt.Sprint(condition.Holds, " ", condition.Message, diags)
}

func environment(ask func(format string, args ...any) config.Truth) config.Environment {
	return config.Environment{
		Live: func(name string) (string, bool) { return "<" + name + ">", ask("live.%s", name) != config.Unknown },
		Kubernetes: func(c config.VersionConstraint) config.Truth {
			return ask("kubernetes(%s)", c)
		},
		Served: func(gv kubeapi.GroupVersion, resource string) config.Truth {
			return ask("served(%s, %s)", gv, resource)
		},
		Allowed: func(verb string, r config.PermissionResource) config.Truth {
			return ask("allowed(%s, %+v)", verb, r)
		},
	}
}

func verbs(list []config.Value[string]) []string {
	var out []string
	for _, v := range list {
		out = append(out, fmt.Sprintf("%s at %s", v.Value, v.Range))
	}
	return out
}
