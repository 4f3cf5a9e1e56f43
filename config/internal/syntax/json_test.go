package syntax_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What hcl would take for no block is an error.
func TestJSON(t *testing.T) {
	const missing = "error: Missing block: A block of type "
	for _, test := range []struct{ name, text, want string }{
		{"a block", `{"api":{"v1":{"resource":{"pods":{}}}}}`, ""},
		{"blocks in an array", `[{"api":[{"v1":[{},{}]}]}]`, ""},
		{"null in an attribute", `{"api":{"v1":{"reason":null,"served":[]}}}`, ""},
		{"null", `{"api":null}`, `main.hcl.json:1,8-12: ` + missing + `"api" is expected here. Leave this out, or write an object that has the block's apiVersion as a property.`},
		{"no label", `{"api":{}}`, `main.hcl.json:1,8-10: ` + missing + `"api" is expected here. Leave this out, or write an object that has the block's apiVersion as a property.`},
		{"an empty array", `{"api":{"v1":[]}}`, `main.hcl.json:1,14-16: ` + missing + `"api" is expected here. Leave this out, or write {}.`},
		{"what a dynamic block makes", `{"dynamic":{"api":{"content":{"resource":null}}}}`, `main.hcl.json:1,42-46: ` + missing + `"resource" is expected here. Leave this out, or write an object that has the block's name as a property.`},
		{"a dynamic block of no such type", `{"dynamic":{"x":{"content":null}}}`, `main.hcl.json:1,28-32: ` + missing + `"content" is expected here. Leave this out, or write {}.`},
		{"no JSON", `{"api":`, `main.hcl.json:1,8-8: error: Missing value: The JSON data ends prematurely.`},
		{"two values", `{} {}`, `main.hcl.json:1,4-5: error: Extraneous data after value: Extra characters appear after the JSON value.`},
		{"a broken pair of surrogates", `{"a":"\ud800"}`, `main.hcl.json:1,7-8: error: Invalid JSON: This is not valid JSON: invalid surrogate pair ` + "`\\ud800\"}`" + ` in string.`},
		{"no JSON in a long file", `{"a":"` + strings.Repeat("x", 100_000) + `",}`, `main.hcl.json:1,100008-100009: error: Invalid JSON: This is not valid JSON: invalid character ',' at start of value.`},
		{"many errors", `{"api":[` + strings.Repeat("null,", 99) + `null]}`, strings.Repeat("\n", 19)},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(report(parse(test.text)), "\n")
			if test.name == "many errors" {
				got = strings.Repeat("\n", strings.Count(got, "\n"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
