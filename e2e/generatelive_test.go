package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/catalog"
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

// TestGeneratedKindsOnCluster generates the declaration of an object of every kind that Kubernetes tests
// itself with. The API server drifts in exactly the kinds that its release does not serve by default.
func TestGeneratedKindsOnCluster(t *testing.T) {
	t.Parallel()
	a := newAccount(t, stock(t))
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/api").Output()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "testdata", "HEAD", "*.yaml"))
	if err != nil || len(names) < 100 {
		t.Fatalf("only %d objects were found: %v", len(names), err)
	}
	args := []string{"generate"}
	for _, name := range names {
		// An event of a watch is no object, and what serves imagepolicy.k8s.io is a webhook.
		if !strings.Contains(name, "WatchEvent") && !strings.Contains(name, "imagepolicy") {
			args = append(args, "-f", name)
		}
	}
	declaration := a.kreconcile(t, "", args...)
	if declaration.ExitCode != 0 {
		t.Fatalf("exit %d: %s", declaration.ExitCode, declaration.Stderr)
	}
	releases := catalog.Releases()
	judged := a.kreconcile(t, declaration.Stdout, "apply", "-o", "json", "--release", releases[len(releases)-1].String(), "-")
	var release struct {
		Targets []struct {
			Findings []struct{ Address, Status string }
		}
	}
	if err := json.Unmarshal([]byte(judged.Stdout), &release); err != nil || len(release.Targets) != 1 {
		t.Fatalf("%v: %s", err, judged.Stderr)
	}
	want, got := map[string]string{}, map[string]string{}
	satisfied := 0
	for _, f := range release.Targets[0].Findings {
		want[f.Address] = f.Status
		if f.Status == "satisfied" {
			satisfied++
		}
	}
	for address, finding := range a.apply(t, declaration.Stdout).report.findings() {
		got[address], _, _ = strings.Cut(finding, " ")
	}
	if diff := cmp.Diff(want, got); diff != "" || satisfied < 70 {
		t.Errorf("%d requirements are satisfied, (-release +cluster):\n%s", satisfied, diff)
	}
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
