package view_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// body is what differs from page to page, for golden files: without the style and the script.
func body(page []byte) []byte {
	_, rest, _ := bytes.Cut(page, []byte("<body>\n"))
	rest, _, _ = bytes.Cut(rest, []byte("<script>"))
	return rest
}

// parsed reads a page as a browser does.
func parsed(t *testing.T, page string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// textOf is the text of an element, without the spaces between its parts.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func elements(root *html.Node, name string) []*html.Node {
	var list []*html.Node
	for d := range root.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			list = append(list, d)
		}
	}
	return list
}

// TestHTMLShowsEverything tests that the page has each requirement, and of what is wrong the
// values, the reason, the remedy and the hint.
func TestHTMLShowsEverything(t *testing.T) {
	all := reports(t)
	all["targets"], all["releases"], all["deprecated"] = twoTargets(t), severalReleases(t), deprecated(t, apply.Policy{FailOnDeprecated: true})
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			got := textOf(parsed(t, written(t, "html", r)))
			want := func(texts ...string) {
				t.Helper()
				for _, text := range texts {
					for _, line := range safe.Lines(text) {
						if !strings.Contains(got, line) {
							t.Errorf("there is no %q in\n%s", line, got)
						}
					}
				}
			}
			for _, d := range r.Diagnostics {
				want(d.Summary, d.Detail)
			}
			for _, target := range r.Judged() {
				want(report.OutcomeOf(target).Head)
				for _, f := range target.Plan.Findings {
					want(f.Address)
					if f.Cause != "" || f.Status != apply.Drifted && f.Status != apply.StatusUndetermined {
						continue
					}
					want(f.Reason, f.Remedy)
					for _, d := range f.Differences {
						want(d.Declared, d.Hint)
					}
					if u := f.Undetermined; u != nil {
						want(u.Message, u.Hint)
					}
				}
			}
			for _, b := range report.Problems(r) {
				want(b.Subject, b.Where())
				for _, n := range b.Notes {
					want(n.Text)
				}
			}
		})
	}
}

// ours are the elements of a page, each with its attributes.
var ours = map[string]string{
	"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "body": "", "script": "",
	"header": "class", "main": "", "footer": "", "section": "aria-labelledby", "h1": "", "h2": "id", "p": "class hidden", "ul": "class", "li": "class",
	"svg": "class viewBox preserveAspectRatio aria-hidden", "rect": "class x width height", "div": "class role tabindex aria-labelledby",
	"table": "class", "thead": "", "tbody": "", "tr": "id data-state data-on", "th": "scope", "td": "class",
	"dl": "", "dt": "", "dd": "", "br": "", "b": "", "strong": "", "code": "", "mark": "", "span": "class aria-hidden", "a": "href rel",
	"form": "role aria-label hidden", "label": "class", "input": "type name value checked autocomplete spellcheck", "fieldset": "", "legend": "class",
	"select": "name", "option": "value", "output": "",
}

// htmlIsOurs fails if a page has an element or an attribute that is not ours, or another style,
// script or link than those that it should have.
func htmlIsOurs(t *testing.T, page string) {
	t.Helper()
	root := parsed(t, page)
	policy := ""
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			allowed, ok := ours[n.Data]
			if !ok {
				t.Errorf("there is an element %s", n.Data)
			}
			for _, a := range n.Attr {
				if !slices.Contains(strings.Fields(allowed), a.Key) {
					t.Errorf("an element %s has the attribute %s", n.Data, a.Key)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "#finding-") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") {
					t.Errorf("a link leads to %q", a.Val)
				}
				if strings.HasPrefix(a.Val, "default-src") {
					policy = a.Val
				}
			}
		case html.CommentNode:
			t.Errorf("there is a comment %q", n.Data)
		default:
		}
	}
	for _, name := range []string{"style", "script", "header", "main", "footer", "title"} {
		if n := len(elements(root, name)); n != 1 {
			t.Errorf("there are %d elements %s", n, name)
		}
	}
	for _, name := range []string{"style", "script"} {
		sum := sha256.Sum256([]byte(elements(root, name)[0].FirstChild.Data))
		if source := name + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, source) {
			t.Errorf("the policy %q has no %s", policy, source)
		}
	}
}

// TestHTMLIsOurs tests that no text becomes an element or an attribute.
func TestHTMLIsOurs(t *testing.T) {
	for name, r := range reports(t) {
		t.Run(name, func(t *testing.T) { htmlIsOurs(t, written(t, "html", r)) })
	}
	t.Run("hostile texts", func(t *testing.T) {
		r := poisoned(t, hostileText+".hcl")
		htmlIsOurs(t, written(t, "html", r))
		r.Targets = append(r.Targets, r.Targets...)
		htmlIsOurs(t, written(t, "html", r))
	})
	for _, attack := range []string{
		"</title><script>alert(1)</script>", "</td></tr></table></main>", `" onmouseover="alert(1)`, "<!--", "<![CDATA[", "</style><style>", "</option></select>", "<plaintext>", "&lt;b&gt;",
		"https://example.com/\"onclick=alert(1)", "javascript:alert(1)", "</code", "<svg/onload=alert(1)>",
	} {
		t.Run(attack, func(t *testing.T) {
			r := twoTargets(t)
			poison(reflect.ValueOf(r), attack)
			got := written(t, "html", r)
			htmlIsOurs(t, got)
			if !strings.Contains(textOf(parsed(t, got)), attack) {
				t.Errorf("the text is not shown in\n%s", got)
			}
		})
	}
}

// TestHTMLLinks tests which web addresses are links: those of the author's words.
func TestHTMLLinks(t *testing.T) {
	r := drifted(3, 0)
	f := r.Targets[0].Plan.Findings
	f[0].Remedy = "See https://example.com/a?b=c&d=e#f, or (http://example.com)."
	f[1].Differences = []apply.Difference{{Code: apply.AssertFailed, Hint: "See https://example.com/b."}}
	f[2].Differences = []apply.Difference{{Code: apply.PermissionDenied, Declared: "get pods", Hint: "see https://example.com/server"}}
	var got []string
	for _, a := range elements(parsed(t, written(t, "html", r)), "a") {
		if href := a.Attr[0].Val; !strings.HasPrefix(href, "#") {
			got = append(got, href)
			if textOf(a) != href {
				t.Errorf("the link to %s reads %s", href, textOf(a))
			}
		}
	}
	if want := []string{"https://example.com/a?b=c&d=e#f", "http://example.com", "https://example.com/b"}; !slices.Equal(got, want) {
		t.Errorf("the links are %q, want %q", got, want)
	}
}

// TestHTMLTargets tests that each finding names its targets to the filter, and each requirement has a
// cell for each target.
func TestHTMLTargets(t *testing.T) {
	root := parsed(t, written(t, "html", severalReleases(t)))
	var on, cells []string
	for _, tr := range elements(root, "tr") {
		finding := ""
		for _, a := range tr.Attr {
			if a.Key == "data-on" {
				finding = a.Val
			}
		}
		heads := elements(tr, "th")
		switch {
		case finding != "":
			on = append(on, finding)
		case len(elements(tr, "td")) == 5:
			row := textOf(heads[0]) + ":"
			for _, td := range elements(tr, "td") {
				row += textOf(td)[:1]
			}
			cells = append(cells, row)
		}
	}
	if want := []string{"0 1", "0 1 2 4"}; !slices.Equal(on, want) {
		t.Errorf("the findings are on %q, want %q", on, want)
	}
	want := []string{
		"cluster.kubernetes:DDSSS", `api["example.com/v1"]:DDDSD`,
		`api["example.com/v1"].resource["things"]:DDDSD`, `api["v1"]:SSSSS`,
	}
	if !slices.Equal(cells, want) {
		t.Errorf("the cells are\n%s\nwant\n%s", strings.Join(cells, "\n"), strings.Join(want, "\n"))
	}
}

// TestHTMLIsValid tests that every name that something refers to is that of one element.
func TestHTMLIsValid(t *testing.T) {
	all := reports(t)
	all["targets"], all["releases"] = twoTargets(t), severalReleases(t)
	for name, r := range all {
		ids, used := map[string]int{}, map[string]bool{}
		for n := range parsed(t, written(t, "html", r)).Descendants() {
			for _, a := range n.Attr {
				switch {
				case a.Key == "id":
					ids[a.Val]++
				case a.Key == "aria-labelledby":
					used[a.Val] = true
				case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
					used[a.Val[1:]] = true
				}
			}
		}
		for id := range maps.Keys(used) {
			if ids[id] != 1 {
				t.Errorf("%s: %d elements are named %s", name, ids[id], id)
			}
		}
	}
}

// BenchmarkHTMLOfTargets writes 100,000 findings: 20,000 requirements on five targets.
func BenchmarkHTMLOfTargets(b *testing.B) {
	r := drift(b, 20_000)
	for range 4 {
		other := *r.Targets[0]
		r.Targets = append(r.Targets, &other)
	}
	var format view.Format
	for _, f := range view.ReportFormats() {
		if f.Name == "html" {
			format = f
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		var size bytes.Buffer
		if err := format.Report(&size, r, view.Options{}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(size.Len()), "bytes")
	}
}
