package generate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/e2e/programs"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// program is the path of kreconcile.
var program string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "kreconcile-generate")
	if err == nil {
		program = filepath.Join(folder, "kreconcile")
		build := exec.Command("go", "build", programs.NoDWARF, "-o", program, "./cmd/kreconcile")
		build.Dir, build.Stderr = filepath.Join("..", ".."), os.Stderr
		err = build.Run()
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := errors.Join(err, os.RemoveAll(folder)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// kreconcile runs a command.
func kreconcile(stdin string, args ...string) (stdout, stderr string, code int) {
	var out, err bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &err
	if err := cmd.Run(); cmd.ProcessState == nil {
		return "", err.Error(), -1
	}
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

// generated returns the declaration of manifests, and writes it to the folder for
// [expectFormatted]. What runs it shows whether it is valid.
func generated(t *testing.T, dir string, args ...string) string {
	t.Helper()
	declaration, stderr, code := kreconcile("", append([]string{"generate"}, args...)...)
	if code != 0 {
		t.Fatalf("generate %s exits with %d: %.1000s", args, code, stderr)
	}
	file, err := os.CreateTemp(dir, "*.hcl")
	if err == nil {
		_, err = file.WriteString(declaration)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return declaration
}

// expectFormatted tests that fmt would change no declaration in the folder.
func expectFormatted(t *testing.T, dir string) {
	t.Helper()
	if out, stderr, code := kreconcile("", "fmt", "--check", "--diff", dir); code != 0 {
		t.Errorf("fmt exits with %d: %.3000s%s", code, out, stderr)
	}
}

// folder returns that of a module, which another module in e2e requires.
func folder(t *testing.T, in, module string) string {
	t.Helper()
	fetch := exec.CommandContext(t.Context(), "go", "mod", "download", module)
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module)
	fetch.Dir, list.Dir = in, in
	if out, err := fetch.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(dir))
}

// TestKindsOfKubernetes tests the objects of every kind that Kubernetes tests itself with: the
// declaration names the kind, and holds on the releases that serve it and on no other one.
func TestKindsOfKubernetes(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join(folder(t, "..", "k8s.io/api"), "testdata", "HEAD", "*.yaml"))
	if err != nil || len(names) < 100 {
		t.Fatalf("only %d objects were found: %v", len(names), err)
	}
	served := map[string][]string{}
	for _, r := range catalog.Releases() {
		for _, resource := range r.Resources() {
			if resource.Subresource == "" && resource.Default {
				key := resource.GroupVersion.String() + " " + resource.Kind
				served[key] = append(served[key], r.String())
			}
		}
	}
	found, dir := 0, t.TempDir()
	for _, name := range names {
		var object struct{ APIVersion, Kind string }
		text, err := os.ReadFile(name)
		if err == nil {
			err = yaml.Unmarshal(text, &object)
		}
		if err != nil {
			t.Fatal(err)
		}
		if object.APIVersion == "" {
			continue // an event of a watch
		}
		declaration := generated(t, dir, "-f", name)
		want := fmt.Sprintf("api %q {\n  kind %q {\n    reason = %q\n  }\n}\n", object.APIVersion, object.Kind, name+":1")
		if diff := cmp.Diff(want, declaration); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		holds := served[object.APIVersion+" "+object.Kind]
		found += len(holds)
		out, stderr, _ := kreconcile(declaration, "apply", "--release", "all", "-o", "json", "-")
		var report struct {
			Targets []struct{ Name, Verdict string }
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatalf("%v: %s", err, stderr)
		}
		var got []string
		for _, target := range report.Targets {
			if target.Verdict == "satisfied" {
				got = append(got, strings.TrimPrefix(target.Name, "Kubernetes "))
			}
		}
		if diff := cmp.Diff(holds, got); diff != "" || len(report.Targets) != len(catalog.Releases()) {
			t.Errorf("%s holds on other releases (-catalogue +apply):\n%s", name, diff)
		}
	}
	expectFormatted(t, dir)
	if found < 500 {
		t.Errorf("only %d times a release serves a kind", found)
	}
}

// TestFieldsOfKubernetes tests objects that have every field of a release: that release has what their
// declarations require, but for what it does not serve by default.
func TestFieldsOfKubernetes(t *testing.T) {
	t.Parallel()
	testdata := filepath.Join(folder(t, "..", "k8s.io/api"), "testdata")
	entries, err := os.ReadDir(testdata)
	if err != nil {
		t.Fatal(err)
	}
	judged, dir := 0, t.TempDir()
	for _, entry := range entries {
		r := catalog.Releases()[len(catalog.Releases())-1]
		if v, err := kubeapi.ParseMajorMinor("1", strings.TrimSuffix(strings.TrimPrefix(entry.Name(), "v1."), ".0")); err == nil {
			r, _ = catalog.Find(v)
		} else if entry.Name() != "HEAD" {
			continue
		}
		for _, resource := range r.Resources() {
			gv := resource.GroupVersion
			if resource.Subresource != "" || !resource.Default {
				continue
			}
			group := gv.Group
			if group == "" {
				group = "core"
			}
			name := filepath.Join(testdata, entry.Name(), group+"."+gv.Version+"."+resource.Kind+".yaml")
			if _, err := os.Stat(name); err != nil {
				continue // removed from the Go module
			}
			judged++
			declaration := generated(t, dir, "-f", name, "--fields")
			if out, _, code := kreconcile(declaration, "apply", "--release", r.String(), "-"); code != 0 {
				t.Errorf("%s exits with %d:\n%s", name, code, out)
			}
		}
	}
	expectFormatted(t, dir)
	if judged < 200 {
		t.Errorf("only %d objects were judged", judged)
	}
}

// TestDefinitionsOfProjects tests the stale-CRD gate with definitions of large projects: a cluster that has
// them satisfies it, and one whose definitions lack a field drifts in that field alone.
func TestDefinitionsOfProjects(t *testing.T) {
	t.Parallel()
	for module, in := range map[string]string{
		"github.com/cert-manager/cert-manager":               "deploy/crds",
		"github.com/prometheus-operator/prometheus-operator": "example/prometheus-operator-crd",
		"sigs.k8s.io/gateway-api":                            "config/crd/experimental",
	} {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			names, err := filepath.Glob(filepath.Join(folder(t, filepath.Join("..", "crds"), module), filepath.FromSlash(in), "*.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			args := []string{"--crds"}
			stale := []string{"apply", "--release", "1.37", "-"}
			current := slices.Clone(stale)
			var removed string
			for _, name := range names {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Contains(text, []byte("kind: CustomResourceDefinition")) {
					continue
				}
				args, current = append(args, "-f", name), append(current, "--crds", name)
				old := filepath.Join(t.TempDir(), "old.yaml")
				if removed == "" {
					text, removed = without(t, text)
				}
				if err := os.WriteFile(old, text, 0o600); err != nil {
					t.Fatal(err)
				}
				stale = append(stale, "--crds", old)
			}
			dir := t.TempDir()
			declaration := generated(t, dir, args...)
			expectFormatted(t, dir)
			t.Logf("%d fields", strings.Count(declaration, "field "))
			if out, stderr, code := kreconcile(declaration, current...); code != 0 {
				t.Errorf("the same definitions: exit %d:\n%.3000s%s", code, out, stderr)
			}
			out, _, code := kreconcile(declaration, stale...)
			if code != 2 || strings.Count(out, "\n  - ") != 1 || !strings.Contains(out, removed) {
				t.Errorf("older definitions without %s: exit %d:\n%.3000s", removed, code, out)
			}
		})
	}
}

// without takes a field that has none in it from a definition, and returns its path.
func without(t *testing.T, text []byte) (definition []byte, path string) {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	version := object["spec"].(map[string]any)["versions"].([]any)[0].(map[string]any)
	at := version["schema"].(map[string]any)["openAPIV3Schema"].(map[string]any)["properties"].(map[string]any)["spec"].(map[string]any)
	properties := at["properties"].(map[string]any)
	for name, field := range properties {
		if kind := field.(map[string]any)["type"]; kind == "string" || kind == "boolean" || kind == "integer" {
			delete(properties, name)
			definition, err := yaml.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			return definition, `field["spec.` + name + `"]`
		}
	}
	return text, ""
}
