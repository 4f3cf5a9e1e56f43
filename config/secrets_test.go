package config_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config"
)

// Case 40, from end to end: whatever is wrong beside a sensitive variable,
// neither a diagnostic nor a line that may be shown holds its value.
func TestSecretsStayHidden(t *testing.T) {
	tests := map[string]string{
		"a default of the wrong type":      "variable \"s\" {\n sensitive = true\n type = number\n default = \"swordfish\"\n}",
		"a default without quotes":         "variable \"s\" {\n sensitive = true\n default = swordfish\n}",
		"a default that calls":             "variable \"s\" {\n sensitive = true\n default = swordfish()\n}",
		"a default that is not closed":     "variable \"s\" {\n sensitive = true\n default = \"swordfish\n}",
		"a default twice":                  "variable \"s\" {\n sensitive = true\n default = \"swordfish\"\n default = \"swordfish\"\n}",
		"two on one line":                  "variable \"s\" { sensitive = true, default = \"swordfish\" }",
		"as a key":                         "variable \"s\" {\n sensitive = true\n default = \"swordfish\"\n}\nlocals {\n a = { for x in [1, 2] : var.s => x }\n b = {}[var.s]\n c = \"${[var.s]}\"\n d = var.s + 1\n e = var.s.x\n}",
		"in what is printed":               "variable \"s\" {\n sensitive = true\n default = \"swordfish\"\n}\napi \"v1\" {\n reason = \"${var.s}\"\n remedy = [var.s]\n severity = var.s\n served = var.s\n enabled = var.s\n resource \"pods\" {\n  verbs = [var.s]\n  scope = var.s == \"x\" ? \"Cluster\" : \"Namespaced\"\n }\n}",
		"JSON without quotes":              "{\"variable\": {\"s\": {\"sensitive\": true, \"default\": swordfish}}}",
		"JSON of the wrong type":           "{\"variable\": {\"s\": {\"sensitive\": true, \"type\": \"bool\", \"default\": \"swordfish\"}}}",
		"JSON in a property":               "{\"variable\": {\"s\": {\"sensitive\": true, \"default\": {\"swordfish\" 1}}}}",
		"JSON as a key":                    "{\"variable\": {\"s\": {\"sensitive\": true, \"default\": \"swordfish\"}}, \"locals\": {\"a\": {\"${var.s}\": 1}, \"b\": \"${local.a.swordfis}\"}}",
		"an error in sensitive itself":     "variable \"s\" {\n sensitive = yes\n default = swordfish\n type = number\n}",
		"an attribute that does not exist": "variable \"s\" {\n sensitive = true\n defautl = \"swordfish\"\n}",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			s := source(text)
			_, diags := config.Parse([]config.Source{s}, config.Inputs{})
			if !diags.HasErrors() {
				t.Fatal("no error")
			}
			for _, d := range diags {
				line, _ := config.Sources{s}.Line(*d.Subject)
				if d.Expression != nil || d.EvalContext != nil || strings.Contains(d.Summary+d.Detail+line, "swordfish") {
					t.Errorf("shown: %s with %q", d, line)
				}
			}
		})
	}
}
