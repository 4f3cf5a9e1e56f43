package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// peak runs a program and writes the most memory that it ever had, in KiB, to a file.
// A process begins with the memory of the one that made it, so that a test, which is
// a large one by then, could not determine.
func peak() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		panic(err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if err := os.WriteFile(os.Args[1], fmt.Append(nil, usage.Maxrss), 0o600); err != nil {
		panic(err)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// What a run may take, in KiB. The helper that measures has some 20 MiB itself.
const (
	normalMemory  = 64 << 10
	hostileMemory = 192 << 10
)

// measured is what a run came to.
type measured struct {
	code           int
	stdout, stderr string
	peak           int
}

// measure runs a program with the peak of its memory.
func measure(t *testing.T, environ []string, program string, args ...string) measured {
	t.Helper()
	file := filepath.Join(t.TempDir(), "peak")
	cmd := exec.Command("peak", append([]string{file, program}, args...)...)
	cmd.Env = append(slices.Clone(environ), "PATH="+os.Getenv("PATH"))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	kib, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return measured{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), kib}
}

// canMeasure skips a test that was not asked for, or that the system cannot run.
func canMeasure(t *testing.T) {
	t.Helper()
	if os.Getenv("KRECONCILE_TEST_MEMORY") == "" {
		t.Skip("it takes long; make memory runs it")
	}
	if runtime.GOOS != "linux" {
		t.Skipf("the peak of a process's memory is not in KiB on %s", runtime.GOOS)
	}
}

// repeated gives head, as many units as there is room for in size bytes, and tail.
func repeated(size int, head, unit, tail string) string {
	return head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail
}

// numbered gives head, n units with their number, and tail.
func numbered(n int, head, unit, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		fmt.Fprintf(&b, unit, i)
	}
	return b.String() + tail
}

// TestMemoryOfNormalInput holds that what people declare takes little memory: many
// blocks, fields, permissions and checks, a live cluster, and a report in each format.
func TestMemoryOfNormalInput(t *testing.T) {
	canMeasure(t)
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	server.SetSchemas(apitest.Schemas{"apis/apps/v1": apitest.OpenAPI(
		apitest.KindSchema("apps", "v1", "Deployment", `"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"}}}}`),
	)})
	declared := numbered(1000, "", `api "group%d.example.com/v1" {
  severity = "warning"
  reason   = "a chart"

  resource "things" {
    scope = "Namespaced"
    verbs = ["get", "list", "watch"]
  }
}
`, `
api "apps/v1" {
  kind "Deployment" {
    field "spec.replicas" {
      type = "integer"
    }
  }
}

permission "deploy" {
  verbs     = ["create", "patch"]
  resources = ["deployments.apps", "services"]
  namespace = "web"
}

check "either" {
  assert {
    condition     = served("apps/v1", "deployments") || served("batch/v1", "jobs")
    error_message = "Neither is served."
  }
}
`)
	dir := t.TempDir()
	place(t, filepath.Join(dir, "web.hcl"), declared)
	environ, err := server.Environ()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"apply", "--service-account-dir", server.ServiceAccountDir(t)}
	for _, format := range []string{"json", "junit", "sarif", "gitlab", "markdown", "github"} {
		args = append(args, "-o", format+"="+filepath.Join(dir, format))
	}
	m := measure(t, environ, build(t), append(args, "-o", "text", dir)...)
	t.Logf("%d KiB", m.peak)
	if m.code != 2 || !strings.Contains(m.stdout, "4 satisfied, 2004 drifted, 0 undetermined, 0 skipped.") {
		t.Errorf("it exits with %d\n%.2000s\n%.2000s", m.code, m.stderr, m.stdout[max(len(m.stdout)-500, 0):])
	}
	if m.peak > normalMemory {
		t.Errorf("it took %d KiB, want at most %d", m.peak, normalMemory)
	}
}

// A hostileDeclaration is as large as may be, or has as many tokens as may be.
type hostileDeclaration struct {
	name  string
	files map[string]string
	want  string // a summary, or empty where it is valid
}

func hostileDeclarations(tokens int) []hostileDeclaration {
	const file = 4 << 20
	// It is a few less than may be.
	tokens -= 200
	values := tokens / 4
	const large, deep, block = "Declaration too large", "Nested too deeply", "Block too large"
	local := func(n int, unit string) string { return "locals {\n  a = " + strings.Repeat(unit, n) + "1\n}\n" }
	list := func(n int, unit string) string {
		return "locals {\n  a = [" + strings.Repeat(unit, n) + "1]\n}\napi \"v1\" {}\n"
	}
	return []hostileDeclaration{
		{"brackets to the cap", one(repeated(file, "a = ", "(", "\n")), large},
		{"brackets", one(local(tokens, "(")), deep},
		{"additions", one(local(tokens/2, "1+")), deep},
		{"blocks to the cap", one(repeated(file, "", "api \"v1\" {}\n", "")), large},
		{"blocks", one(strings.Repeat("api \"v1\" {}\n", tokens/7)), "Too many requirements"},
		{"blocks of no type", one(strings.Repeat("b{}\n", tokens/4)), "Unsupported block type"},
		{"blocks in blocks", one(strings.Repeat("b{\n", tokens/3)), deep},
		{"labels", one(strings.Repeat("a ", tokens)), block},
		{"attributes", one(numbered(tokens/5, "", "a%x=1\n", "")), "Unsupported argument"},
		{"variables", one(numbered(tokens/13, "", "variable \"a%x\" {\n  default = 1\n}\n", "api \"v1\" {}\n")), ""},
		{"checks", one(numbered(tokens/30, "", "check \"a%d\"{\nassert{\ncondition=served(\"v1\")\nerror_message=\"b\"\n}\n}\n", "")), ""},
		{"subresources", one(numbered(tokens/4-10, "api \"v1\" {\n  resource \"pods\" {\n    subresources = [", "\"s%x\",", "]\n  }\n}\n")), block},
		{"numbers", one(list(tokens/2-20, "1,")), "Unused local value"},
		{"empty lists", one(list(tokens/3-20, "[],")), block},
		{"texts", one(list(tokens/4-20, `"",`)), block},
		{"empty texts", one(strings.Repeat(`""`, tokens/3)), block},
		{"one text", one(repeated(file, "locals {\n  a = \"", "x", "\"\n}\napi \"v1\" {}\n")), "Unused local value"},
		{"lines to the cap", one(repeated(file, "", "\n", "")), large},
		{"comments", one(strings.Repeat("#\n", tokens/2)), "Nothing is required"},
		{"dollars", one("locals {\n  a = \"" + strings.Repeat("$", tokens-20) + "\"\n}\n"), "Text too long"},
		{"what no token begins with", one(strings.Repeat("@ ", tokens/8)), "Invalid character"},
		{"combining characters", one(strings.Repeat("\u0300", tokens/2)), "Invalid character"},
		{"four files at the cap", map[string]string{
			"a.hcl": repeated(file, "", "# a comment of a line that says nothing, and goes on for very long\n", ""), "b.hcl": repeated(file, "", "1\n", ""),
			"c.hcl.json": repeated(file, "[", "[],", "[]]"), "d.hcl": repeated(file, "", "()", ""),
		}, large},
		{"half of the tokens in each of two files", map[string]string{
			"a.hcl": strings.Repeat("api \"v1\" {}\n", tokens/14), "b.hcl": list(tokens/4-20, "1,"),
		}, "Too many requirements"},
		{"JSON to the cap", json1(repeated(file, "[", "[],", "[]]")), large},
		{"JSON arrays in arrays to the cap", json1(strings.Repeat("[", file)), deep},
		{"JSON numbers", json1(`{"locals":{"a":[` + strings.Repeat("0,", values-10) + `0]},"api":{"v1":{}}}`), "Unused local value"},
		{"JSON arrays", json1(`{"locals":{"a":[` + strings.Repeat("[],", values-10) + `0]},"api":{"v1":{}}}`), "Unused local value"},
		{"JSON blocks", json1(`{"api":{"v1":[` + strings.Repeat("{},", values-10) + `{}]}}`), "Too many requirements"},
		{"JSON blocks of names", json1(numbered(values/2-10, `{"api":{`, `"a%x/v1":{},`, `"v1":{}}}`)), "Too many requirements"},
		{"JSON that ends early", json1(repeated(file, "[", "1,", "")), large},
		{"a JSON template to the cap", json1(repeated(file, `{"locals":{"a":"`, "${1}", `"},"api":{"v1":{}}}`)), "Expression too large"},
		{"a JSON template", json1(`{"locals":{"a":"` + strings.Repeat("${1}", 19_999/4) + `"},"api":{"v1":{}}}`), "Unused local value"},
		{"JSON templates to the cap", json1(repeated(file, `{"locals":{"a":[`, `"`+strings.Repeat("${1}", 100)+`",`, `1]},"api":{"v1":{}}}`)), large},
		{"JSON templates", json1(`{"locals":{"a":[` + strings.Repeat(`"${1}",`, values/2-20) + `1]},"api":{"v1":{}}}`), "Too many templates"},
		{"JSON templates, as many as may be", json1(`{"locals":{"a":[` + strings.Repeat(`"`+strings.Repeat("${1}", 12)+`",`, 9_999) + `1]},"api":{"v1":{}}}`), "Unused local value"},
		{"a JSON text", json1(repeated(file, `{"locals":{"a":"`, "x", `"},"api":{"v1":{}}}`)), "Expression too large"},
	}
}

// TestMemoryOfVariableFiles holds that they have a bound all together.
func TestMemoryOfVariableFiles(t *testing.T) {
	canMeasure(t)
	dir := t.TempDir()
	place(t, filepath.Join(dir, "main.hcl"), "api \"v1\" {}\n")
	place(t, filepath.Join(dir, "a.hclvars"), repeated(4<<20, "", "# a comment\n", ""))
	args := []string{"validate", filepath.Join(dir, "main.hcl")}
	for range 64 {
		args = append(args, "--var-file", filepath.Join(dir, "a.hclvars"))
	}
	m := measure(t, nil, build(t), args...)
	t.Logf("%d KiB, exit %d", m.peak, m.code)
	if m.code != 1 || !strings.Contains(m.stderr, "All variable files may have at most 16 MiB together") {
		t.Errorf("it exits with %d, and says %.500s", m.code, m.stderr)
	}
	if m.peak > normalMemory {
		t.Errorf("it took %d KiB, want at most %d", m.peak, normalMemory)
	}
}

// one and json1 give a folder of one file.
func one(text string) map[string]string { return map[string]string{"main.hcl": text} }

func json1(text string) map[string]string { return map[string]string{"main.hcl.json": text} }

// TestMemoryOfHostileDeclarations holds that no declaration takes more memory than a
// small Pod has.
func TestMemoryOfHostileDeclarations(t *testing.T) {
	canMeasure(t)
	program := build(t)
	for _, test := range hostileDeclarations(550_000) {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range test.files {
				place(t, filepath.Join(dir, name), content)
			}
			m := measure(t, nil, program, "validate", dir)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			if code := map[bool]int{true: 0, false: 1}[test.want == "" || test.want == "Unused local value"]; m.code != code || !strings.Contains(m.stderr, test.want) {
				t.Errorf("it exits with %d, and says %.500s", m.code, m.stderr)
			}
			if strings.Contains(m.stderr, "goroutine ") || strings.Contains(m.stderr, "Internal error") {
				t.Errorf("it says %.2000s", m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}
}

// TestMemoryOfFormatting holds the same of what is formatted.
func TestMemoryOfFormatting(t *testing.T) {
	canMeasure(t)
	program := build(t)
	for _, test := range hostileDeclarations(400_000) {
		if _, json := test.files["main.hcl.json"]; json {
			continue // It is not formatted.
		}
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range test.files {
				place(t, filepath.Join(dir, name), content)
			}
			m := measure(t, nil, program, "fmt", dir)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			if m.code > 1 || strings.Contains(m.stderr, "goroutine ") || strings.Contains(m.stderr, "Internal error") {
				t.Errorf("it exits with %d, and says %.2000s", m.code, m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}
}

// TestMemoryOfReports holds that a report of as many requirements as there may be fits,
// in all formats at once, however much the server has to say of each.
func TestMemoryOfReports(t *testing.T) {
	canMeasure(t)
	talking := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	talking.Always("*", apitest.Refuse(http.StatusForbidden, "Forbidden", strings.Repeat("\u202e", 1000)))
	dir := t.TempDir()
	place(t, filepath.Join(dir, "web.hcl"), numbered(10_000, "", "api \"group%d.example.com/v1\" {\n  resource \"things\" {\n    verbs = [\"get\"]\n  }\n}\n", ""))
	// None of these inherits what another came to.
	each := t.TempDir()
	place(t, filepath.Join(each, "web.hcl"), numbered(20_000, "", "api \"apps/v%d\" {}\n", ""))
	// One that denies whatever is asked, and says at length why.
	denying := apitest.Stock()
	denying.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{}
	for i := range 10_000 {
		q := discovery.Review{Verb: "get", Path: fmt.Sprintf("/p%d", i)}
		denying.Reviews[q] = discovery.Known(discovery.ReviewAnswer{Reason: strings.Repeat("\u202e", 680)})
	}
	recorded, asked := recordOf(t, denying), t.TempDir()
	// And one that cannot decide, and says why at as much length again.
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
	// One that chose long names for what is declared, and values for a field.
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
			args := append([]string{"apply"}, test.args...)
			var environ []string
			if test.server != nil {
				var err error
				if environ, err = test.server.Environ(); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--service-account-dir", test.server.ServiceAccountDir(t))
			}
			for _, format := range []string{"json", "junit", "sarif", "gitlab", "markdown", "github"} {
				args = append(args, "-o", format+"="+filepath.Join(t.TempDir(), format))
			}
			m := measure(t, environ, build(t), append(args, "-o", "text", test.dir)...)
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

// namesOf is a server of one group, with versions whose names are of so many bytes, or
// with versions that have so many kinds whose names are.
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

// TestMemoryOfHostileAnswers holds that no answer of a server, nor a saved snapshot,
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
		{"more than may come", repeated(document+2, head+`{"metadata":{"name":"`, "x", `"}}]}`), "16 MiB"},
	}
	program := build(t)
	dir := t.TempDir()
	place(t, filepath.Join(dir, "web.hcl"), "api \"a/v1\" {\n  resource \"r1\" {}\n}\n")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
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

	// Each group version has a document of its own, and none of them is too large.
	for name, resources := range map[string]string{
		"plain documents of verbs":     `{"name":"r","kind":"R","namespaced":true,"verbs":[` + strings.Repeat(`"",`, 99_000) + `""]}`,
		"plain documents of resources": numbered(9_999, "", `{"name":"r%d","kind":"R","namespaced":true,"verbs":["get"]},`, `{"name":"z","kind":"Z","verbs":[]}`),
	} {
		t.Run(name, func(t *testing.T) {
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

func place(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
