package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fieldsOf declares fields of one resource or kind, each by its path and what its
// block holds.
func fieldsOf(api, block string, fields ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "api %q {\n  %s {\n", api, block)
	for _, f := range fields {
		path, body, _ := strings.Cut(f, " ")
		fmt.Fprintf(&b, "    field %q {\n%s\n    }\n", path, strings.ReplaceAll(body, ";", "\n"))
	}
	return b.String() + "  }\n}\n"
}

// fieldOutcomes gives the findings about fields, by path.
func fieldOutcomes(o outcome) map[string]string {
	found := map[string]string{}
	for address, text := range o.report.findings() {
		if _, rest, isField := strings.Cut(address, `.field["`); isField {
			found[strings.TrimSuffix(rest, `"]`)] = text
		}
	}
	return found
}

func applyGadgets(t *testing.T, apply func(string) error) {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join("testdata", "gadgets.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := apply(string(manifest)); err != nil {
		t.Fatal(err)
	}
}

// TestFieldsOfBuiltinKinds asks for each document once, and for none where no
// field is declared.
func TestFieldsOfBuiltinKinds(t *testing.T) {
	t.Parallel()
	a := newAccount(t, stock(t))
	present := fieldsOf("apps/v1", `resource "deployments"`,
		`spec.template.spec.containers[].resources.limits.* type = "string"`,
		`spec.template.spec.containers[].livenessProbe.httpGet.port type = "int-or-string"`,
		`spec.template.spec.containers type = "array";required = true`,
		`spec.strategy.type type = "string"`,
		`metadata.labels.* type = "string"`,
	) + fieldsOf("apps/v1", `kind "DaemonSet"`, `spec.updateStrategy.rollingUpdate.maxUnavailable`) +
		fieldsOf("v1", `resource "pods"`, `spec.initContainers[].restartPolicy`, `spec.hostUsers type = "boolean"`, `spec.volumes[].projected.sources[].serviceAccountToken`, `status.podIPs[].ip`) +
		fieldsOf("autoscaling/v2", `resource "horizontalpodautoscalers"`, `spec.metrics[].containerResource.target.averageUtilization type = "integer"`, `spec.behavior.scaleDown.policies[].periodSeconds required = true`) +
		fieldsOf("networking.k8s.io/v1", `resource "ingresses"`, `spec.rules[].http.paths[].backend.service.port.number`, `spec.rules[].http.paths[].pathType required = true`) +
		fieldsOf("apiextensions.k8s.io/v1", `resource "customresourcedefinitions"`,
			`spec.versions[].schema.openAPIV3Schema.properties.*.properties.*.items type = ""`[:len(`spec.versions[].schema.openAPIV3Schema.properties.*.properties.*.items`)],
			`spec.versions[].schema.openAPIV3Schema.allOf[].not.anyOf[].maxLength type = "integer"`,
		)
	o := a.apply(t, present)
	for path, got := range fieldOutcomes(o) {
		if got != "satisfied" {
			t.Errorf("%s: %s", path, got)
		}
	}
	// The documents of discovery, the index, and those of five group versions.
	if o.ExitCode != 0 || o.report.Connection.Requests != 2+1+5 {
		t.Errorf("exit %d after %d requests\n%s%s", o.ExitCode, o.report.Connection.Requests, o.Stdout, o.Stderr)
	}

	o = a.apply(t, fieldsOf("apps/v1", `resource "deployments"`,
		`spec.template.spec.container[].image`, `spec.replicas.x`, `spec.template.spec.containers.image`, `spec.paused served = false`,
		`spec.gone served = false`, `spec.replicas type = "string"`[:len("spec.replicas")]+` type = "string"`, `metadata.labels.app`, `spec.template.spec.containers[].imagePullPolicy enum = ["Never"]`,
	))
	want := map[string]string{
		"spec.template.spec.container[].image":             "drifted field-not-served",
		"spec.replicas.x":                                  "drifted field-not-served",
		"spec.template.spec.containers.image":              "drifted field-not-served",
		"spec.paused":                                      "drifted field-served",
		"spec.gone":                                        "satisfied",
		"spec.replicas":                                    "drifted field-type-mismatch type: string -> integer",
		"metadata.labels.app":                              "undetermined open-schema",
		"spec.template.spec.containers[].imagePullPolicy":  "satisfied",
	}
	if diff := cmp.Diff(want, fieldOutcomes(o)); diff != "" || o.ExitCode != 2 {
		t.Errorf("exit %d, outcomes (-want +got):\n%s\n%s%s", o.ExitCode, diff, o.Stdout, o.Stderr)
	}
	// To confirm it, /readyz, discovery and the one document once more.
	if n := o.report.Connection.Requests; n != 2+2+1+2+1 {
		t.Errorf("%d requests", n)
	}
	expectInOrder(t, o.Stdout, "did you mean spec.template.spec.containers[].image", "spec.replicas is of type integer",
		"spec.template.spec.containers is an array, whose items are spec.template.spec.containers[]")

	a.apply(t, corePods).expect(t, want0())
}

// want0 is the outcome of corePods: no document of OpenAPI is asked for.
func want0() want {
	return want{exit: 0, findings: map[string]string{`api["v1"]`: "satisfied", `api["v1"].resource["pods"]`: "satisfied"}, requests: 2}
}
