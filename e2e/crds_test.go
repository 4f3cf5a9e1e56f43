package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/pod"
)

// definitions are folders with the custom resource definitions of large projects, by module.
var definitions = map[string]string{
	"github.com/cert-manager/cert-manager":               "deploy/crds",
	"github.com/prometheus-operator/prometheus-operator": "example/prometheus-operator-crd",
	"sigs.k8s.io/gateway-api":                            "config/crd/experimental",
}

// definition is what the test reads of a CustomResourceDefinition.
type definition struct {
	Kind string `json:"kind"`
	Spec struct {
		Group string `json:"group"`
		Names struct {
			Kind   string `json:"kind"`
			Plural string `json:"plural"`
		} `json:"names"`
		Versions []struct {
			Name   string `json:"name"`
			Served bool   `json:"served"`
			Schema struct {
				Schema crdSchema `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

type crdSchema struct {
	Properties           map[string]crdSchema `json:"properties"`
	Items                *crdSchema           `json:"items"`
	AdditionalProperties *crdSchema           `json:"additionalProperties"`
}

// fields gives the paths of all fields in a schema, as a declaration writes them.
func (s crdSchema) fields(path string) []string {
	switch {
	case s.Items != nil:
		return s.Items.fields(path + "[]")
	case s.AdditionalProperties != nil:
		return s.AdditionalProperties.fields(path + ".*")
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		inner := strings.TrimPrefix(path+"."+name, ".")
		list = append(list, inner)
		list = append(list, s.Properties[name].fields(inner)...)
	}
	return list
}

// everyField declares every field of the definitions, in one api block for each group version.
func everyField(t *testing.T, manifests []string) (declaration string, count int) {
	t.Helper()
	kinds := map[string]string{}
	for _, manifest := range manifests {
		for document := range strings.SplitSeq(manifest, "\n---\n") {
			var d definition
			if err := yaml.Unmarshal([]byte(document), &d); err != nil {
				t.Fatal(err)
			}
			for _, version := range d.Spec.Versions {
				if d.Kind != "CustomResourceDefinition" || !version.Served {
					continue
				}
				var b strings.Builder
				for _, path := range version.Schema.Schema.fields("") {
					fmt.Fprintf(&b, "    field %q {}\n", path)
					count++
				}
				kinds[d.Spec.Group+"/"+version.Name] += fmt.Sprintf("  kind %q {\n%s  }\n", d.Spec.Names.Kind, b.String())
			}
		}
	}
	for _, api := range slices.Sorted(maps.Keys(kinds)) {
		declaration += fmt.Sprintf("api %q {\n%s}\n", api, kinds[api])
	}
	return declaration, count
}

// manifestsOf reads the definitions of a module.
func manifestsOf(t *testing.T, module, folder string) []string {
	t.Helper()
	download := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module)
	// Listing a module that is not in the cache gives no folder: it is downloaded before.
	fetch := exec.CommandContext(t.Context(), "go", "mod", "download", module)
	fetch.Dir, download.Dir = "crds", "crds"
	if out, err := fetch.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir, err := download.Output()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), filepath.FromSlash(folder), "*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s has no definitions in %s: %v", module, folder, err)
	}
	var manifests []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("kind: CustomResourceDefinition")) {
			manifests = append(manifests, string(text))
		}
	}
	return manifests
}

// TestEveryFieldOfLargeCustomResources judges a declaration of every field of the definitions of
// three large projects: twelve thousand fields, most of them in one block.
func TestEveryFieldOfLargeCustomResources(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	var manifests []string
	for _, module := range slices.Sorted(maps.Keys(definitions)) {
		manifests = append(manifests, manifestsOf(t, module, definitions[module])...)
	}
	declaration, count := everyField(t, manifests)
	t.Logf("%d fields of %d definitions, %d KiB", count, len(manifests), len(declaration)>>10)
	if count < 10_000 {
		t.Fatalf("only %d fields", count)
	}
	for _, manifest := range manifests {
		if err := c.Apply(t.Context(), manifest); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "crds.hcl")
	if err := os.WriteFile(file, []byte(declaration), 0o600); err != nil {
		t.Fatal(err)
	}
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, func() error {
		cmd := exec.CommandContext(t.Context(), executable, suite.programs.Kreconcile, "apply", "--service-account-dir", a.volume.Dir, file)
		// What the manifests set, for a container of 192 MiB.
		cmd.Env = append(slices.Clone(a.env), "GOMEMLIMIT=201326592", pod.Role+"="+rolePeak)
		measured := filepath.Join(t.TempDir(), "peak")
		cmd.Env = append(cmd.Env, rolePeak+"="+measured)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		begin := time.Now()
		err := cmd.Run()
		took := time.Since(begin)
		peak, failure := strconv.Atoi(string(readFile(t, measured)))
		if failure != nil {
			t.Fatal(failure)
		}
		peak >>= 10
		t.Logf("%s, %d MiB, exit %d", took.Round(time.Millisecond), peak, cmd.ProcessState.ExitCode())
		if err != nil {
			return fmt.Errorf("%w: %.2000s", err, out.String())
		}
		if !strings.Contains(out.String(), "No drift.") {
			t.Errorf("it says %.500s", out.String())
		}
		// An idle machine takes 0.8 seconds and 97 MiB.
		if took > 20*time.Second || peak > 192 {
			t.Errorf("it took %s and %d MiB", took, peak)
		}
		return nil
	})
}

// rolePeak is the role of a process that measures another, and the variable with the file for the result.
const rolePeak = "PEAK"

// initPeak does nothing, unless this program was started to measure another one. Then it runs that,
// writes its peak of memory in KiB, and ends. The peak of a process is at least that of the one that
// starts it, and this one is small.
func initPeak() {
	if os.Getenv(pod.Role) != rolePeak {
		return
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	if cmd.ProcessState != nil {
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		err = os.WriteFile(os.Getenv(rolePeak), fmt.Append(nil, usage.Maxrss), 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}
