package view_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/apply"
)

// TestMarkdownLinksWebAddresses: those of the author's words are links, and all else
// stays code.
func TestMarkdownLinksWebAddresses(t *testing.T) {
	tests := []struct{ remedy, want string }{
		{"https://example.com", "<https://example.com>"},
		{"See https://example.com/a/b?c=d&e=f#g for more.", "`See` <https://example.com/a/b?c=d&e=f#g> `for more.`"},
		{"See https://example.com/.", "`See` <https://example.com/>`.`"},
		{"(http://example.com:8080/a_b)", "`(`<http://example.com:8080/a_b>`)`"},
		{`"https://example.com/a", 'https://example.com/b'`, "`\"`<https://example.com/a>`\", '`<https://example.com/b>`'`"},
		{"<https://example.com/a>", "`<`<https://example.com/a>`>`"},
		{"https://example.com/a; https://example.com/b", "<https://example.com/a>`;` <https://example.com/b>"},
		{"https://example.com/Foo_(bar)", "<https://example.com/Foo_(bar)>"},
		{"https://example.com/@scope/name", "<https://example.com/@scope/name>"},
		// Half of an address would lead elsewhere.
		{"https://example.com/a;b", "`https://example.com/a;b`"},
		{"https://example.com/a&lt;b", "`https://example.com/a&lt;b`"},
		{"https://example.com/a*b*", "`https://example.com/a*b*`"},
		{"https://example.com/w\u00e9b", "`https://example.com/w\u00e9b`"},
		{"https://example.com/a|b", "`https://example.com/a`&#124;`b`"},
		{"https://example.com/a`b", "``https://example.com/a`b``"},
		{"https://example.com/" + strings.Repeat("a", 700), "`https://example.com/" + strings.Repeat("a", 577) + "\u2026`"},
		{"https://", "`https://`"},
		{"https:// and http, httpx://a, xhttps://a.b, ftp://a.b", "`https:// and http, httpx://a, xhttps://a.b, ftp://a.b`"},
		{"javascript://https", "`javascript://https`"},
		{"[a](https://example.com/a)", "`[a](`<https://example.com/a>`)`"},
		{"www.example.com @all", "`www.example.com @all`"},
	}
	for _, tt := range tests {
		r := drifted(1, 0)
		r.Plan.Findings[0].Remedy = tt.remedy
		got := written(t, "markdown", r)
		if !strings.Contains(got, "remedy: "+tt.want+" |") {
			t.Errorf("%q is not written as %s in\n%s", tt.remedy, tt.want, got)
		}
		markdownIsOurs(t, got, 0)
	}
	// What a server says is no link.
	r := drifted(1, 0)
	r.Plan.Findings[0].Differences = []apply.Difference{{Code: apply.PermissionDenied, Declared: "get pods", Hint: "see https://example.com"}}
	if got := written(t, "markdown", r); !strings.Contains(got, "| not allowed (`see https://example.com`) |") {
		t.Errorf("the server's reason is not code in\n%s", got)
	}
}

// TestMarkdownSaysWhatIsMissing: each code has words for what is not there.
func TestMarkdownSaysWhatIsMissing(t *testing.T) {
	tests := []struct {
		difference      apply.Difference
		declared, found string
	}{
		{apply.Difference{Code: apply.PermissionDenied, Declared: "get pods in the namespace x"}, "`get pods in the namespace x`", "not allowed"},
		{apply.Difference{Code: apply.AssertFailed}, "to hold", "does not hold"},
		{apply.Difference{Code: apply.AssertFailed, Hint: "See https://example.com/a."}, "to hold", "does not hold (`See` <https://example.com/a>`.`)"},
		{apply.Difference{Code: apply.ResourceNotServed, Declared: "pods"}, "`pods`", "not served"},
		{apply.Difference{Code: apply.ResourceServed, Found: "pods"}, "not to be served", "`pods`"},
		{apply.Difference{Code: apply.VerbNotServed, Facet: "verbs", Declared: "get"}, "verbs: `get`", "verbs: not served"},
		{apply.Difference{Code: apply.FieldNotServed, Declared: "spec.a.b"}, "`spec.a.b`", "not in the schema"},
		{apply.Difference{Code: apply.FieldNotServed, Declared: "spec.a.b", Found: "spec.a"}, "`spec.a.b`", "not in the schema (`spec.a` is)"},
		{apply.Difference{Code: apply.FieldEnumMismatch, Facet: "enum", Declared: "A"}, "enum: `A`", "enum: not a possible value"},
		{apply.Difference{Code: apply.ServerAddressMismatch, Declared: "10.0.0.1:443"}, "`10.0.0.1:443`", "none"},
	}
	for _, tt := range tests {
		r := drifted(1, 0)
		r.Plan.Findings[0].Differences = []apply.Difference{tt.difference}
		if got := written(t, "markdown", r); !strings.Contains(got, "| "+tt.declared+" | "+tt.found+" |") {
			t.Errorf("%s is not \"| %s | %s |\" in\n%s", tt.difference.Code, tt.declared, tt.found, got)
		}
	}
}
