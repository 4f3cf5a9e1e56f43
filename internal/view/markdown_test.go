package view_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
)

// TestMarkdownLinksWebAddresses tests that web addresses in the author's words are
// links, and everything else stays code.
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
		// A part of an address would lead elsewhere.
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
		r.Targets[0].Plan.Findings[0].Remedy = tt.remedy
		got := written(t, "markdown", r)
		if !strings.Contains(got, "remedy: "+tt.want+" |") {
			t.Errorf("%q is not written as %s in\n%s", tt.remedy, tt.want, got)
		}
		markdownIsOurs(t, got, 0)
	}
	// The words of a server are never links.
	r := drifted(1, 0)
	r.Targets[0].Plan.Findings[0].Differences = []apply.Difference{{Code: apply.PermissionDenied, Declared: "get pods", Hint: "see https://example.com"}}
	if got := written(t, "markdown", r); !strings.Contains(got, "| not allowed (`see https://example.com`) |") {
		t.Errorf("the server's reason is not code in\n%s", got)
	}
}

// TestMarkdownSaysWhatIsMissing tests that each code has words for what is missing.
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
		r.Targets[0].Plan.Findings[0].Differences = []apply.Difference{tt.difference}
		if got := written(t, "markdown", r); !strings.Contains(got, "| "+tt.declared+" | "+tt.found+" |") {
			t.Errorf("%s is not \"| %s | %s |\" in\n%s", tt.difference.Code, tt.declared, tt.found, got)
		}
	}
}

func TestMarkdownFitsItsLimit(t *testing.T) {
	long := strings.Repeat("a|`` `@b ", 100)
	for _, n := range []int{1, 50, 200, 1000} {
		r := drifted(n, n)
		for i := range r.Targets[0].Plan.Findings {
			f := &r.Targets[0].Plan.Findings[i]
			switch i % 4 {
			case 1:
				f.Reason, f.Remedy = strings.Repeat(long+"\n", 12), long
			case 2:
				f.Differences[0].Found, f.Differences[0].Hint = long, long
			case 3:
				f.Status, f.Differences = apply.StatusUndetermined, nil
				f.Undetermined = &apply.Undetermined{Code: discovery.Timeout, Message: "too late", Hint: "wait"}
			}
			r.Diagnostics = append(r.Diagnostics, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Wrong", Detail: "It is wrong."})
		}
		r.Targets[0].Verdict = r.Targets[0].Plan.Verdict(apply.Policy{})
		r.Targets[0].Origin = &report.Origin{Snapshot: &report.SnapshotFile{Path: strings.Repeat("`|", 1000)}}
		got := written(t, "markdown", r)
		if len(got) > 60000 {
			t.Errorf("%d findings give %d bytes", 2*n, len(got))
		}
		if !utf8.ValidString(got) {
			t.Errorf("%d findings give invalid UTF-8", 2*n)
		}
		// What was left out is counted.
		rows := strings.Count(got, "\n| error |") + strings.Count(got, "\n| warning |")
		for _, m := range regexp.MustCompile(`(?m)^and (\d+) more: `).FindAllStringSubmatch(got, -1) {
			more, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			rows += more
		}
		if rows != 4*n {
			t.Errorf("of %d problems, %d are shown or counted", 4*n, rows)
		}
		if !strings.Contains(got, "satisfied, ") {
			t.Errorf("%d findings leave no room for the counts", 2*n)
		}
		markdownIsOurs(t, got, 0)
	}
}

// No text is long enough to keep a finding from being shown.
func TestMarkdownCutsTexts(t *testing.T) {
	long := strings.Repeat("ä", 100000)
	r := hostile(long)
	r.Targets[0].Plan.Findings[0].Remedy = strings.Repeat("line\n", 30000)
	got := written(t, "markdown", r)
	markdownIsOurs(t, got, 6)
	if !strings.Contains(got, "<br>and 29994 more lines |") {
		t.Errorf("lines are not counted:\n%s", got)
	}
	if strings.Contains(got, "and 1 more") || !strings.Contains(got, "ä…`") || len(got) > 30000 {
		t.Errorf("there are %d bytes:\n%s", len(got), got)
	}
}

// markdownIsOurs fails if Markdown has anything outside code spans that is not ours,
// or a row that its table should not have.
func markdownIsOurs(t *testing.T, text string, rows int) {
	t.Helper()
	ours := regexp.MustCompile(`^[a-zA-Z0-9 |.,:#*()<>&;-]*$`)
	tags := regexp.MustCompile(`<br>|&#124;|<https?://[a-zA-Z0-9][a-zA-Z0-9._~/:?#@!&=+,%()-]*>`)
	seen, columns := 0, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		rest := tags.ReplaceAllString(withoutCode(line), "")
		if !ours.MatchString(rest) || strings.ContainsAny(rest, "<>&;") {
			t.Errorf("%q is outside of code, in\n%s", rest, line)
		}
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		// A table ends its cells at every pipe, in code as well.
		switch n := strings.Count(line, "|"); {
		case columns == 0:
			columns = n
		case columns != n:
			t.Errorf("a row has %d pipes and not %d:\n%s", n, columns, line)
		case !strings.HasPrefix(line, "| ---"):
			seen++
		}
	}
	if rows > 0 && seen != rows {
		t.Errorf("there are %d rows:\n%s", seen, text)
	}
}

// withoutCode removes code spans, as CommonMark reads them: from a run of backticks
// to the next run of the same length.
func withoutCode(line string) string {
	var out strings.Builder
	for i := 0; i < len(line); {
		if line[i] != '`' {
			out.WriteByte(line[i])
			i++
			continue
		}
		n := run(line[i:])
		end := -1
		for j := i + n; j < len(line); {
			if line[j] != '`' {
				j++
				continue
			}
			m := run(line[j:])
			if m == n {
				end = j + m
				break
			}
			j += m
		}
		if end < 0 {
			out.WriteString(line[i : i+n])
			i += n
			continue
		}
		i = end
	}
	return out.String()
}

func run(s string) int { return len(s) - len(strings.TrimLeft(s, "`")) }
