package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// What the API server does with an object that has a value in a property.
const (
	kept     = "kept"
	pruned   = "pruned"
	rejected = "rejected"
)

// ruled is a property of a custom resource, a requirement for a field in it, and an
// object to test it with.
type ruled struct {
	name string
	// schema is the schema of the property, which is named p0 and so on.
	schema string
	// field is a path from the property, and the content of its block.
	field string
	// value is the property's value in JSON. With it, the declaration would hold, or
	// would not if it is about a required field.
	value string
	// server is what the API server does with the value.
	server string
	// finding is the beginning of the field's finding.
	finding string
}

// Enums: the server must keep a declared value.
var ruledEnums = []ruled{
	{"an enum alone", `{type: string, enum: [Always, Never]}`, ` enum = ["Never"]`, `"Never"`, kept, "satisfied"},
	{"a value that is not in it", `{type: string, enum: [Always]}`, ` enum = ["Never"]`, `"Never"`, rejected, "drifted"},
	{"pattern", `{type: string, enum: [Always, Never], pattern: "^A"}`, ` enum = ["Never"]`, `"Never"`, rejected, "undetermined"},
	{"maxLength", `{type: string, enum: [Always, Never], maxLength: 5}`, ` enum = ["Always"]`, `"Always"`, rejected, ""},
	{"minLength", `{type: string, enum: [Always, Never], minLength: 6}`, ` enum = ["Never"]`, `"Never"`, rejected, ""},
	{"not", `{type: string, enum: [Always, Never], not: {enum: [Never]}}`, ` enum = ["Never"]`, `"Never"`, rejected, ""},
	{"a narrower anyOf", `{type: string, enum: [Always, Never], anyOf: [{enum: [Always]}, {enum: [Often]}]}`, ` enum = ["Never"]`, `"Never"`, rejected, ""},
	{"a narrower allOf", `{type: string, enum: [Always, Never], allOf: [{enum: [Always]}]}`, ` enum = ["Never"]`, `"Never"`, rejected, ""},
	{"oneOf that both meet", `{type: string, enum: [Always, Never], oneOf: [{enum: [Always, Never]}, {enum: [Never]}]}`, ` enum = ["Never"]`, `"Never"`, rejected, ""},
	{"oneOf that one meets", `{type: string, enum: [Always, Never], oneOf: [{enum: [Always, Never]}, {enum: [Never]}]}`, ` enum = ["Always"]`, `"Always"`, kept, ""},
	{"format", `{type: string, enum: ["2020-01-01", soon], format: date}`, ` enum = ["soon"]`, `"soon"`, rejected, "undetermined"},
	{"CEL", `{type: string, enum: [Always, Never], x-kubernetes-validations: [{rule: "self != 'Never'"}]}`, ` enum = ["Never"]`, `"Never"`, rejected, "undetermined"},
	{"pattern within anyOf", `{type: string, enum: [Always, Never], anyOf: [{pattern: "^A"}, {maxLength: 2}]}`, ` enum = ["Never"]`, `"Never"`, rejected, ""},
	{"not within not", `{type: string, enum: [Always, Never], not: {not: {enum: [Always]}}}`, ` enum = ["Never"]`, `"Never"`, rejected, ""},
	{"an integer", `{type: integer}`, ` enum = ["Always"]`, `"Always"`, rejected, "drifted"},
	{"an integer, as text", `{type: integer, enum: [1, 2]}`, ` enum = ["1"]`, `"1"`, rejected, "drifted"},
	{"a boolean", `{type: boolean}`, ` enum = ["true"]`, `"true"`, rejected, "drifted"},
	{"an array", `{type: array, items: {type: string, enum: [Always]}}`, ` enum = ["Always"]`, `"Always"`, rejected, "drifted"},
	{"an object", `{type: object, properties: {a: {type: string}}}`, ` enum = ["Always"]`, `"Always"`, rejected, "drifted"},
	{"the items of an array", `{type: array, items: {type: string, enum: [Always]}}`, `[] enum = ["Always"]`, `["Always"]`, kept, "satisfied"},
	{"the items of an array with CEL", `{type: array, maxItems: 3, items: {type: string, maxLength: 9, enum: [Always]}, x-kubernetes-validations: [{rule: "!('Always' in self)"}]}`, `[] enum = ["Always"]`, `["Always"]`, rejected, ""},
	{"int-or-string", `{x-kubernetes-int-or-string: true, enum: [1, auto]}`, ` enum = ["auto"]`, `"auto"`, kept, ""},
	{"int-or-string, a number", `{x-kubernetes-int-or-string: true, enum: [1, auto]}`, ` enum = ["1"]`, `"1"`, rejected, ""},
	{"CEL of the parent", `{type: object, properties: {a: {type: string, enum: [Always, Never]}}, x-kubernetes-validations: [{rule: "self.a != 'Never'"}]}`, `.a enum = ["Never"]`, `{"a": "Never"}`, rejected, ""},
	{"not of the parent", `{type: object, properties: {a: {type: string, enum: [Always, Never]}}, not: {properties: {a: {enum: [Never]}}}}`, `.a enum = ["Never"]`, `{"a": "Never"}`, rejected, ""},
	{"anyOf of the parent", `{type: object, properties: {a: {type: string, enum: [Always, Never]}}, anyOf: [{properties: {a: {enum: [Always]}}}, {properties: {a: {maxLength: 2}}}]}`, `.a enum = ["Never"]`, `{"a": "Never"}`, rejected, ""},
	{"allOf of the parent", `{type: object, properties: {a: {type: string, enum: [Always, Never]}}, allOf: [{properties: {a: {enum: [Always]}}}]}`, `.a enum = ["Never"]`, `{"a": "Never"}`, rejected, ""},
}

// Required fields: the server must reject an object without the field, or keep it.
var ruledRequired = []ruled{
	{"required", `{type: object, required: [a], properties: {a: {type: string}}}`, `.a required = true`, `{}`, rejected, "satisfied"},
	{"not required", `{type: object, properties: {a: {type: string}}}`, `.a required = true`, `{}`, kept, "drifted"},
	{"not required, as declared", `{type: object, properties: {a: {type: string}}}`, `.a required = false`, `{}`, kept, "satisfied"},
	{"anyOf, in each branch", `{type: object, properties: {a: {type: string}, b: {type: string}}, anyOf: [{required: [a]}, {required: [a, b]}]}`, `.a required = true`, `{"b": "x"}`, rejected, "satisfied"},
	{"anyOf, in each branch, denied", `{type: object, properties: {a: {type: string}, b: {type: string}}, anyOf: [{required: [a]}, {required: [a, b]}]}`, `.a required = false`, `{"b": "x"}`, rejected, "drifted"},
	{"anyOf, in one branch", `{type: object, properties: {a: {type: string}, b: {type: string}}, anyOf: [{required: [a]}, {required: [a, b]}]}`, `.b required = true`, `{"a": "x"}`, kept, ""},
	{"oneOf, in one branch", `{type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}`, `.a required = true`, `{"b": "x"}`, kept, ""},
	{"oneOf, in each branch", `{type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a], not: {required: [b]}}, {required: [a, b]}]}`, `.a required = false`, `{}`, rejected, ""},
	{"allOf", `{type: object, properties: {a: {type: string}}, allOf: [{required: [a]}]}`, `.a required = true`, `{}`, rejected, "satisfied"},
	{"allOf, denied", `{type: object, properties: {a: {type: string}}, allOf: [{required: [a]}]}`, `.a required = false`, `{}`, rejected, "drifted"},
	{"not of not", `{type: object, properties: {a: {type: string}}, not: {not: {required: [a]}}}`, `.a required = false`, `{}`, rejected, ""},
	{"CEL", `{type: object, properties: {a: {type: string}}, x-kubernetes-validations: [{rule: "has(self.a)"}]}`, `.a required = false`, `{}`, rejected, ""},
	{"minProperties", `{type: object, properties: {a: {type: string}}, minProperties: 1}`, `.a required = false`, `{}`, rejected, ""},
	{"the items of an array", `{type: array, items: {type: object, required: [a], properties: {a: {type: string}}}}`, `[].a required = true`, `[{}]`, rejected, "satisfied"},
	{"the values of a map", `{type: object, additionalProperties: {type: object, required: [a], properties: {a: {type: string}}}}`, `.*.a required = true`, `{"k": {}}`, rejected, "satisfied"},
	{"kind of an embedded object", `{type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}`, `.kind required = false`, `{"apiVersion": "v1", "metadata": {"name": "x"}}`, rejected, ""},
}

// Fields: a requirement for a field that the server prunes does not hold.
var ruledFields = []ruled{
	{"a property", `{type: object, properties: {a: {type: string}}}`, `.a`, `{"a": "x"}`, kept, "satisfied"},
	{"no property", `{type: object, properties: {a: {type: string}}}`, `.b`, `{"b": "x"}`, pruned, "drifted"},
	{"an object without properties", `{type: object}`, `.a`, `{"a": "x"}`, pruned, "drifted"},
	{"objects without properties in an array", `{type: array, items: {type: object}}`, `[].a`, `[{"a": "x"}]`, pruned, "drifted"},
	{"objects without properties in a map", `{type: object, additionalProperties: {type: object}}`, `.*.a`, `{"k": {"a": "x"}}`, pruned, "drifted"},
	{"an object without properties within one", `{type: object, properties: {in: {type: object}}}`, `.in.a`, `{"in": {"a": "x"}}`, pruned, "drifted"},
	{"preserved", `{type: object, x-kubernetes-preserve-unknown-fields: true}`, `.a`, `{"a": "x"}`, kept, "undetermined"},
	{"an object without properties within what is preserved", `{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {in: {type: object}}}`, `.in.a`, `{"in": {"a": "x"}}`, pruned, ""},
	{"preserved, beside allOf", `{x-kubernetes-preserve-unknown-fields: true, allOf: [{required: [b]}]}`, `.a`, `{"a": "x", "b": "x"}`, kept, "undetermined"},
	{"a property in anyOf alone", `{type: object, properties: {a: {type: object}}, anyOf: [{properties: {a: {maxProperties: 1}}}]}`, `.a.c`, `{"a": {"c": "x"}}`, pruned, "drifted"},
	{"a map", `{type: object, additionalProperties: {type: string}}`, `.*`, `{"a": "x"}`, kept, "satisfied"},
	{"a map of anything", `{type: object, additionalProperties: {x-kubernetes-preserve-unknown-fields: true}}`, `.*.a`, `{"k": {"a": "x"}}`, kept, "undetermined"},
	{"an embedded object", `{type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}`, `.metadata.labels.*`, `{"apiVersion": "v1", "kind": "X", "metadata": {"name": "x", "labels": {"a": "b"}}}`, kept, "satisfied"},
	{"an embedded object, its kind", `{type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}`, `.kind type = "string"`, `{"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}}`, kept, "satisfied"},
	{"an embedded object, no property", `{type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}`, `.data`, `{"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}, "data": "x"}`, pruned, "drifted"},
	{"an embedded object, an object without properties", `{type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}`, `.spec.a`, `{"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}, "spec": {"a": "x"}}`, pruned, "drifted"},
	{"a name with a dot", `{type: object, properties: {a.b: {type: string}}}`, `["a.b"] type = "string"`, `{"a.b": "x"}`, kept, "satisfied"},
	{"a name with a dot, as a path", `{type: object, properties: {a.b: {type: string}}}`, `.a.b`, `{"a": {"b": "x"}}`, pruned, "drifted"},
	{"a name with a slash", `{type: object, properties: {a/b: {type: object, properties: {c: {type: string}}}}}`, `["a/b"].c`, `{"a/b": {"c": "x"}}`, kept, "satisfied"},
	{"a name like a map's", `{type: object, properties: {"*": {type: string}}}`, `["*"]`, `{"*": "x"}`, kept, "satisfied"},
	{"a name like an array's", `{type: object, properties: {"a[]": {type: string}}}`, `["a[]"]`, `{"a[]": "x"}`, kept, "satisfied"},
}

// TestFieldsByRules compares findings about fields with what the API server does with
// objects. Nothing is satisfied that the server would reject or prune, and nothing
// drifts that it accepts as declared.
func TestFieldsByRules(t *testing.T) {
	t.Parallel()
	c := extended(t)
	a := newAccount(t, c)
	for name, test := range map[string]struct {
		rows []ruled
		// holds is what the server does with the value if the declaration holds.
		holds func(ruled) string
	}{
		"enum": {ruledEnums, func(ruled) string { return kept }},
		"required": {ruledRequired, func(r ruled) string {
			if strings.Contains(r.field, "required = true") {
				return rejected
			}
			return kept
		}},
		"field": {ruledFields, func(ruled) string { return kept }},
	} {
		t.Run(name, func(t *testing.T) {
			group := name + ".rules.example.com"
			var properties strings.Builder
			for i, r := range test.rows {
				fmt.Fprintf(&properties, "              p%d: %s\n", i, r.schema)
			}
			if err := c.Apply(t.Context(), fmt.Sprintf(ruledDefinition, group, &properties)); err != nil {
				t.Fatal(err)
			}
			eventually(t, 20*time.Second, func() error {
				if o := a.apply(t, fieldsOf(group+"/v1", `kind "Rule"`, "spec.p0")); o.ExitCode != 0 {
					return fmt.Errorf("exit %d: %s", o.ExitCode, o.Stdout)
				}
				return nil
			})
			for i, r := range test.rows {
				t.Run(r.name, func(t *testing.T) {
					property := fmt.Sprintf("p%d", i)
					did, why := createRuled(t, c, group, property, r.value)
					if did != r.server {
						t.Fatalf("the value is %s by the server, want %s: %s", did, r.server, why)
					}
					o := a.apply(t, fieldsOf(group+"/v1", `kind "Rule"`, "spec."+property+r.field))
					expectFinding(t, o, r, did == test.holds(r))
				})
			}
		})
	}
}

const ruledDefinition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: rules.%[1]s}
spec:
  group: %[1]s
  scope: Cluster
  names: {plural: rules, kind: Rule}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
%[2]s`

// createRuled returns what the server does with an object that has the value.
func createRuled(t *testing.T, c *cluster.Cluster, group, property, value string) (did, why string) {
	t.Helper()
	object := fmt.Sprintf(`{"apiVersion": "%s/v1", "kind": "Rule", "metadata": {"name": "x"}, "spec": {%q: %s}}`, group, property, value)
	status, content, err := c.Ask(t.Context(), http.MethodPost, "/apis/"+group+"/v1/rules?dryRun=All&fieldValidation=Ignore", "application/json", object)
	if err != nil {
		t.Fatal(err)
	}
	if status == http.StatusUnprocessableEntity {
		return rejected, string(content)
	}
	if status != http.StatusCreated {
		t.Fatalf("status %d: %s", status, content)
	}
	var made struct{ Spec map[string]any }
	var sent any
	if err := json.Unmarshal(content, &made); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(value), &sent); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sent, made.Spec[property]); diff != "" {
		return pruned, diff
	}
	return kept, ""
}

// expectFinding expects the row's finding, which must not contradict the server.
func expectFinding(t *testing.T, o outcome, r ruled, holds bool) {
	t.Helper()
	findings := fieldOutcomes(o)
	for path, finding := range findings {
		wrong := strings.HasPrefix(finding, "satisfied") && !holds || strings.HasPrefix(finding, "drifted") && holds
		if wrong || !strings.HasPrefix(finding, r.finding) {
			t.Errorf("%s is %s, want %s; the server has the value %s\n%s", path, finding, r.finding, r.server, o.Stdout)
		}
	}
	if len(findings) != 1 {
		t.Errorf("exit %d, and no finding of the field\n%s%s", o.ExitCode, o.Stdout, o.Stderr)
	}
}
