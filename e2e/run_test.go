package e2e

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// account is a Pod's view of a cluster: a service account folder and the
// environment.
type account struct {
	volume *pod.Volume
	files  map[string]string
	env    []string
}

// newAccount requests a token for the ServiceAccount preflight, and writes it with
// the CA and the namespace.
func newAccount(t *testing.T, c *cluster.Cluster) *account {
	t.Helper()
	token, err := c.Token(t.Context(), "preflight", "preflight")
	if err != nil {
		t.Fatal(err)
	}
	a := &account{
		files: map[string]string{"token": token, "ca.crt": string(c.CA.PEM), "namespace": "preflight"},
		env:   []string{"KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=" + c.Port(), "KUBERNETES_SERVICE_PORT_HTTPS=" + c.Port()},
	}
	if a.volume, err = pod.NewVolume(t.TempDir(), a.files); err != nil {
		t.Fatal(err)
	}
	return a
}

// set replaces one file, as the kubelet does.
func (a *account) set(t *testing.T, name, content string) {
	t.Helper()
	a.files[name] = content
	if err := a.volume.Update(a.files); err != nil {
		t.Fatal(err)
	}
}

// outcome is the result of one run of plan or apply.
type outcome struct {
	pod.Result
	report report
	json   string
}

// report has what the tests read of the JSON document, which docs/json.md describes.
type report struct {
	FormatVersion string `json:"format_version"`
	Verdict       string `json:"verdict"`
	ExitCode      int    `json:"exit_code"`
	Diagnostics   []struct {
		Severity string `json:"severity"`
		Summary  string `json:"summary"`
		Detail   string `json:"detail"`
	} `json:"diagnostics"`
	Targets []target `json:"targets"`
	// The only target, or nothing if there is none.
	target `json:"-"`
}

// target is what a declaration was judged against.
type target struct {
	Type       string `json:"type"`
	Name       string `json:"name"`
	Verdict    string `json:"verdict"`
	Connection struct {
		Context          string `json:"context"`
		Server           string `json:"server"`
		ServerVersion    string `json:"server_version"`
		EmulationVersion string `json:"emulation_version"`
		Requests         int    `json:"requests"`
		NotModified      int    `json:"not_modified"`
	} `json:"connection"`
	Snapshot struct {
		ServerVersion    string `json:"server_version"`
		EmulationVersion string `json:"emulation_version"`
	} `json:"snapshot"`
	Findings []finding `json:"findings"`
}

type finding struct {
	Address     string `json:"address"`
	Status      string `json:"status"`
	Cause       string `json:"cause"`
	Differences []struct {
		Code     string `json:"code"`
		Facet    string `json:"facet"`
		Declared string `json:"declared"`
		Found    string `json:"found"`
		Hint     string `json:"hint"`
	} `json:"differences"`
	Undetermined *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Hint    string `json:"hint"`
	} `json:"undetermined"`
	Deprecation *struct {
		APIVersion      string `json:"api_version"`
		Kind            string `json:"kind"`
		Deprecated      string `json:"deprecated"`
		Removed         string `json:"removed"`
		Replacement     string `json:"replacement"`
		ReplacementKind string `json:"replacement_kind"`
	} `json:"deprecation"`
}

// String returns a finding in one line: "drifted scope-mismatch: Cluster ->
// Namespaced", "undetermined stale", "drifted under api[\"x/v1\"]".
func (f finding) String() string {
	s := f.Status
	if f.Cause != "" {
		s += " under " + f.Cause
	}
	for _, d := range f.Differences {
		s += " " + d.Code
		if d.Facet != "" {
			s += " " + d.Facet + ": " + d.Declared + " -> " + d.Found
		}
	}
	if f.Undetermined != nil {
		s += " " + f.Undetermined.Code
	}
	return s
}

// findings returns the findings by address.
func (r report) findings() map[string]string {
	out := map[string]string{}
	for _, f := range r.Findings {
		out[f.Address] = f.String()
	}
	return out
}

// kreconcile runs the built binary with the environment of a Pod, but without its own
// file system. The declaration comes on standard input.
func (a *account) kreconcile(t *testing.T, declaration string, args ...string) pod.Result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile, args...)
	cmd.Env = a.env
	cmd.Stdin = strings.NewReader(declaration)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r := pod.Result{ExitCode: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
	a.expectNoToken(t, r.Stdout, r.Stderr)
	return r
}

// apply runs kreconcile apply with the account's folder, and reads its text and its
// JSON.
func (a *account) apply(t *testing.T, declaration string, args ...string) outcome {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	args = append([]string{"apply", "-o", "text", "-o", "json=" + file, "--service-account-dir", a.volume.Dir}, args...)
	o := outcome{Result: a.kreconcile(t, declaration, append(args, "-")...)}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("no JSON report: %v\nexit %d\n%s%s", err, o.ExitCode, o.Stdout, o.Stderr)
	}
	o.json = string(content)
	a.expectNoToken(t, o.json)
	o.report = parseReport(t, content)
	if o.report.ExitCode != o.ExitCode {
		t.Errorf("exit code %d, but the report says %d", o.ExitCode, o.report.ExitCode)
	}
	return o
}

// parseReport reads the report of a run with one target, or without any.
func parseReport(t *testing.T, content []byte) report {
	t.Helper()
	r := parseReports(t, content)
	switch {
	case len(r.Targets) == 1:
		r.target = r.Targets[0]
		if r.target.Verdict != r.Verdict || r.target.Name == "" || !slices.Contains([]string{"server", "snapshot", "release"}, r.target.Type) {
			t.Errorf("the verdict is %q, and that of the %s %q is %q", r.Verdict, r.target.Type, r.target.Name, r.target.Verdict)
		}
	case len(r.Targets) > 1 || r.Verdict != "":
		t.Errorf("%d targets have the verdict %q", len(r.Targets), r.Verdict)
	}
	return r
}

// parseReports reads the report of a run with any number of targets.
func parseReports(t *testing.T, content []byte) report {
	t.Helper()
	var r report
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatalf("the JSON report cannot be read: %v\n%s", err, content)
	}
	if r.FormatVersion != "2.4" {
		t.Errorf("format_version is %q, want 2.4", r.FormatVersion)
	}
	return r
}

// expectNoToken fails the test if a text has the token, or a useful part of its
// signature.
func (a *account) expectNoToken(t *testing.T, texts ...string) {
	t.Helper()
	token := a.files["token"]
	for _, text := range texts {
		for i := 0; i+16 <= len(token); i += 8 {
			if part := token[i : i+16]; strings.Contains(text, part) {
				t.Errorf("the output holds a part of the token:\n%s", strings.ReplaceAll(text, part, "(token)"))
				return
			}
		}
	}
}

// want is the expected outcome of a run.
type want struct {
	exit int
	// findings are all findings by address.
	findings map[string]string
	// text are lines, or parts of lines, of the report, in order.
	text []string
	// requests is the number of requests. -1 means any.
	requests int
}

func (o outcome) expect(t *testing.T, w want) {
	t.Helper()
	verdict := map[int]string{0: "satisfied", 2: "drifted", 3: "undetermined"}[w.exit]
	if o.ExitCode != w.exit || o.report.Verdict != verdict {
		t.Errorf("exit %d and verdict %q, want %d and %q", o.ExitCode, o.report.Verdict, w.exit, verdict)
	}
	if diff := cmp.Diff(w.findings, o.report.findings()); diff != "" {
		t.Errorf("findings differ (-want +got):\n%s", diff)
	}
	if w.requests >= 0 && o.report.Connection.Requests != w.requests {
		t.Errorf("%d requests, want %d", o.report.Connection.Requests, w.requests)
	}
	expectInOrder(t, o.Stdout, w.text...)
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", o.Stdout, o.Stderr)
	}
}

// expectInOrder fails the test unless the text has the parts in this order.
func expectInOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Errorf("the output lacks %q, or has it too early:\n%s", part, text)
			return
		}
		rest = after
	}
}
