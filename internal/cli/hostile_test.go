package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/view"
)

// hostile could be the text of a server, a certificate, a file name or a variable. It
// controls a terminal, reorders the line, and is a CI command at the start of its
// second line and within. Its first letters show where it appears.
const hostile = "h0st\x1b[31m\x1b[2K\r\a\u009b31m\x9b31m\x1b]8;;x:y\x07\u202e\u2066\u2028 ##vso[x]##[y] `|]]><b>@you\n::error::b\n \t::add-mask::c"

// hostileHCL is the same text in HCL quotes, without the bytes that are no UTF-8.
var hostileHCL = func() string {
	quoted, err := json.Marshal(strings.ToValidUTF8(hostile, ""))
	if err != nil {
		panic(err)
	}
	return string(quoted[1 : len(quoted)-1])
}()

// reports are the formats of plan and apply.
var reports = func() (names []string) {
	for _, f := range view.ReportFormats() {
		names = append(names, f.Name)
	}
	return names
}()

// outcome is everything that a run leaves behind.
type outcome struct {
	code           int
	stdout, stderr string
	// files are those in the folder out, by name.
	files map[string]string
}

// runIn runs a command line in a folder, with its own environment.
func runIn(t *testing.T, dir string, environ []string, args ...string) outcome {
	t.Helper()
	t.Chdir(dir)
	if err := os.Mkdir("out", 0o777); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := cli.Run(context.Background(), cli.Process{
		Args: args, Environ: environ, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Connector: live.InCluster{},
	})
	o := outcome{code, stdout.String(), stderr.String(), map[string]string{}}
	entries, err := os.ReadDir("out")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join("out", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		o.files[entry.Name()] = string(content)
	}
	return o
}

// everyReport returns flags for a report of each format to a file in the folder out,
// and for the termination message.
func everyReport() []string {
	flags := []string{"-v", "--debug", "--termination-log", "out/termination"}
	for _, format := range reports {
		flags = append(flags, "-o", format+"=out/"+format)
	}
	return flags
}

// checkPrinted checks a stream or a file. Only output for GitHub has GitHub's
// commands.
func checkPrinted(t *testing.T, what, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
	}); i >= 0 || !utf8.ValidString(text) {
		t.Errorf("%s holds what must not be printed: %q", what, text[max(i-30, 0):])
	}
	if at := regexp.MustCompile(`##[a-zA-Z]*\[`).FindString(text); at != "" {
		t.Errorf("%s holds the command %s:\n%s", what, at, text)
	}
	for line := range strings.Lines(text) {
		ours := what == "github" && regexp.MustCompile(`^::(error|warning|notice) (file|title)=`).MatchString(line)
		if !ours && strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("%s holds the command %q", what, line)
		}
	}
}

// hostileSnapshot is a snapshot whose every word is hostile.
func hostileSnapshot() *discovery.Snapshot {
	s := apitest.Stock()
	// JSON cannot represent bytes that are no UTF-8.
	hostile := strings.ToValidUTF8(hostile, "")
	s.Version.Value.GitVersion = "v1.36.0" + hostile
	s.ServerAddresses.Value = []string{hostile}
	v := &s.Core.Value.Versions[0]
	for i := range v.Resources.Value {
		r := &v.Resources.Value[i]
		r.Kind, r.Verbs = hostile, []string{hostile}
	}
	s.Named.Value = append(s.Named.Value, discovery.Group{
		Name: hostile, Versions: []discovery.Version{{Name: "v1" + hostile}},
	})
	return s
}

const asksMuch = `
cluster {
  server_address = "10.0.0.9:443"
  kubernetes     = ">= 1.37"
}
api "v1" {
  kind "Pod" {}
  resource "pods" {
    kind  = "Pod"
    scope = "Cluster"
    verbs = ["get"]
  }
}
api "apps/v1" {
  resource "deployments" {
    kind = "Deployment"
  }
}
api "example.com/v1" {}
`

// TestHostileTextsAreEscaped tests that no stream, file, format or command shows a
// hostile text unescaped, wherever it comes from.
func TestHostileTextsAreEscaped(t *testing.T) {
	refusing := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	refusing.Always("*", apitest.Refuse(http.StatusForbidden, hostile, hostile))
	redirecting := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	redirecting.Always("*", apitest.Reply(http.StatusFound, "text/plain", hostile, "Location", "https://h0st\u009b\u202e##[x]"))
	garbled := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	garbled.Always("*", apitest.Reply(http.StatusOK, "text/h0st##[x]; charset=\u202e\u009b", hostile))
	serving := apitest.New(t, hostileSnapshot(), apitest.Token("t"))
	named := apitest.New(t, apitest.Stock(), apitest.Token("t"), apitest.Names("h0st-\x1b[31m\r\n\a-\x1b]8;;x-##[x]-::error::.example"))
	proxy := hostileProxy(t)
	pod := func(s *apitest.Server, more ...string) []string {
		return append([]string{"--service-account-dir", s.ServiceAccountDir(t), "--server", s.URL()}, more...)
	}
	recorded := filepath.Join(t.TempDir(), "recorded.json")
	var saved bytes.Buffer
	if err := discovery.Save(&saved, hostileSnapshot()); err != nil {
		t.Fatal(err)
	}
	write(t, recorded, saved.String())
	// A value must be UTF-8.
	text := strings.ToValidUTF8(hostile, "")
	const valid = "api \"apps/v1\" {}\n"

	tests := []struct {
		name string
		// files are written to the folder of the command.
		files   map[string]string
		environ []string
		args    []string
		// judges adds a report of each format.
		judges bool
	}{
		{"a refusal", map[string]string{"a.hcl": asksMuch}, nil, append([]string{"apply"}, pod(refusing, "a.hcl")...), true},
		{"a redirect", map[string]string{"a.hcl": asksMuch}, nil, append([]string{"apply"}, pod(redirecting, "a.hcl")...), true},
		{"another content type", map[string]string{"a.hcl": asksMuch}, nil, append([]string{"apply"}, pod(garbled, "a.hcl")...), true},
		{"what a server serves", map[string]string{"a.hcl": asksMuch}, nil, append([]string{"apply"}, pod(serving, "a.hcl")...), true},
		{"what a server serves, recorded", nil, nil, append([]string{"snapshot"}, pod(serving)...), false},
		{"a refusal, recorded", nil, nil, append([]string{"snapshot", "--debug"}, pod(refusing)...), false},
		{"a certificate", map[string]string{"a.hcl": asksMuch}, nil, append([]string{"apply", "--tls-server-name", "other.example"}, pod(named, "a.hcl")...), true},
		{
			"a proxy's refusal", map[string]string{"a.hcl": asksMuch}, []string{"HTTPS_PROXY=" + proxy},
			append([]string{"apply"}, pod(serving, "--server", "https://192.0.2.1", "a.hcl")...), true,
		},
		{
			"a proxy's address", map[string]string{"a.hcl": asksMuch}, []string{"HTTPS_PROXY=http://" + hostile},
			append([]string{"apply"}, pod(serving, "--server", "https://192.0.2.1", "a.hcl")...), true,
		},
		{"the host of the environment", map[string]string{"a.hcl": valid}, []string{"KUBERNETES_SERVICE_HOST=" + hostile, "KUBERNETES_SERVICE_PORT=443"}, []string{"apply", "a.hcl"}, true},
		{"the port of the environment", map[string]string{"a.hcl": valid}, []string{"KUBERNETES_SERVICE_HOST=10.0.0.1", "KUBERNETES_SERVICE_PORT=" + hostile}, []string{"apply", "a.hcl"}, true},
		{"a snapshot", map[string]string{"a.hcl": asksMuch}, nil, []string{"apply", "--snapshot", recorded, "a.hcl"}, true},
		{"the name of a snapshot", map[string]string{"a.hcl": asksMuch, hostile: saved.String()}, nil, []string{"plan", "--snapshot", hostile, "a.hcl"}, true},
		{"no snapshot", map[string]string{"a.hcl": valid, hostile: hostile}, nil, []string{"plan", "--snapshot", hostile, "a.hcl"}, true},
		{"the name of a declaration", map[string]string{hostile + ".hcl": asksMuch}, nil, []string{"apply", "--snapshot", recorded, "."}, true},
		{"the name of an invalid declaration", map[string]string{hostile + ".hcl": "api \"v1\" {\n  servd = 1\n}\n"}, nil, []string{"apply", "--snapshot", recorded}, true},
		{"the name of no declaration", nil, nil, []string{"apply", "--snapshot", recorded, hostile + ".hcl"}, true},
		{"a line beside an error", map[string]string{"a.hcl": "api \"v1\" {\n  servd = 1 # " + strings.ToValidUTF8(strings.Split(hostile, "\n")[0], "") + "\n}\n"}, nil, []string{"apply", "--snapshot", recorded, "a.hcl"}, true},
		// No line of a binary file is shown.
		{"a line that is not text", map[string]string{"a.hcl": "api \"v1\" {} # " + strings.Split(hostile, "\n")[0] + "\n"}, nil, []string{"apply", "--snapshot", recorded, "a.hcl"}, true},
		{"a name in an error", map[string]string{"a.hcl": "api \"" + hostileHCL + "\" {}\n" + "permission \"" + hostileHCL + "\" {}\n"}, nil, []string{"apply", "--snapshot", recorded, "a.hcl"}, true},
		{
			"the words of a declaration",
			map[string]string{"a.hcl": "api \"example.com/v1\" {\n  reason = \"" + hostileHCL + "\"\n  remedy = \"" + hostileHCL + "\"\n}\n" +
				"check \"c\" {\n  assert {\n    condition = false\n    error_message = \"" + hostileHCL + "\"\n  }\n}\n"},
			nil, []string{"apply", "--snapshot", recorded, "a.hcl"}, true,
		},
		{
			"the value of a variable",
			map[string]string{"a.hcl": "variable \"v\" {\n  type = string\n  validation {\n    condition = var.v == \"\"\n    error_message = \"not ${var.v}\"\n  }\n}\napi \"v1\" { reason = var.v }\n"},
			nil, []string{"apply", "--snapshot", recorded, "--var", "v=" + text, "a.hcl"}, true,
		},
		{"the value of a list", map[string]string{"a.hcl": "variable \"v\" {\n  type = list(string)\n}\napi \"v1\" { reason = var.v[0] }\n"}, nil, []string{"apply", "--snapshot", recorded, "--var", "v=" + text, "a.hcl"}, true},
		{"the name of a variable", map[string]string{"a.hcl": valid}, nil, []string{"apply", "--snapshot", recorded, "--var", hostile + "=1", "a.hcl"}, true},
		{"a variable of the environment", map[string]string{"a.hcl": "variable \"v\" { type = number }\n" + valid}, []string{"KRECONCILE_VAR_v=" + text}, []string{"apply", "--snapshot", recorded, "a.hcl"}, true},
		{"a file of variables", map[string]string{"a.hcl": valid, hostile + ".hclvars": hostile}, nil, []string{"apply", "--snapshot", recorded, "--var-file", hostile + ".hclvars", "a.hcl"}, true},
		{"an unknown flag", nil, nil, []string{"apply", "--" + hostile}, true},
		{"an unknown short flag", nil, nil, []string{"apply", "-" + hostile}, true},
		{"a value of a flag", nil, nil, []string{"apply", "--timeout", hostile}, true},
		{"a colour", nil, nil, []string{"plan", "--color", hostile}, true},
		{"a format", nil, nil, []string{"apply", "-o", hostile}, true},
		{"a report's path", map[string]string{"a.hcl": valid}, nil, []string{"apply", "--snapshot", recorded, "-o", "json=nowhere/" + hostile, "a.hcl"}, true},
		{"a termination message's path", map[string]string{"a.hcl": valid}, nil, []string{"apply", "--snapshot", recorded, "--tekton-results", "nowhere" + hostile, "a.hcl"}, true},
		{"a server", map[string]string{"a.hcl": valid}, nil, []string{"apply", "--server", "https://" + hostile, "a.hcl"}, true},
		{"a name of a server", map[string]string{"a.hcl": valid}, nil, append([]string{"apply", "--tls-server-name", "h0st\x1b\u202e##[x]"}, pod(serving, "a.hcl")...), true},
		{"a token's path", map[string]string{"a.hcl": valid}, nil, append([]string{"apply", "--token-file", hostile}, pod(serving, "a.hcl")...), true},
		{"a CA's path", map[string]string{"a.hcl": valid}, nil, append([]string{"apply", "--ca-file", hostile}, pod(serving, "a.hcl")...), true},
		{"a service account's path", map[string]string{"a.hcl": valid}, nil, []string{"apply", "--server", "https://192.0.2.1", "--service-account-dir", hostile, "a.hcl"}, true},
		{"a snapshot's path", nil, nil, append([]string{"snapshot", "--out", "nowhere/" + hostile}, pod(serving)...), false},
		{"validate", map[string]string{hostile + ".hcl": "api \"v1\" {\n  servd = 1 # \u202e\u009b\n}\n"}, nil, []string{"validate", "-o", "text", "-o", "json=out/json"}, false},
		{
			"range", map[string]string{hostile + ".hcl": "api \"policy/v1beta1\" {\n  reason = \"" + hostileHCL + "\"\n}\n", hostile + ".yaml": "name: x\nkubeVersion: \">=1.22\"\n"}, nil,
			[]string{"range", "--check", hostile + ".yaml", "-o", "text", "-o", "json=out/json"}, false,
		},
		{
			"range, with a wrong chart", map[string]string{"a.hcl": valid, "Chart.yaml": "name: x\nkubeVersion: \"h0st\\e[31m\\u202e##[x]\"\n"}, nil,
			[]string{"range", "--check", ".", "-o", "text", "-o", "json=out/json"}, false,
		},
		{"test", map[string]string{
			"a.hcl":               "api \"" + hostileHCL + "\" {}\n",
			hostile + ".test.hcl": "run \"" + hostileHCL + "\" {\n  release = \"1.34\"\n  expect = \"error\" # \u202e\u009b\n}\n",
		}, nil, []string{"test", "-o", "text", "-o", "json=out/json", "-o", "junit=out/junit"}, false},
		{"a test with an error", map[string]string{
			"a.hcl": "api \"v1\" {}\n", hostile + ".test.hcl": "run \"a\" {\n  release = \"" + hostileHCL + "\"\n  expect = \"" + hostileHCL + "\"\n}\n",
		}, nil, []string{"test", "-o", "text", "-o", "json=out/json", "-o", "junit=out/junit"}, false},
		{"fmt", map[string]string{hostile + ".hcl": "a =  1 # \x1b[31m\u202e##[x]\n"}, nil, []string{"fmt"}, false},
		{"fmt --diff", map[string]string{hostile + ".hcl": "a =  <<E\n\x1b[31m\u202e##[x]\n::error::x\nE\n"}, nil, []string{"fmt", "--diff"}, false},
		{"fmt of what is invalid", map[string]string{hostile + ".hcl": "a = \u202e\u009b##[x] {\n"}, nil, []string{"fmt"}, false},
		{"fmt of nothing", nil, nil, []string{"fmt", hostile}, false},
		{"a command", nil, nil, []string{hostile}, false},
		{"a command, with a report", nil, nil, []string{hostile, "-o", "json=out/json", "-o", "github=out/github"}, false},
		{"help of a command", nil, nil, []string{"help", hostile}, false},
		{"help of a command's own", nil, nil, []string{"plan", "--help=" + hostile}, false},
		{"version", nil, nil, []string{"version", hostile}, false},
		{"version as", nil, nil, []string{"version", "-o", hostile}, false},
		{"a kind", nil, nil, []string{"explain", hostile, "-o", "text", "-o", "json=out/json"}, false},
		{"a group version", nil, nil, []string{"explain", hostile + "/v1"}, false},
		{"a field", nil, nil, []string{"explain", "v1", "Pod", "spec." + hostile}, false},
		{"completion for a shell", nil, nil, []string{"completion", "bash", hostile}, false},
	}
	// What may be a secret is not shown at all.
	notShown := []string{
		"a proxy's address", "the host of the environment", "the port of the environment", "a server", "the value of a list",
		"a variable of the environment", "a line that is not text",
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
					t.Skipf("this system has no file of such a name: %v", err)
				}
			}
			args := tt.args
			if tt.judges {
				args = slices.Concat(args[:1], everyReport(), args[1:])
			}
			o := runIn(t, dir, tt.environ, args...)
			checkPrinted(t, "standard output", o.stdout)
			checkPrinted(t, "standard error", o.stderr)
			for name, text := range o.files {
				checkPrinted(t, name, text)
			}
			all := o.stdout + o.stderr + strings.Join(slices.Collect(maps.Values(o.files)), "")
			if shown := strings.Contains(all, "0st"); shown == slices.Contains(notShown, tt.name) {
				t.Errorf("shown is %t:\n%s%s", shown, o.stdout, o.stderr)
			}
			for _, f := range view.ReportFormats() {
				isJSON := f.Ending == "json" || f.Ending == "sarif"
				if text, written := o.files[f.Name]; written && isJSON && !json.Valid([]byte(text)) {
					t.Errorf("%s is no JSON:\n%s", f.Name, text)
				}
			}
			if want := len(reports) + 1; tt.judges && len(o.files) != want {
				t.Errorf("there are %d reports, and not %d", len(o.files), want)
			}
		})
	}
}

// hostileProxy returns the address of a proxy that refuses with hostile words.
func hostileProxy(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_, _ = fmt.Fprintf(c, "HTTP/1.1 403 %s\r\nContent-Length: 0\r\n\r\n", strings.NewReplacer("\r", "", "\n", "").Replace(hostile))
			_ = c.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}
