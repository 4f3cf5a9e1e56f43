package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// fieldsOf declares fields of one resource or kind: each is a path and the content of
// its block, with semicolons between the lines.
func fieldsOf(api, block string, fields ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "api %q {\n  %s {\n", api, block)
	for _, f := range fields {
		path, body, _ := strings.Cut(f, " ")
		fmt.Fprintf(&b, "    field %q {\n%s\n    }\n", path, strings.ReplaceAll(body, ";", "\n"))
	}
	return b.String() + "  }\n}\n"
}

// fieldOutcomes returns the findings about fields, by path.
func fieldOutcomes(o outcome) map[string]string {
	found := map[string]string{}
	for address, text := range o.report.findings() {
		if _, rest, isField := strings.Cut(address, `.field["`); isField {
			found[strings.TrimSuffix(rest, `"]`)] = text
		}
	}
	return found
}

func expectFields(t *testing.T, o outcome, exit int, requests int, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, fieldOutcomes(o)); diff != "" {
		t.Errorf("fields differ (-want +got):\n%s", diff)
	}
	if o.ExitCode != exit || o.report.Connection.Requests != requests {
		t.Errorf("exit %d after %d requests, want %d after %d", o.ExitCode, o.report.Connection.Requests, exit, requests)
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", o.Stdout, o.Stderr)
	}
}

// TestFieldsOfBuiltinKinds tests that each document is requested once, and none if no
// field is declared.
func TestFieldsOfBuiltinKinds(t *testing.T) {
	t.Parallel()
	a := newAccount(t, stock(t))
	present := map[string][]string{
		`apps/v1 resource "deployments"`: {
			`spec.template.spec.containers[].resources.limits.* type = "string"`,
			`spec.template.spec.containers[].livenessProbe.httpGet.port type = "int-or-string"`,
			`spec.template.spec.containers type = "array";required = true`,
			`spec.replicas type = "integer";required = false`,
			`metadata.labels.* type = "string"`,
		},
		`apps/v1 kind "DaemonSet"`: {`spec.updateStrategy.rollingUpdate.maxUnavailable type = "int-or-string"`},
		`v1 resource "pods"`: {
			`spec.initContainers[].restartPolicy`, `spec.hostUsers type = "boolean"`,
			`spec.volumes[].projected.sources[].serviceAccountToken`, `status.podIPs[].ip`,
		},
		`autoscaling/v2 resource "horizontalpodautoscalers"`: {
			`spec.metrics[].containerResource.target.averageUtilization type = "integer"`,
			`spec.behavior.scaleDown.policies[].periodSeconds required = true`,
		},
		`networking.k8s.io/v1 resource "ingresses"`: {
			`spec.rules[].http.paths[].backend.service.port.number`, `spec.rules[].http.paths[].pathType required = true`,
		},
		// Its schemas contain schemas.
		`apiextensions.k8s.io/v1 resource "customresourcedefinitions"`: {
			`spec.versions[].schema.openAPIV3Schema.properties.*.properties.*.required[]`,
			`spec.versions[].schema.openAPIV3Schema.allOf[].not.anyOf[].maxLength type = "integer"`,
		},
	}
	var declaration string
	want := map[string]string{}
	for block, fields := range present {
		api, block, _ := strings.Cut(block, " ")
		declaration += fieldsOf(api, block, fields...)
		for _, f := range fields {
			path, _, _ := strings.Cut(f, " ")
			want[path] = "satisfied"
		}
	}
	// The discovery documents, the index, and the documents of five group versions.
	o := a.apply(t, declaration)
	expectFields(t, o, 0, 2+1+5, want)

	o = a.apply(t, fieldsOf("apps/v1", `resource "deployments"`,
		`spec.template.spec.container[].image`, `spec.replicas.x`, `spec.template.spec.containers.image`,
		`spec.paused served = false`, `spec.gone served = false`, `spec.replicas type = "string"`, `metadata.labels.app`,
		`spec.template.spec.containers[].imagePullPolicy enum = ["Never"]`,
	))
	// Discovery, the index and one document, and all of it again after /readyz.
	const twice = 2*(2+1+1) + 1
	expectFields(t, o, 2, twice, map[string]string{
		"spec.template.spec.container[].image": "drifted field-not-served",
		"spec.replicas.x":                      "drifted field-not-served",
		"spec.template.spec.containers.image":  "drifted field-not-served",
		"spec.paused":                          "drifted field-served",
		"spec.gone":                            "satisfied",
		"spec.replicas":                        "drifted field-type-mismatch type: string -> integer",
		"metadata.labels.app":                  "undetermined open-schema",
		"spec.template.spec.containers[].imagePullPolicy": "satisfied",
	})
	expectInOrder(t, o.Stdout, "did you mean spec.template.spec.containers[].image", "spec.replicas is of type integer",
		"spec.template.spec.containers is an array, whose items are spec.template.spec.containers[]")

	expectFields(t, a.apply(t, corePods), 0, 2, map[string]string{})
}

// applyGadgets creates the custom resource that the tests of fields share.
func applyGadgets(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join("testdata", "gadgets.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), string(manifest)); err != nil {
		t.Fatal(err)
	}
}

func TestFieldsOfCustomResource(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	applyGadgets(t, c)
	// A new resource is in the index only a second later.
	eventually(t, 20*time.Second, func() error {
		if o := a.apply(t, fieldsOf("fields.example.com/v1", `kind "Gadget"`, "spec")); o.ExitCode != 0 {
			return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
		}
		return nil
	})
	var fields []string
	want := map[string]string{}
	for f, outcome := range map[string]string{
		`metadata.labels.*`:                         "satisfied",
		`spec required = true`:                      "satisfied",
		`spec.mode type = "string";required = true`: "satisfied",
		`spec.port type = "int-or-string"`:          "satisfied",
		`spec.limits.* type = "int-or-string"`:      "satisfied",
		`spec.limits.cpu`:                           "undetermined open-schema",
		`spec.rules[].name required = true`:         "satisfied",
		`spec.rules[].timeouts.request`:             "satisfied",
		`spec.rules[].timeouts.requests`:            "drifted field-not-served",
		`spec.rules.timeouts`:                       "drifted field-not-served",
		`spec.matrix[][].cell type = "number"`:      "satisfied",
		`spec.matrix[].cell`:                        "drifted field-not-served",
		`spec.settings.known type = "boolean"`:      "satisfied",
		`spec.settings.other`:                       "undetermined open-schema",
		`spec.settings.another served = false`:      "undetermined open-schema",
		`spec.anything[].x`:                         "undetermined open-schema",
		`spec.bare.x`:                               "drifted field-not-served",
		`spec.template.metadata.annotations.*`:      "satisfied",
		`spec.template.spec`:                        "undetermined open-schema",
		`spec.either.a required = false`:            "satisfied",
		`spec.either.c`:                             "drifted field-not-served",
		`spec.timeouts served = false`:              "satisfied",
		`status`:                                    "drifted field-not-served",
	} {
		fields = append(fields, f)
		path, _, _ := strings.Cut(f, " ")
		want[path] = outcome
	}
	declaration := fieldsOf("fields.example.com/v1", `resource "gadgets"`, fields...)
	o := a.apply(t, declaration)
	const twice = 2*(2+1+1) + 1
	expectFields(t, o, 2, twice, want)
	expectFields(t, a.apply(t, fieldsOf("fields.example.com/v1", `resource "gadgets"`,
		`spec.mode type = "integer";required = false`, `spec.rules[].name enum = ["any"]`)), 2, twice, map[string]string{
		"spec.mode":         "drifted field-type-mismatch type: integer -> string field-required-mismatch required: false -> true",
		"spec.rules[].name": "satisfied",
	})
	expectFields(t, a.apply(t, fieldsOf("fields.example.com/v1", `resource "gadgets"`,
		`spec.mode enum = ["Slow", "Medium"]`)), 2, twice, map[string]string{
		"spec.mode": "drifted field-enum-mismatch enum: Medium -> ",
	})

	// A snapshot records only what its declaration asks about.
	file := declarationFile(t, declaration)
	snapshot := filepath.Join(t.TempDir(), "cluster.json")
	if r := a.kreconcile(t, "", "snapshot", "--out", snapshot, "--service-account-dir", a.volume.Dir, file); r.ExitCode != 0 || strings.Contains(r.Stderr, "openapi") {
		t.Fatalf("exit %d\n%s", r.ExitCode, r.Stderr)
	}
	o = a.apply(t, declaration, "--snapshot", snapshot)
	expectFields(t, o, 2, 0, want)
	expectFields(t, a.apply(t, fieldsOf("fields.example.com/v1", `resource "gadgets"`, "spec.unasked"), "--snapshot", snapshot), 3, 0,
		map[string]string{"spec.unasked": "undetermined not-recorded"})
}

// TestFieldsUnderStale holds that nothing is asked about the fields of an API
// that cannot be reached.
func TestFieldsUnderStale(t *testing.T) {
	t.Parallel()
	a := newAccount(t, extended(t))
	o := a.apply(t, fieldsOf("metrics.example.com/v1beta1", `resource "pods"`, "spec"))
	expectFields(t, o, 3, 2, map[string]string{"spec": `undetermined under api["metrics.example.com/v1beta1"]`})
}

// changing is a custom resource whose schema gets more fields.
func changing(group string, fields int) string {
	properties := ""
	for i := range fields {
		properties += fmt.Sprintf("f%d: {type: string}, ", i)
	}
	return fmt.Sprintf(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: changes.%[1]s}
spec:
  group: %[1]s
  scope: Cluster
  names: {plural: changes, kind: Change}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {%[2]s}}}}}
`, group, properties)
}

// TestFieldsOfChangingCustomResource asks without a pause after a custom resource was
// created, and after its schema got a field. The API server's index is a second late;
// an existing field must never count as absent.
func TestFieldsOfChangingCustomResource(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	redirects, missing := 0, 0
	// On a busy machine, all rounds may miss the moment.
	for round := 0; round < 4 || round < 40 && (redirects == 0 || missing == 0); round++ {
		group := fmt.Sprintf("changing%d.example.com", round)
		for fields := 1; fields <= 3; fields++ {
			if err := c.Apply(t.Context(), changing(group, fields)); err != nil {
				t.Fatal(err)
			}
			declaration := fieldsOf(group+"/v1", `kind "Change"`, fmt.Sprintf("spec.f%d", fields-1), "spec.never served = false")
			path := fmt.Sprintf("spec.f%d", fields-1)
			eventually(t, 20*time.Second, func() error {
				o := a.apply(t, declaration, "--debug")
				got := fieldOutcomes(o)
				redirects += strings.Count(o.Stderr, "status=301")
				if strings.HasPrefix(got[path], "undetermined no-schema") {
					missing++
				}
				switch status := got[path]; {
				case status == "satisfied" && got["spec.never"] == "satisfied":
					return nil
				case strings.HasPrefix(status, "drifted under"), strings.HasPrefix(status, "undetermined"):
				default:
					t.Errorf("round %d, %d fields: %v\n%s\n%s", round, fields, got, o.Stdout, o.Stderr)
				}
				return fmt.Errorf("%v", got)
			})
		}
	}
	t.Logf("%d hashes were of an earlier document, %d documents were not there yet", redirects, missing)
	if redirects == 0 || missing == 0 {
		t.Errorf("%d hashes were of an earlier document, and %d documents were not there yet, want some of both", redirects, missing)
	}
}
