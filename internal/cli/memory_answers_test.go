package cli_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestMemoryOfReports tests that a report of the largest number of requirements fits,
// in all formats at once, whatever the server says about each.
func TestMemoryOfReports(t *testing.T) {
	canMeasure(t)
	talking := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	talking.Always("*", apitest.Refuse(http.StatusForbidden, "Forbidden", strings.Repeat("\u202e", 1000)))
	dir := t.TempDir()
	place(t, filepath.Join(dir, "web.hcl"), numbered(10_000, "", "api \"group%d.example.com/v1\" {\n  resource \"things\" {\n    verbs = [\"get\"]\n  }\n}\n", ""))
	// Each sub-test gets its own files.
	each := t.TempDir()
	place(t, filepath.Join(each, "web.hcl"), numbered(20_000, "", "api \"apps/v%d\" {}\n", ""))
	// This server denies everything, and explains why at length.
	denying := apitest.Stock()
	denying.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{}
	for i := range 10_000 {
		q := discovery.Review{Verb: "get", Path: fmt.Sprintf("/p%d", i)}
		denying.Reviews[q] = discovery.Known(discovery.ReviewAnswer{Reason: strings.Repeat("\u202e", 680)})
	}
	recorded, asked := recordOf(t, denying), t.TempDir()
	// This one cannot decide, and explains that at length.
	failing := apitest.Stock()
	failing.Reviews = maps.Clone(denying.Reviews)
	for q, answer := range failing.Reviews {
		answer.Value.EvaluationError = fmt.Sprint(q.Path, answer.Value.Reason)
		failing.Reviews[q] = answer
	}
	var permissions strings.Builder
	for i := range 1_000 {
		fmt.Fprintf(&permissions, "permission \"p%d\" {\n  verbs = [\"get\"]\n  non_resource_urls = [%s]\n}\n", i, numbered(10, "", fmt.Sprintf(`"/p%d%%d",`, i), ""))
	}
	place(t, filepath.Join(asked, "web.hcl"), strings.ReplaceAll(permissions.String(), `"/p0`, `"/p`))
	// This one has long names for what is declared, and long values for a field.
	versions, refused, enum, kind := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	allowing := apitest.Stock()
	allowed := discovery.Field{Presence: discovery.FieldPresent, Type: "string"}
	for i := range 11 {
		allowed.Enum = append(allowed.Enum, fmt.Sprint(strings.Repeat("x", 250), i))
	}
	allowing.Fields = map[discovery.FieldQuery]discovery.Fact[discovery.Field]{
		{GroupVersion: kubeapi.GroupVersion{Group: "apps", Version: "v1"}, Kind: "Deployment", Path: "spec"}: discovery.Known(allowed),
	}
	place(t, filepath.Join(versions, "web.hcl"), numbered(20_000, "", "api \"apps/v%d\" {}\n", ""))
	place(t, filepath.Join(refused, "web.hcl"), numbered(12_000, "", "api \"apps/v%d\" {}\n", ""))
	place(t, filepath.Join(enum, "web.hcl"), "api \"apps/v1\" {\n  kind \"Deployment\" {\n    field \"spec\" {\n      enum = ["+numbered(2_400, "", `"e%d",`, "")+"]\n    }\n  }\n}\n")
	kinds := numbered(1_000, "", "  resource \"r%d\" {\n    kind = \"X\"\n  }\n", "}\n")
	place(t, filepath.Join(kind, "web.hcl"), numbered(12, "", "api \"apps/v%d\" {\n"+kinds, ""))
	naming := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	naming.Always("/apis", apitest.Reply(200, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
		`{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[{"metadata":{"name":"apps"},"versions":[`+
			numbered(11, "", `{"version":"w%d`+strings.Repeat("x", 6_000)+`","resources":[]},`, `{"version":"w1","resources":[]}]}]}`)))
	tests := []struct {
		name   string
		server *apitest.Server
		args   []string
		dir    string
		code   int
		want   string // the counts, or the error
	}{
		{"names that are too long", naming, nil, refused, 3, "12000 undetermined"},
		{"recorded names that are too long", nil, []string{"--snapshot", recordOf(t, namesOf(11, 0, 20_000))}, refused, 1, "is longer than 256 bytes"},
		{"recorded kinds that are too long", nil, []string{"--snapshot", recordOf(t, namesOf(12, 25, 100_000))}, kind, 1, "is longer than 256 bytes"},
		{"names as long as may be", nil, []string{"--snapshot", recordOf(t, namesOf(11, 0, 250))}, versions, 2, "20000 drifted"},
		{"kinds as long as may be", nil, []string{"--snapshot", recordOf(t, namesOf(12, 1_000, 250))}, kind, 2, "12000 drifted"},
		{"values of an enum", nil, []string{"--snapshot", recordOf(t, allowing)}, enum, 2, "1 drifted"},
		{"drift", nil, []string{"--snapshot", filepath.Join("..", "..", "testdata", "snapshots", "kubernetes.json")}, dir, 2, "0 satisfied, 20000 drifted"},
		{"long refusals", talking, nil, dir, 3, "20000 undetermined"},
		{"long refusals of each", talking, nil, each, 3, "20000 undetermined"},
		{"long failures", nil, []string{"--snapshot", recordOf(t, failing)}, asked, 3, "10000 undetermined"},
		{"long reasons", nil, []string{"--snapshot", recorded}, asked, 2, "10000 drifted"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"apply"}, test.args...)
			var environ []string
			if test.server != nil {
				var err error
				if environ, err = test.server.Environ(); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--service-account-dir", test.server.ServiceAccountDir(t))
			}
			m := measure(t, environ, build(t), append(append(args, toFiles(t.TempDir())...), test.dir)...)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			if m.code != test.code || !strings.Contains(m.stdout+m.stderr, test.want) {
				t.Errorf("it exits with %d\n%.2000s\n%.2000s", m.code, m.stderr, m.stdout[max(len(m.stdout)-500, 0):])
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}
}

// namesOf is a server with one group: with versions that have names of size bytes, or
// with versions that have so many kinds with such names.
func namesOf(versions, kinds, size int) *discovery.Snapshot {
	s := apitest.Stock()
	s.Confirmed = discovery.Known(struct{}{})
	long := strings.Repeat("x", size)
	group := discovery.Group{Name: "apps", Preferred: "v1"}
	var resources []discovery.Resource
	for i := range kinds {
		resources = append(resources, discovery.Resource{Name: fmt.Sprintf("r%d", i), Kind: fmt.Sprint(long, i), Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get"}})
	}
	for i := range versions {
		name := fmt.Sprint(long, i)
		if kinds > 0 {
			name = fmt.Sprint("v", i)
		}
		group.Versions = append(group.Versions, discovery.Version{Name: name, Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known(resources)})
	}
	s.Named = discovery.Known([]discovery.Group{group})
	return s
}

// recordOf writes a snapshot to a file.
func recordOf(t *testing.T, s *discovery.Snapshot) string {
	t.Helper()
	var saved bytes.Buffer
	if err := discovery.Save(&saved, s); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "recorded.json")
	place(t, path, saved.String())
	return path
}

// TestMemoryOfHostileAnswers tests that no answer of a server, and no saved snapshot,
// takes more memory than a small Pod has.
func TestMemoryOfHostileAnswers(t *testing.T) {
	canMeasure(t)
	const (
		aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
		head       = `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[`
		group      = head + `{"metadata":{"name":"a"},"versions":[`
		version    = group + `{"version":"v1","resources":[`
		document   = 16 << 20
	)
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	tests := []struct {
		name, body, want string
	}{
		{"nothing but objects", repeated(10<<20, head, "{},", "{}]}"), "it has too many groups"},
		{"as many groups as may be", numbered(4_999, head, `{"metadata":{"name":"g%d.example.com"},"versions":[{"version":"v1","resources":[]}]},`, `{"metadata":{"name":"z"}}]}`), ""},
		{"too many groups", numbered(5_000, head, `{"metadata":{"name":"g%d.example.com"}},`, `{"metadata":{"name":"z"}}]}`), "it has too many groups"},
		{"too many group versions", numbered(10_000, group, `{"version":"v%d"},`, `{"version":"z"}]}]}`), "it has too many group versions"},
		{"as many resources as may be", numbered(99_999, version, `{"resource":"r%d","scope":"Namespaced","verbs":["get","list"],"responseKind":{"kind":"R"}},`, `{"resource":"z"}]}]}]}`), ""},
		{"too many resources", numbered(100_000, version, `{"resource":"r%d"},`, `{"resource":"z"}]}]}]}`), "it has too many resources"},
		{"too many verbs", repeated(document, version+`{"resource":"r","verbs":[`, `"",`, `""]}]}]}]}`), "it has too many list items"},
		{"nesting", `{"x":` + deep + `,"items":[]}`, "it is nested deeper than 64 levels"},
		{"one long name", repeated(document, head+`{"metadata":{"name":"`, "x", `"}}]}`), "is longer than 256 bytes"},
		{"names in what is skipped", numbered(1_000_000, `{"x":{`, `"n%d":0,`, `"n":0},"items":[]}`), "an object has more than 1000 names"},
		// The name ends behind the limit: one that ends before it may be refused first, for its length.
		{"more than may come", repeated(document+100, head+`{"metadata":{"name":"`, "x", `"}}]}`), "16 MiB"},
	}
	program := build(t)
	dir := t.TempDir()
	place(t, filepath.Join(dir, "web.hcl"), "api \"a/v1\" {\n  resource \"r1\" {}\n}\n")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
			server.Always("/apis", apitest.Reply(200, aggregated, test.body))
			environ, err := server.Environ()
			if err != nil {
				t.Fatal(err)
			}
			m := measure(t, environ, program, "apply", "-o", "json", "--service-account-dir", server.ServiceAccountDir(t), dir)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			if !strings.Contains(m.stdout, test.want) || test.want != "" && m.code != 3 || strings.Contains(m.stderr, "goroutine ") {
				t.Errorf("it exits with %d, and writes %.3000s\n%.2000s", m.code, m.stdout, m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}

	// Each group version has its own document, and none is too large.
	for name, resources := range map[string]string{
		"plain documents of verbs":     `{"name":"r","kind":"R","namespaced":true,"verbs":[` + strings.Repeat(`"",`, 99_000) + `""]}`,
		"plain documents of resources": numbered(9_999, "", `{"name":"r%d","kind":"R","namespaced":true,"verbs":["get"]},`, `{"name":"z","kind":"Z","verbs":[]}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const versions = 300
			server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
			server.Always("/apis", apitest.Reply(200, "application/json", `{"kind":"APIGroupList","groups":[{"name":"a","versions":[`+
				numbered(versions, "", `{"groupVersion":"a/v%d","version":"v%[1]d"},`, `{"groupVersion":"a/z1","version":"z1"}`)+`]}]}`))
			for i := range versions {
				server.Always(fmt.Sprintf("/apis/a/v%d", i), apitest.Reply(200, "application/json",
					fmt.Sprintf(`{"kind":"APIResourceList","groupVersion":"a/v%d","resources":[%s]}`, i, resources)))
			}
			environ, err := server.Environ()
			if err != nil {
				t.Fatal(err)
			}
			m := measure(t, environ, program, "apply", "-o", "json", "--service-account-dir", server.ServiceAccountDir(t), dir)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			if server.Count("/apis/a/v299") == 0 || m.code > 3 || strings.Contains(m.stderr, "goroutine ") {
				t.Errorf("it exits with %d, and writes %.3000s\n%.2000s", m.code, m.stdout, m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}

	t.Run("OpenAPI documents", func(t *testing.T) {
		server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
		schemas := apitest.Schemas{}
		declared := ""
		for _, gv := range []string{"apps/v1", "batch/v1", "autoscaling/v2"} {
			group, name, _ := strings.Cut(gv, "/")
			kind := map[string]string{"apps": "Deployment", "batch": "Job", "autoscaling": "HorizontalPodAutoscaler"}[group]
			body := numbered(3_000, `"allOf":[{`+`"properties":{"f":{}`, `,"f%d":{}`, `}}]`)
			more := repeated(31<<20, `"many":{"x":[[]`, ",[]", "]}")
			schemas["apis/"+gv] = apitest.OpenAPI(apitest.KindSchema(group, name, kind, body), more)
			declared += fmt.Sprintf("api %q {\n  kind %q {\n    field \"spec.replicas\" {}\n  }\n}\n", gv, kind)
		}
		server.SetSchemas(schemas)
		environ, err := server.Environ()
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		place(t, filepath.Join(dir, "web.hcl"), declared)
		m := measure(t, environ, program, "apply", "--service-account-dir", server.ServiceAccountDir(t), dir)
		t.Logf("%d KiB, exit %d", m.peak, m.code)
		if m.code != 2 && m.code != 3 || server.Count("/openapi/v3/apis/apps/v1") == 0 {
			t.Errorf("it exits with %d, and writes %.2000s\n%.2000s", m.code, m.stdout, m.stderr)
		}
		if m.peak > hostileMemory {
			t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
		}
	})

	for _, recorded := range []struct {
		name, content string
		code          int
		says          string
	}{
		{"a snapshot of 64 MiB of space", repeated(64<<20, `{"format_version":"1.1","endpoint":"","time":"2026-01-31T11:00:00Z"`, " ", "}"), 3, "it was not asked for"},
		{"a snapshot of one name", repeated(64<<20, `{"format_version":"1.1","endpoint":"`, "x", `","time":"2026-01-31T11:00:00Z"}`), 1, "a value of it is larger than 16 MiB"},
		{"a snapshot that is too large", strings.Repeat(" ", 64<<20+1), 1, "it is larger than 64 MiB"},
		{"a snapshot of as many resources as may be", numbered(199_000, `{"format_version":"1.1","endpoint":"","time":"2026-01-31T11:00:00Z","core":{"value":{"name":"","preferred":"","versions":[]}},"groups":{"value":[{"name":"a","preferred":"v1","versions":[{"name":"v1","freshness":"Current","resources":{"value":[`,
			`{"name":"r%d","singular":"","kind":"R","scope":"Namespaced","verbs":["get","list"],"short_names":[],"categories":[],"subresources":[]},`,
			`{"name":"z","singular":"","kind":"","scope":"","verbs":[],"short_names":[],"categories":[],"subresources":[]}]}}]}]}}`), 0, "2 satisfied"},
	} {
		t.Run(recorded.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cluster.json")
			place(t, path, recorded.content)
			m := measure(t, nil, program, "apply", "--snapshot", path, dir)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			if m.code != recorded.code || !strings.Contains(m.stdout+m.stderr, recorded.says) {
				t.Errorf("it exits with %d, and writes %.2000s\n%.2000s", m.code, m.stdout, m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}
}
