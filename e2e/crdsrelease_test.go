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

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// TestCustomResourcesOfManifests judges one declaration twice: by an API server that has the
// definitions of three large projects, and by the same release with --crds. Both must find the same,
// field by field.
func TestCustomResourcesOfManifests(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	var manifests []string
	folder := t.TempDir()
	for _, module := range slices.Sorted(maps.Keys(definitions)) {
		for _, manifest := range manifestsOf(t, module, definitions[module]) {
			if err := c.Apply(t.Context(), manifest); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d.yaml", len(manifests))), []byte(manifest), 0o600); err != nil {
				t.Fatal(err)
			}
			manifests = append(manifests, manifest)
		}
	}
	declaration := everyQuestion(t, manifests)
	result := a.kreconcile(t, declaration, "apply", "-o", "json", "--release", minor(newest(), 0), "--crds", folder, "-")
	if result.ExitCode != 2 {
		t.Fatalf("exit %d: %.2000s", result.ExitCode, result.Stderr)
	}
	offline := parseReport(t, []byte(result.Stdout)).findings()
	statuses := map[string]int{}
	for _, finding := range offline {
		status, _, _ := strings.Cut(finding, " ")
		statuses[status]++
	}
	t.Logf("%d findings: %v", len(offline), statuses)
	for status, least := range map[string]int{"satisfied": 5_000, "drifted": 5_000, "undetermined": 100} {
		if statuses[status] < least {
			t.Errorf("%d findings are %s, and at least %d should be", statuses[status], status, least)
		}
	}
	eventually(t, time.Minute, func() error {
		if diff := cmp.Diff(a.apply(t, declaration).report.findings(), offline); diff != "" {
			return fmt.Errorf("the findings differ (-server +manifests):\n%.4000s", diff)
		}
		return nil
	})
}

// everyQuestion declares all that there is to ask of definitions. Much of it does not hold.
func everyQuestion(t *testing.T, manifests []string) string {
	t.Helper()
	apis := map[string]string{}
	for _, manifest := range manifests {
		for document := range strings.SplitSeq(manifest, "\n---\n") {
			var d definition
			if err := yaml.Unmarshal([]byte(document), &d); err != nil {
				t.Fatal(err)
			}
			if d.Kind != "CustomResourceDefinition" {
				continue
			}
			for _, version := range d.Spec.Versions {
				api := d.Spec.Group + "/" + version.Name
				apis[api] += questions(d.Spec.Names.Plural, d.Spec.Names.Kind, version.Schema.Schema.fields(""))
			}
		}
	}
	var b strings.Builder
	for _, api := range slices.Sorted(maps.Keys(apis)) {
		fmt.Fprintf(&b, "api %q {\n  preferred = false\n%s}\n", api, apis[api])
	}
	return b.String()
}

// questions asks about a resource and its fields: whether each is there, a string, or required, and
// whether there is another one beside it.
func questions(plural, kind string, fields []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  resource %q {\n    kind = %q\n    scope = \"Namespaced\"\n    verbs = [\"get\", \"patch\", \"proxy\"]\n"+
		"    subresource \"status\" { verbs = [\"update\"] }\n    subresource \"scale\" { kind = \"Scale\" }\n  }\n", plural, kind)
	fmt.Fprintf(&b, "  kind %q {\n", kind)
	for i, field := range fields {
		attribute := [...]string{"", `type = "string"`, "required = true", `enum = ["x", "Always"]`}[i%4]
		fmt.Fprintf(&b, "    field %q { %s }\n", field, attribute)
		if i%8 == 0 {
			fmt.Fprintf(&b, "    field %q {}\n", field+"Other")
		}
	}
	b.WriteString("    field \"metadata.uid\" { type = \"string\" }\n    field \"metadata.uidOther\" {}\n  }\n")
	return b.String()
}

// TestNamesOfManifests applies two definitions that share a name. Where the API server does not serve the
// second one, --crds refuses it.
func TestNamesOfManifests(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	definition := func(plural, group, names string) string {
		return fmt.Sprintf("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: %s.%s}\n"+
			"spec:\n  group: %[2]s\n  scope: Cluster\n  names: {plural: %[1]s, %[3]s}\n"+
			"  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]\n", plural, group, names)
	}
	for i, names := range []string{
		"kind: Bar", "kind: Bar, shortNames: [b, bars]", "kind: Fx",
		"kind: Foo", "kind: FooList", "kind: Bar, listKind: Foo", "kind: Bar, singular: fx", "kind: One",
		"kind: Bar, shortNames: [b, fx]", "kind: Bar, shortNames: [foos]", "kind: Bar, singular: foos",
	} {
		t.Run(names, func(t *testing.T) {
			group := fmt.Sprintf("names%d.example.com", i)
			first, second := definition("foos", group, "kind: Foo, singular: one, shortNames: [fx]"), definition("bars", group, names)
			apply := func(name, manifest string) bool {
				if err := c.Apply(t.Context(), manifest); err != nil {
					t.Fatal(err)
				}
				return accepted(t, c, name+"."+group)
			}
			if !apply("foos", first) {
				t.Fatal("the first definition is not accepted")
			}
			serves := apply("bars", second)
			manifests := filepath.Join(t.TempDir(), "crds.yaml")
			if err := os.WriteFile(manifests, []byte(first+"---\n"+second), 0o600); err != nil {
				t.Fatal(err)
			}
			r := a.kreconcile(t, fmt.Sprintf("api \"%s/v1\" {\n  resource \"bars\" {}\n}\n", group), "apply", "--release", minor(newest(), 0), "--crds", manifests, "-")
			if refused := r.ExitCode == 1 && strings.Contains(r.Stderr, "spec.names."); refused == serves || r.ExitCode > 1 {
				t.Errorf("the API server serves it: %t; exit %d\n%s%s", serves, r.ExitCode, r.Stdout, r.Stderr)
			}
		})
	}
}

// accepted waits until the API server judged the names of a definition, and reports whether it accepts
// them.
func accepted(t *testing.T, c *cluster.Cluster, name string) (status bool) {
	t.Helper()
	eventually(t, 30*time.Second, func() error {
		var d struct {
			Status struct {
				Conditions []struct{ Type, Status string }
			}
		}
		_, body, err := c.Ask(t.Context(), "GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"+name, "", "")
		if err == nil {
			err = yaml.Unmarshal(body, &d)
		}
		if err != nil {
			return err
		}
		for _, condition := range d.Status.Conditions {
			if condition.Type == "NamesAccepted" && condition.Status != "Unknown" {
				status = condition.Status == "True"
				return nil
			}
		}
		return fmt.Errorf("the names of %s are not judged: %.500s", name, body)
	})
	return status
}
