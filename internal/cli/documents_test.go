package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestNestingWithoutEnd tests that nesting which would overflow a parser's stack is
// an ordinary error of the declaration.
func TestNestingWithoutEnd(t *testing.T) {
	native := func(unit string) func(int) string {
		return func(size int) string { return repeated(size, "locals {\n  a = ", unit, "\n}\n") }
	}
	text := func(unit string) func(int) string {
		return func(size int) string { return repeated(size, `{"locals":{"a":"`, unit, `"}}`) }
	}
	tests := []struct {
		name, file string
		source     func(size int) string
		large      bool // try it at the cap too
	}{
		{"parentheses", "a.hcl", native("("), true},
		{"brackets", "a.hcl", native("["), false},
		{"objects", "a.hcl", native("{a="), false},
		{"templates", "a.hcl", native(`"${`), false},
		{"not", "a.hcl", native("!"), false},
		{"minus", "a.hcl", native("-"), false},
		{"additions", "a.hcl", native("1+"), true},
		{"blocks", "a.hcl", func(size int) string { return repeated(size, "", "b{\n", "") }, true},
		{"arrays of JSON", "a.hcl.json", func(size int) string { return repeated(size, `{"locals":{"a":`, "[", "") }, false},
		{"objects of JSON", "a.hcl.json", func(size int) string { return repeated(size, "", `{"a":`, "") }, true},
		{"parentheses in JSON", "a.hcl.json", text("${("), false},
		{"brackets in JSON", "a.hcl.json", text("${["), false},
		{"objects in JSON", "a.hcl.json", text("${{a="), false},
		{"templates in JSON", "a.hcl.json", text(`${\"`), true},
		{"not in JSON", "a.hcl.json", func(size int) string { return repeated(size, `{"locals":{"a":"${`, "!", `true}"}}`) }, false},
		{"minus in JSON", "a.hcl.json", func(size int) string { return repeated(size, `{"locals":{"a":"${`, "-", `1}"}}`) }, false},
		{"additions in JSON", "a.hcl.json", func(size int) string { return repeated(size, `{"locals":{"a":"${`, "1+", `1}"}}`) }, true},
	}
	for _, test := range tests {
		sizes := []int{256 << 10}
		if test.large {
			sizes = append(sizes, 4<<20)
		}
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s, %d KiB", test.name, size>>10), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), test.file)
				place(t, path, test.source(size))
				a := runHere(t, nil, "apply", "-o", "json", path)
				var s summary
				if err := json.Unmarshal([]byte(a.Stdout), &s); err != nil {
					t.Fatalf("%v\n%.2000s\n%.2000s", err, a.Stdout, a.Stderr)
				}
				if a.Code != 1 || s.ExitCode != 1 || !s.invalid() {
					t.Errorf("it exits with %d, and writes %.2000s", a.Code, a.Stdout)
				}
				if !strings.Contains(a.Stderr, "Error: Nested too deeply\n") && !strings.Contains(a.Stderr, "Error: Declaration too large\n") || strings.Contains(a.Stderr, "goroutine ") {
					t.Errorf("it says %.2000s", a.Stderr)
				}
			})
		}
	}
}

// TestDiscoveryDocuments tests a run on each form of the documents, and on a fault in
// one of them.
func TestDiscoveryDocuments(t *testing.T) {
	const (
		aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
		head       = `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":`
	)
	answers := func(path, body string) func(*apitest.Server) {
		return func(s *apitest.Server) { s.Always(path, apitest.Reply(200, aggregated, body)) }
	}
	refuses := func(path string, status int) func(*apitest.Server) {
		return func(s *apitest.Server) { s.Always(path, apitest.Reply(status, "text/plain", "")) }
	}
	deployments := "api \"apps/v1\" {\n  resource \"deployments\" {}\n}\n"
	tests := []struct {
		name     string
		forms    []apitest.Option
		change   func(*apitest.Server)
		declared string
		code     int
		says     string
		// asked is a path that must be requested, and not one that must not.
		asked, not string
	}{
		{"v2beta1 alone", []apitest.Option{apitest.Forms(apitest.V2Beta1)}, nil, deployments, 0, "2 satisfied", "/apis", "/apis/apps/v1"},
		{"plain JSON alone", []apitest.Option{apitest.Forms(apitest.Plain)}, nil, deployments, 0, "2 satisfied", "/apis/apps/v1", ""},
		{"/api aggregated and /apis not", []apitest.Option{apitest.NamedForms(apitest.Plain)}, nil, deployments, 0, "2 satisfied", "/apis/apps/v1", "/api/v1"},
		{"one group of many cannot be reached", []apitest.Option{apitest.Forms(apitest.Plain)}, refuses("/apis/apps/v1", 503), deployments, 3, "GET /apis/apps/v1: 503 Service Unavailable", "/apis/batch/v1", ""},
		{"and the rest is judged", []apitest.Option{apitest.Forms(apitest.Plain)}, refuses("/apis/apps/v1", 503), "api \"batch/v1\" {\n  resource \"jobs\" {}\n}\n", 0, "2 satisfied", "/apis/apps/v1", ""},
		{"an empty list", nil, answers("/apis", head+`[]}`), deployments, 2, "api[\"apps/v1\"] is not served", "/readyz", ""},
		{"a null list", nil, answers("/apis", head+`null}`), deployments, 2, "api[\"apps/v1\"] is not served", "/readyz", ""},
		{"no list", nil, answers("/apis", `{"kind":"APIGroupDiscoveryList"}`), deployments, 3, "GET /apis: it has no items", "", "/readyz"},
		{"an array for a root", nil, answers("/apis", `[]`), deployments, 3, "GET /apis: a list stands where an object is expected", "", "/readyz"},
		{"null in a list", nil, answers("/apis", head+`[null]}`), deployments, 3, "at /items/0: null stands in a list", "", "/readyz"},
		{"a subresource alone, without a resource that could be had", nil, answers("/apis", head+`[{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[{"resource":"deployments","responseKind":null,"scope":"Namespaced","verbs":null,"subresources":[{"subresource":"scale","responseKind":{"kind":"Scale"},"verbs":["get"]}]}]}]}]}`),
			"api \"apps/v1\" {\n  resource \"deployments\" {\n    subresources = [\"scale\"]\n  }\n}\n", 2, `api["apps/v1"].resource["deployments"] is not served`, "", ""},
		{"nesting of 10,001", nil, answers("/apis", head+`[],"x":`+strings.Repeat("[", 10_001)+strings.Repeat("]", 10_001)+"}"), deployments, 3, "it is nested deeper than 64 levels", "", "/readyz"},
		{"names that are paths", nil, answers("/apis", head+`[{"metadata":{"name":"../%2f|*"},"versions":[{"version":"..","freshness":"Current","resources":[{"resource":"*/x"}]}]}]}`), deployments, 2, "api[\"apps/v1\"] is not served", "", "/apis/../%2f|*/.."},
		{"a group whose versions are asked one by one, with such a name", nil, func(s *apitest.Server) {
			s.Always("/apis", apitest.Reply(200, "application/json", `{"kind":"APIGroupList","groups":[{"name":"../../x","versions":[{"groupVersion":"../../x/v1","version":"v1"}]}]}`))
		}, deployments, 2, "api[\"apps/v1\"] is not served", "", "/x/v1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), append(test.forms, apitest.Token("t"))...)
			if test.change != nil {
				test.change(server)
			}
			environ, err := server.Environ()
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "web.hcl")
			place(t, path, test.declared)
			a := runHere(t, environ, "apply", "-o", "text", "-o", "json="+path+".json", "--service-account-dir", server.ServiceAccountDir(t), path)
			if a.Code != test.code || !strings.Contains(a.Stdout, test.says) {
				t.Errorf("it exits with %d, and says\n%s%s", a.Code, a.Stdout, a.Stderr)
			}
			if s := reportOf(t, path+".json"); s.ExitCode != test.code {
				t.Errorf("the document is %+v", s)
			}
			if test.asked != "" && server.Count(test.asked) == 0 || test.not != "" && server.Count(test.not) > 0 {
				t.Errorf("it asks for %q", server.Paths())
			}
		})
	}
}

func reportOf(t *testing.T, path string) (s summary) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
