package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/published"
)

// TestGeneratedOnCluster generates the declaration of the definitions of three large projects. An API server
// that has them satisfies it. One that has an older definition drifts in exactly the fields that this lacks,
// and one that lacks a definition drifts in that resource.
func TestGeneratedOnCluster(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	folder := t.TempDir()
	current := map[string]string{}
	for _, module := range slices.Sorted(maps.Keys(definitions)) {
		manifests := manifestsOf(t, module, definitions[module])
		if err := c.Apply(t.Context(), strings.Join(manifests, "\n---\n")); err != nil {
			t.Fatal(err)
		}
		for _, manifest := range manifests {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d.yaml", len(current))), []byte(manifest), 0o600); err != nil {
				t.Fatal(err)
			}
			current[nameOf(t, manifest)] = manifest
		}
	}
	declaration := a.kreconcile(t, "", "generate", "--crds", "-f", folder)
	if declaration.ExitCode != 0 || declaration.Stderr != "" {
		t.Fatalf("exit %d: %s", declaration.ExitCode, declaration.Stderr)
	}
	expect := func(exit int, drifted []string) {
		t.Helper()
		eventually(t, 2*time.Minute, func() error {
			o := a.apply(t, declaration.Stdout)
			var got []string
			for address, finding := range o.report.findings() {
				if strings.HasPrefix(finding, "drifted") && !strings.Contains(finding, " under ") {
					got = append(got, address)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(drifted, got); diff != "" || o.ExitCode != exit {
				return fmt.Errorf("exit %d, want %d; (-want +drifted):\n%.4000s", o.ExitCode, exit, diff)
			}
			return nil
		})
	}
	expect(0, nil)
	for _, f := range []published.File{published.OldGateway(), published.OldCertificate()} {
		path, err := f.Fetch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := nameOf(t, string(old))
		missing := missingFields(t, current[name], string(old))
		t.Logf("%s of %s lacks %d fields", name, f.Version, len(missing))
		if len(missing) == 0 {
			t.Fatalf("%s is not older", name)
		}
		if _, err := c.Kubectl(t.Context(), string(old), "replace", "-f", "-"); err != nil {
			t.Fatal(err)
		}
		expect(2, missing)
		if _, err := c.Kubectl(t.Context(), current[name], "replace", "-f", "-"); err != nil {
			t.Fatal(err)
		}
		expect(0, nil)
	}
	if _, err := c.Kubectl(t.Context(), "", "delete", "crd", "podmonitors.monitoring.coreos.com"); err != nil {
		t.Fatal(err)
	}
	expect(2, []string{`api["monitoring.coreos.com/v1"].resource["podmonitors"]`})
}

// nameOf returns the name of an object.
func nameOf(t *testing.T, manifest string) string {
	t.Helper()
	var object struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	if err := yaml.Unmarshal([]byte(manifest), &object); err != nil {
		t.Fatal(err)
	}
	return object.Metadata.Name
}

// missingFields returns the addresses of the fields without further ones in them that the served versions of
// a definition have, and those of an older one do not.
func missingFields(t *testing.T, current, old string) []string {
	t.Helper()
	var now, before definition
	for text, d := range map[string]*definition{current: &now, old: &before} {
		if err := yaml.Unmarshal([]byte(text), d); err != nil {
			t.Fatal(err)
		}
	}
	had := map[string]bool{}
	for _, version := range before.Spec.Versions {
		for _, path := range version.Schema.Schema.fields("") {
			had[version.Name+" "+path] = true
		}
	}
	var list []string
	for _, version := range now.Spec.Versions {
		paths := version.Schema.Schema.fields("")
		for i, path := range paths {
			// What is in a field follows it.
			outer := i+1 < len(paths) && (strings.HasPrefix(paths[i+1], path+".") || strings.HasPrefix(paths[i+1], path+"["))
			if version.Served && !outer && !had[version.Name+" "+path] {
				list = append(list, fmt.Sprintf("api[%q].resource[%q].field[%q]", now.Spec.Group+"/"+version.Name, now.Spec.Names.Plural, path))
			}
		}
	}
	slices.Sort(list)
	return list
}
