package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// Every block and attribute is described, and every example of a block is a
// declaration without an error where it stands.
func TestSchema(t *testing.T) {
	var visit func(b *blockSchema, before, after string)
	visit = func(b *blockSchema, before, after string) {
		t.Run(before+b.name, func(t *testing.T) {
			if b.name != "" {
				text := before + b.example + after
				_, diags := Parse([]Source{{Name: "main.hcl", Bytes: []byte(text)}}, Inputs{Version: "0.5.0", AllowEmpty: true, AllowUnknown: true})
				diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return strings.HasPrefix(d.Summary, "Unused ") })
				if len(diags) > 0 {
					t.Errorf("the example has an error: %s", diags)
				}
			}
			if !strings.HasSuffix(b.doc, ".") {
				t.Errorf("the description %q is no sentence", b.doc)
			}
			if b.free && (len(b.attributes) > 0 || len(b.blocks) > 0) {
				t.Error("a block of free names has names of its own")
			}
			for _, a := range b.attributes {
				if a.typ == "" || a.example == "" || !strings.HasSuffix(a.doc, ".") {
					t.Errorf("the attribute %q is not described: %+v", a.name, a)
				}
			}
		})
		for _, inner := range b.blocks {
			if b.name == "" {
				visit(inner, "", "\n")
				continue
			}
			label := map[string]string{
				"api": "apps/v1", "resource": "deployments", "kind": "Deployment", "check": "routing", "variable": "namespace",
			}[b.name]
			visit(inner, before+b.name+" \""+label+"\" {\n", "\n}\n"+after)
		}
	}
	visit(language(), "", "")
	visit(valuesLanguage(), "", "")
	made := *resourceSchema()
	made.blocks = nil
	dynamic := dynamicSchema(&made)
	content := dynamic.blocks[0]
	dynamic.blocks = nil
	visit(dynamic, "", "\n")
	visit(content, "api \"v1\" {\ndynamic \"resource\" {\nfor_each = [\"pods\"]\nlabels = [resource.value]\n", "\n}\n}\n")
}
