package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/config/internal/lang"
)

// Every block and attribute is described, and every example of a block is a
// declaration without an error where it stands.
func TestSchema(t *testing.T) {
	var visit func(b *lang.Block, before, after string)
	visit = func(b *lang.Block, before, after string) {
		t.Run(before+b.Name, func(t *testing.T) {
			if b.Name != "" {
				text := before + b.Example + after
				_, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: []byte(text)}}, config.Inputs{Version: "0.5.0", AllowEmpty: true, AllowUnknown: true})
				diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return strings.HasPrefix(d.Summary, "Unused ") })
				if len(diags) > 0 {
					t.Errorf("the example has an error: %s", diags)
				}
			}
			if !strings.HasSuffix(b.Doc, ".") {
				t.Errorf("the description %q is no sentence", b.Doc)
			}
			if b.Free && (len(b.Attributes) > 0 || len(b.Blocks) > 0) {
				t.Error("a block of free names has names of its own")
			}
			for _, a := range b.Attributes {
				if a.Type == "" || a.Example == "" || !strings.HasSuffix(a.Doc, ".") {
					t.Errorf("the attribute %q is not described: %+v", a.Name, a)
				}
			}
		})
		for _, inner := range b.Blocks {
			if b.Name == "" {
				visit(inner, "", "\n")
				continue
			}
			label := map[string]string{
				"api": "apps/v1", "resource": "deployments", "kind": "Deployment", "check": "routing", "variable": "namespace",
			}[b.Name]
			visit(inner, before+b.Name+" \""+label+"\" {\n", "\n}\n"+after)
		}
	}
	visit(lang.File(), "", "")
	visit(lang.Values(), "", "")
	made := *lang.File().Block("api").Block("resource")
	made.Blocks = nil
	dynamic := lang.DynamicBlock(&made)
	content := dynamic.Blocks[0]
	dynamic.Blocks = nil
	visit(dynamic, "", "\n")
	visit(content, "api \"v1\" {\ndynamic \"resource\" {\nfor_each = [\"pods\"]\nlabels = [resource.value]\n", "\n}\n}\n")
}
