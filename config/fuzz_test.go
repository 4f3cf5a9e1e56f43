package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// seed adds the declarations of testdata whose names match.
func seed(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob("../testdata/*/" + pattern)
	if err != nil || len(names) == 0 {
		f.Fatal("no seed: ", err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
}

// hold checks what is true of every source: there is a declaration or an error,
// never both, every diagnostic has a place, and every requirement an index.
func hold(t *testing.T, s config.Source) {
	for _, unknown := range []bool{false, true} {
		var declaration *config.Declaration
		var diags hcl.Diagnostics
		// A second is enough for every source that says something else than that it takes longer.
		limits := budget.Limits{Time: time.Second, Memory: 1 << 30, Live: 1 << 29, Later: 1 << 29}
		declaration, diags = config.ParseWithin([]config.Source{s}, config.Inputs{AllowUnknown: unknown, AllowEmpty: true, PodNamespace: "shop"}, limits)
		if (declaration == nil) != diags.HasErrors() {
			t.Fatalf("declaration %v with %v", declaration, diags)
		}
		for _, d := range diags {
			if d.Subject == nil || d.Summary == "" || d.Detail == "" {
				t.Fatalf("incomplete diagnostic %#v", d)
			}
			config.Sources{s}.Line(*d.Subject)
		}
		if declaration != nil {
			for i, r := range plain(declaration) {
				if r == nil {
					t.Fatalf("no requirement has the index %d", i)
				}
			}
		}
	}
}

// FuzzParse holds what is true of every source. That what is printed in another way
// parses to the same is held by FuzzFormat.
func FuzzParse(f *testing.F) {
	seed(f, "*.hcl")
	f.Fuzz(func(t *testing.T, text []byte) { hold(t, config.Source{Name: "main.hcl", Bytes: text}) })
}

// FuzzParseJSON holds, beside, that JSON which is laid out differently means the same.
func FuzzParseJSON(f *testing.F) {
	seed(f, "*.hcl.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		s := config.Source{Name: "main.hcl.json", Bytes: text}
		hold(t, s)
		var laid bytes.Buffer
		if json.Indent(&laid, text, "", "  ") != nil {
			return
		}
		inputs := config.Inputs{AllowEmpty: true, PodNamespace: "shop"}
		before, was := config.Parse([]config.Source{s}, inputs)
		after, is := config.Parse([]config.Source{{Name: s.Name, Bytes: laid.Bytes()}}, inputs)
		if (before == nil) != (after == nil) || len(was) != len(is) {
			t.Fatalf("before, the errors are %v, and after, %v", was, is)
		}
		if before != nil && unplaced(before) != unplaced(after) {
			t.Fatalf("what is declared was %v, and is %v", plain(before), plain(after))
		}
	})
}

// FuzzVariableFile holds that whatever stands in a variable file, there is a
// declaration or an error.
func FuzzVariableFile(f *testing.F) {
	f.Add([]byte("x = 1\nlist = [\"a\"]\n"))
	f.Add([]byte(`{"x": "${1}", "list": null}`))
	declaration := []byte("variable \"x\" {}\nvariable \"list\" {\n  type = list(object({ a = optional(string, \"b\") }))\n  sensitive = true\n}\napi \"v1\" {}\n")
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, name := range []string{"a.hclvars", "a.hclvars.json"} {
			d, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: declaration}}, config.Inputs{Variables: []config.Assignment{
				{Source: &config.Source{Name: name, Bytes: text}}, {Name: "list", Value: string(text), Origin: "--var"},
			}})
			if (d == nil) != diags.HasErrors() {
				t.Errorf("%s: a declaration: %t, and %v", name, d != nil, diags)
			}
		}
	})
}

// FuzzVersionConstraint holds that a constraint is printed as something that reads as
// the same, and says of a minor version what it says of its patches.
func FuzzVersionConstraint(f *testing.F) {
	for _, text := range []string{">= 1.30, < 1.38", "~> 1.30", "1.30 - 1.31 || ^1.40.0-rc.1", "= 1.31.4-gke.1", "~>99999999999999999999.1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		constraint, err := config.ParseVersionConstraint(text)
		if err != nil {
			if constraint.Check(kubeapi.Version{Major: 1, Minor: 36}) {
				t.Errorf("%q is refused, and holds", text)
			}
			return
		}
		again, err := config.ParseVersionConstraint(constraint.String())
		if constraint.String() != text || err != nil {
			t.Fatalf("%q became %q: %v", text, constraint, err)
		}
		for minor := range uint64(50) {
			for _, pre := range []string{"", "alpha.1", "rc.0"} {
				v := kubeapi.Version{Major: 1, Minor: minor, Patch: 2, Prerelease: pre}
				if constraint.Check(v) != again.Check(v) {
					t.Errorf("%q is of two minds about %s", text, v)
				}
			}
			all, decided := constraint.CheckMinor(kubeapi.Version{Major: 1, Minor: minor, PatchUnknown: true})
			for _, patch := range []uint64{0, 1, 2, 3, 4, 7, 30, 31, 100, 1 << 40} {
				if one := constraint.Check(kubeapi.Version{Major: 1, Minor: minor, Patch: patch}); decided && one != all {
					t.Errorf("%q holds for 1.%d: %t, and for 1.%d.%d: %t", text, minor, all, minor, patch, one)
				}
			}
		}
	})
}
