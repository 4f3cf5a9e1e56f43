package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config"
)

// TestNestedConditions tests that many conditions, each deep in the last, fit into the budget.
func TestNestedConditions(t *testing.T) {
	const deep, many = 150, 75
	condition := "false"
	for i := range deep {
		condition = fmt.Sprintf("served(%q) ? true : (%s)", fmt.Sprintf("g%d.example.com/v1", i), condition)
	}
	text := strings.Repeat("check \"CHECK\" {\n  assert {\n    condition = "+condition+"\n    error_message = \"none\"\n  }\n}\n", many)
	for i := range many {
		text = strings.Replace(text, "CHECK", fmt.Sprintf("c%d", i), 1)
	}
	if _, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: []byte(text)}}, config.Inputs{}); len(diags) > 0 {
		t.Error(diags)
	}
}

// TestUnknownVariables tests what is known of a variable without a value.
func TestUnknownVariables(t *testing.T) {
	for text, want := range map[string]string{
		"variable \"n\" {\n  type = string\n  nullable = false\n}\napi \"v1\" {\n  enabled = var.n == null\n}\n":              "Every requirement is skipped",
		"variable \"n\" {\n  type = string\n}\nlocals {\n  x = one(var.n)\n}\napi \"v1\" {\n  enabled = local.x == null\n}\n": "Invalid function argument",
	} {
		_, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: []byte(text)}}, config.Inputs{AllowUnknown: true})
		if len(diags) != 1 || diags[0].Summary != want {
			t.Errorf("%s\nhas %v, want %s", text, diags, want)
		}
	}
}
