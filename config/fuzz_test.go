package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kreconcile/kreconcile/config"
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
		declaration, diags := config.Parse([]config.Source{s}, config.Inputs{AllowUnknown: unknown, AllowEmpty: true, PodNamespace: "shop"})
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

func FuzzParse(f *testing.F) {
	seed(f, "*.hcl")
	f.Fuzz(func(t *testing.T, text []byte) { hold(t, config.Source{Name: "main.hcl", Bytes: text}) })
}

func FuzzParseJSON(f *testing.F) {
	seed(f, "*.hcl.json")
	f.Fuzz(func(t *testing.T, text []byte) { hold(t, config.Source{Name: "main.hcl.json", Bytes: text}) })
}

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

func FuzzVersionConstraint(f *testing.F) {
	for _, text := range []string{">= 1.30, < 1.38", "~> 1.30", "1.30 - 1.31 || ^1.40.0-rc.1", "= 1.31.4-gke.1", "~>99999999999999999999.1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		constraint, err := config.ParseVersionConstraint(text)
		if err == nil && constraint.String() != text {
			t.Errorf("%q became %q", text, constraint)
		}
		constraint.Check(kubeapi.Version{Major: 1, Minor: 36})
	})
}
