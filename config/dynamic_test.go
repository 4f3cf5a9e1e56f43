package config_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
)

func addresses(d *config.Declaration) []string {
	list := []string{}
	for _, r := range plain(d) {
		list = append(list, fmt.Sprint(r["address"]))
	}
	return list
}

// What for_each may be, and what its elements are named.
func TestDynamicCollections(t *testing.T) {
	tests := []struct{ name, collection, label string }{
		{"a list", `["v1"]`, "api.value"},
		{"an object", `{ "v1" = 5 }`, "api.key"},
		{"a key of a list", `["x"]`, `"v${api.key + 1}"`},
		{"a set", `var.set`, "api.value"},
		{"the key of a set", `var.set`, "api.key"},
		{"a map", `var.map`, "api.key"},
		{"a for expression", `[for x in var.set : x if x != "v2"]`, "api.value"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, diags := parse(`
variable "set" {
  type    = set(string)
  default = ["v1", "v1"]
}
variable "map" {
  type    = map(bool)
  default = { v1 = true }
}
dynamic "api" {
  for_each = `+test.collection+`
  labels   = [`+test.label+`]
  content {}
}
`, config.Inputs{})
			// Each case uses one of the collections.
			if diags := beside("Unused variable", diags); len(diags) > 0 {
				t.Fatal(report(diags))
			}
			if diff := cmp.Diff([]string{`api["v1"]`}, addresses(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Where it is not known what a dynamic block makes, nothing that depends on it is
// judged, and what is wrong all the same is.
func TestUnknownDynamicBlocks(t *testing.T) {
	const head = "variable \"x\" {\n  type = list(string)\n}\nlocals {\n  mixed = [\"v1\", var.x[0]]\n}\n"
	tests := []struct {
		name, text string
		want       []string
		made       []string
	}{
		{"no error, and nothing is known", "dynamic \"api\" {\n  for_each = var.x\n  labels = [api.value]\n  content {\n    preferred = true\n    resource \"pods\" {}\n  }\n}\n", nil, []string{}},
		{"a label that is not known", "dynamic \"api\" {\n  for_each = local.mixed\n  labels = [api.value]\n  content {\n    reason = api.key\n  }\n}\n",
			[]string{`main.hcl:11,14-21: error: Incorrect value type: "reason" must be a string, and this is a number. Put it in quotes.`}, nil},
		{"a label of some", "dynamic \"api\" {\n  for_each = local.mixed\n  labels = [api.value]\n  content {}\n}\n", nil, []string{`api["v1"]`}},
		{"an unknown reference", "dynamic \"api\" {\n  for_each = var.x\n  labels = [var.y]\n  content {\n    reason = it.value\n  }\n}\n",
			[]string{
				`main.hcl:9,13-18: error: Undeclared variable: No variable "y" is declared.`,
				`main.hcl:11,14-22: error: Unknown reference: There is no "it". An expression may use var.<name>, local.<name> and pod.namespace.`,
			}, nil},
		{"nested", "dynamic \"check\" {\n  for_each = var.x\n  labels = [check.value]\n  content {\n    dynamic \"assert\" {\n      for_each = [check.value]\n      content {\n        condition = served(assert.value) || kubernetes(\"new\")\n        error_message = \"\"\n      }\n    }\n  }\n}\n",
			[]string{
				`main.hcl:14,57-60: error: Invalid function argument: Invalid value for "constraint" parameter: "new" is not a constraint such as ">= 1.30, < 1.38": comparisons such as ">= 1.30" are joined by "," or "||".`,
			}, nil},
		{"a permission", "permission \"a\" {\n  verbs = var.x\n  resources = [\"pods\"]\n}\n", nil, []string{}},
		{"a check", "check \"a\" {\n  dynamic \"assert\" {\n    for_each = var.x\n    content {\n      condition = served(assert.value)\n      error_message = assert.value\n    }\n  }\n}\n", nil, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, diags := parse(head+test.text, config.Inputs{AllowUnknown: true})
			if diff := cmp.Diff(test.want, report(beside("Unused local value", diags))); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if test.made == nil {
				return
			}
			if diff := cmp.Diff(test.made, addresses(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An error that each of many blocks has is said once, and a hundred that differ
// are a hundred.
func TestDynamicMistakes(t *testing.T) {
	_, diags := parse("dynamic \"api\" {\n  for_each = [\"apps/v1\", \"batch/v1\", \"v1\"]\n  labels = [api.value]\n  content {\n    reason = 5\n  }\n}\n", config.Inputs{})
	want := []string{`main.hcl:5,14-15: error: Incorrect value type: "reason" must be a string, and this is a number. Put it in quotes.`}
	if diff := cmp.Diff(want, report(diags)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The same group version from a dynamic block and beside it is numbered.
func TestDynamicAddresses(t *testing.T) {
	d, diags := parse("api \"v1\" {}\ndynamic \"api\" {\n  for_each = [1, 2]\n  labels = [\"v1\"]\n  content {}\n}\n", config.Inputs{})
	if len(diags) > 0 {
		t.Fatal(report(diags))
	}
	if diff := cmp.Diff([]string{`api["v1"]`, `api["v1"]#2`, `api["v1"]#3`}, addresses(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// JSON nests as native syntax does, and an array holds several dynamic blocks.
func TestDynamicJSON(t *testing.T) {
	d, diags := parse(`{"dynamic": {"api": [{"for_each": {"v1": ["pods", "nodes"]}, "labels": ["${api.key}"], "content": {
		"dynamic": [{"resource": {"for_each": "${api.value}", "iterator": "r", "labels": ["${r.value}"], "content": {
			"dynamic": {"field": [{"for_each": ["spec"], "labels": ["${field.value}.${r.key}"], "content": {"type": "string"}}]}
		}}}, {"kind": {"for_each": [], "labels": [""], "content": {}}}]
	}}, {"for_each": ["apps/v1"], "labels": ["${api.value}"], "content": {}}]}}`, config.Inputs{})
	if len(diags) > 0 {
		t.Fatal(report(diags))
	}
	want := []string{
		`api["v1"]`, `api["v1"].resource["pods"]`, `api["v1"].resource["pods"].field["spec.0"]`,
		`api["v1"].resource["nodes"]`, `api["v1"].resource["nodes"].field["spec.1"]`, `api["apps/v1"]`,
	}
	if diff := cmp.Diff(want, addresses(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// beside gives the diagnostics of another summary.
func beside(summary string, diags hcl.Diagnostics) hcl.Diagnostics {
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return d.Summary == summary })
}
